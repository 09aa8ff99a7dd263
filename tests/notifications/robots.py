"""The servers of group robots and of webhooks, as they behave and misbehave: each checks what the real one checks."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from notifications.channels.webhook import key_of
from tests.notifications.mail_servers import LOCAL
from tests.notifications.office import MORNING

KEY, SECRET = "693a91f6-7xxx", "SECabcdef0123456789"
WEBHOOK_SECRET = "whsec_" + b64encode(b"thirty-two bytes that are secret").decode()
AN_HOUR = 3600

Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Asked:
    """A request as it came in."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Post:
    """What a server took, as the people in the group, or the system behind the webhook, have it."""

    mark: str
    text: str
    raw: bytes


@dataclass
class Group:
    """A robot's group: its clock, its rate limit, what it says instead of doing its work, and what was posted."""

    judge: Callable[[Group, Asked], Post | Reply]
    now: datetime = MORNING
    most: int = 1000
    instead: Reply | None = None
    after: Reply | None = None  # said although the message was taken
    port: int = 0
    posts: list[Post] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def reply(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        if self.instead is not None:
            return self.instead
        found = self.judge(self, asked)
        if not isinstance(found, Post):
            return found
        self.posts.append(found)
        return self.after or says(errcode=0, errmsg="ok", code=0, msg="success", StatusCode=0)


def says(status: int = 200, **answer: Any) -> Reply:
    return status, {"Content-Type": "application/json"}, json.dumps(answer).encode()


def _posted(text: str, raw: bytes) -> Post:
    return Post(text.rpartition("〔")[2].rstrip("〕"), text, raw)


def wecom(group: Group, asked: Asked) -> Post | Reply:
    """A key, JSON, a text of at most 2,048 bytes, twenty a minute."""
    if asked.query.get("key") != KEY or asked.path != "/cgi-bin/webhook/send":
        return says(errcode=93000, errmsg="invalid webhook url, hint: [1]")
    content = json.loads(asked.body)
    if content.get("msgtype") != "text":
        return says(errcode=40008, errmsg="invalid message type")
    text = content["text"]["content"]
    if len(text.encode()) > 2048:
        return says(errcode=45002, errmsg="content size out of limit")
    if len(group.posts) >= group.most:
        return says(errcode=45009, errmsg="api freq out of limit")
    return _posted(text, asked.body)


def dingtalk(group: Group, asked: Asked) -> Post | Reply:
    """A token, and a signature in the query that is at most an hour old."""
    if asked.query.get("access_token") != KEY:
        return says(errcode=300005, errmsg="token is not exist")
    stamp = asked.query.get("timestamp", "0")
    good = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()
    if asked.query.get("sign") != b64encode(good).decode():
        return says(errcode=310000, errmsg="description:机器人发送签名不匹配")
    if abs(int(stamp) / 1000 - group.now.timestamp()) > AN_HOUR:
        return says(errcode=310000, errmsg="description:机器人发送签名过期")
    if len(asked.body) > 20_000:
        return says(errcode=460101, errmsg="message too long")
    if len(group.posts) >= group.most:
        return says(errcode=130101, errmsg="send too fast, exceed 20 times per minute")
    return _posted(json.loads(asked.body)["text"]["content"], asked.body)


def feishu(group: Group, asked: Asked) -> Post | Reply:
    """A token in the path, and a signature in the body that is at most an hour old."""
    content = json.loads(asked.body)
    if asked.path != f"/open-apis/bot/v2/hook/{KEY}":
        return says(code=19001, msg="param invalid: incoming webhook access token invalid")
    stamp = content.get("timestamp", "0")
    good = b64encode(hmac.new(f"{stamp}\n{SECRET}".encode(), b"", hashlib.sha256).digest()).decode()
    if content.get("sign") != good or abs(int(stamp) - group.now.timestamp()) > AN_HOUR:
        return says(code=19021, msg="sign match fail or timestamp is not within one hour from current time")
    if len(asked.body) > 20_000:
        return says(400, code=9499, msg="Bad Request")
    if len(group.posts) >= group.most:
        return says(400, code=11232, msg="frequency limited psm")
    return _posted(content["content"]["text"], json.dumps(content["content"]).encode())


def webhook(group: Group, asked: Asked) -> Post | Reply:
    """A receiver that goes by the specification: signature over id, time and body; five minutes; ids seen once."""
    name, stamp = asked.headers.get("webhook-id", ""), asked.headers.get("webhook-timestamp", "0")
    told = hmac.new(key_of(WEBHOOK_SECRET), f"{name}.{stamp}.".encode() + asked.body, hashlib.sha256).digest()
    if asked.headers.get("webhook-signature") != f"v1,{b64encode(told).decode()}":
        return says(401, message="bad signature")
    if len(group.posts) >= group.most:
        return says(429, message="slow down")
    content = json.loads(asked.body)
    assert content["id"].startswith(f"<{name}@")
    return Post(name, f"{content['subject']}\n{content['recipient']}\n\n{content['text']}", asked.body)


@contextmanager
def group_of(judge: Callable[[Group, Asked], Post | Reply]) -> Iterator[Group]:
    """A server of this kind on the loopback."""
    group = Group(judge)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            where = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            query = {name: found[0] for name, found in parse_qs(where.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, sent, content = group.reply(Asked(where.path, query, headers, body))
            self.send_response(status)
            for name, value in {**sent, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server names it
            """Nothing: tests say what went wrong."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Nothing: a channel may hang up in the middle of an answer that is too long."""

    server = Server((LOCAL, 0), Handler)
    group.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield group
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
