"""A signed webhook: the message as JSON to a system of the office, in the form of the Standard Webhooks specification.

`webhook-id` is the same in every copy of a message: a receiver that keeps the ids it has seen takes each message once.
`webhook-signature` is HMAC-SHA256 over `id.timestamp.body`, so that nobody else can post, change or replay one.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from notifications.channels import Receipt, Undeliverable, Unreachable
from notifications.channels.lines import clean
from notifications.channels.posting import Mailbox
from notifications.channels.robots import FOR_GOOD, TOO_MANY
from notifications.mail import BadAddress, Message

PREFIX = "whsec_"
LEAST_BYTES = 24  # of a secret, after the specification


class BadSecret(ValueError):
    """This is not a webhook secret: it is `whsec_` and the base64 of 24 to 64 random bytes."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that takes messages as JSON and answers with any 2xx status once it has them."""

    mailbox: Mailbox
    secret: str = field(repr=False)

    def deliver(self, message: Message, *, at: datetime) -> Receipt:
        """Returns when the other side said 2xx. Raises Undeliverable, Unreachable."""
        try:
            message.check()
        except BadAddress as fault:
            raise Undeliverable(str(fault)) from fault
        content = content_of(message)
        name, stamp = f"notice-{message.mark}", str(int(at.timestamp()))
        told = signature(self.secret, name=name, stamp=stamp, content=content)
        answered = self.mailbox.post(content, headers={
            "Content-Type": "application/json", "User-Agent": "plumbline", "webhook-id": name,
            "webhook-timestamp": stamp, "webhook-signature": told})  # fmt: skip
        return self._receipt(answered.status, clean(answered.body))

    def _receipt(self, status: int, said: str) -> Receipt:
        if 200 <= status <= 299:
            return Receipt(f"{status} {said}".strip())
        if status == TOO_MANY:
            raise Unreachable(f"{self.mailbox.name} takes no more for the moment ({status}).", for_all=True)
        if status in FOR_GOOD:
            raise Undeliverable(f"{self.mailbox.name} refused the message for good ({status} {said}).")
        raise Unreachable(f"{self.mailbox.name} did not say that it took the message ({status}).")


def content_of(message: Message) -> bytes:
    """The message as JSON: the same bytes in every copy."""
    return orjson.dumps({
        "id": message.message_id, "recipient": message.recipient, "to": message.to, "lang": message.lang,
        "subject": message.subject, "text": message.text, "link": message.link, "planned_at": message.dated_at,
    }, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)  # fmt: skip


def signature(secret: str, *, name: str, stamp: str, content: bytes) -> str:
    """What stands in `webhook-signature`. Raises BadSecret."""
    told = hmac.new(key_of(secret), f"{name}.{stamp}.".encode() + content, hashlib.sha256).digest()
    return f"v1,{b64encode(told).decode()}"


def key_of(secret: str) -> bytes:
    """The bytes that sign. Raises BadSecret."""
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True)
    except (NotBase64, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not LEAST_BYTES <= len(key) <= 64:
        raise BadSecret(BadSecret.__doc__)
    return key
