"""Robots of group chats and the signed webhook: they conform, and only a zero is a yes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.channels import Channel, Undeliverable, Unreachable
from notifications.channels.dingtalk import DingTalkRobot
from notifications.channels.feishu import FeishuRobot
from notifications.channels.posting import BadUrl, Mailbox, checked_url
from notifications.channels.robots import cut, text_of
from notifications.channels.webhook import BadSecret, Webhook, key_of
from notifications.channels.wecom import WeComRobot
from tests.notifications import robots
from tests.notifications.conformance import ANOTHER, LETTER, Arrived, ChannelConformance
from tests.notifications.mail_servers import LOCAL, drips, free_port, odd_server, silent
from tests.notifications.mail_servers import says as blurts
from tests.notifications.office import MORNING
from tests.notifications.robots import KEY, SECRET, WEBHOOK_SECRET, Group, Reply, group_of, says

A_MOMENT = timedelta(seconds=0.3)


@dataclass(frozen=True)
class Kind:
    """A kind of channel, and how the server behind it answers when it wants less, or never."""

    name: str
    judge: Callable[..., Any]
    path: str
    make: Callable[[Mailbox], Channel]
    limited: Reply
    barred: Reply

    def at(
        self, port: int, *, total_for: timedelta = timedelta(seconds=10), path: str | None = None
    ) -> Channel:
        url = f"http://{LOCAL}:{port}{self.path if path is None else path}"
        return self.make(Mailbox(f"The {self.name} robot", url, total_for))


WECOM = Kind("WeCom", robots.wecom, f"/cgi-bin/webhook/send?key={KEY}", WeComRobot,
             says(errcode=45009, errmsg="api freq"), says(errcode=93000, errmsg="invalid webhook url"))  # fmt: skip
DINGTALK = Kind("DingTalk", robots.dingtalk, f"/robot/send?access_token={KEY}", lambda box: DingTalkRobot(box, SECRET),
                says(errcode=130101, errmsg="too fast"), says(errcode=300005, errmsg="no such token"))  # fmt: skip
FEISHU = Kind("Feishu", robots.feishu, f"/open-apis/bot/v2/hook/{KEY}", lambda box: FeishuRobot(box, SECRET),
              says(400, code=11232, msg="frequency limited"), says(code=19001, msg="token invalid"))  # fmt: skip
WEBHOOK = Kind("webhook", robots.webhook, "/notices", lambda box: Webhook(box, WEBHOOK_SECRET),
               says(429, message="slow down"), says(410, message="gone"))  # fmt: skip
KINDS = (WECOM, DINGTALK, FEISHU, WEBHOOK)
ROBOTS = KINDS[:3]


class RobotConformance(ChannelConformance):
    """The suite against a server that is as the real one."""

    kind: Kind

    @pytest.fixture
    def group(self) -> Iterator[Group]:
        with group_of(self.kind.judge) as group:
            yield group

    @pytest.fixture
    def channel(self, group: Group) -> Channel:
        self.there = group
        return self.kind.at(group.port)

    @pytest.fixture
    def down(self) -> Channel:
        return self.kind.at(free_port(), total_for=timedelta(seconds=5))

    def arrived(self, channel: Any) -> list[Arrived]:  # noqa: ARG002 - the suite's
        return [Arrived(post.mark, post.text) for post in self.there.posts]


class TestWeCom(RobotConformance):
    kind = WECOM


class TestDingTalk(RobotConformance):
    kind = DINGTALK


class TestFeishu(RobotConformance):
    kind = FEISHU


class TestWebhook(RobotConformance):
    kind = WEBHOOK


@pytest.fixture(params=KINDS, ids=[kind.name for kind in KINDS])
def kind(request: pytest.FixtureRequest) -> Kind:
    found = request.param
    assert isinstance(found, Kind)
    return found


@pytest.fixture
def group(kind: Kind) -> Iterator[Group]:
    with group_of(kind.judge) as group:
        yield group


def test_a_rate_limit_is_later_and_for_all(kind: Kind, group: Group) -> None:
    group.instead = kind.limited
    with pytest.raises(Unreachable, match="no more for the moment") as later:
        kind.at(group.port).deliver(LETTER, at=MORNING)
    assert later.value.for_all


LATER = [(WECOM, code) for code in (-1, 45009, 45033)] + [(DINGTALK, code) for code in (-1, 130101, 410100)]
LATER += [(FEISHU, code) for code in (11232, 99991400)]
NEVER = [(WECOM, code) for code in (40008, 40058, 44004, 45002, 93000)]
NEVER += [
    (DINGTALK, code)
    for code in (40035, 43004, 300005, 310000, 400013, 400101, 400102, 400105, 400106, 430101)
]
NEVER += [(FEISHU, code) for code in (9499, 19001, 19002, 19021, 19022, 19024)]


def coded(code: int, status: int = 200) -> Reply:
    return says(status, errcode=code, code=code)


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("robot, code", LATER, ids=lambda one: getattr(one, "name", one))
def test_every_code_for_later_is_later_for_all(robot: Kind, code: int, status: int) -> None:
    with group_of(robot.judge) as group:
        group.instead = coded(code, status)
        with pytest.raises(Unreachable, match=rf"no more for the moment .*{code}") as later:
            robot.at(group.port).deliver(LETTER, at=MORNING)
    assert later.value.for_all


@pytest.mark.parametrize("robot, code", NEVER, ids=lambda one: getattr(one, "name", one))
def test_every_code_for_never_is_never(robot: Kind, code: int) -> None:
    with group_of(robot.judge) as group:
        group.instead = coded(code)
        with pytest.raises(Undeliverable, match=str(code)):
            robot.at(group.port).deliver(LETTER, at=MORNING)


def test_the_code_of_another_vendor_is_tried_again() -> None:
    for robot, code in ((WECOM, 130101), (DINGTALK, 45009), (FEISHU, 93000)):
        with group_of(robot.judge) as group:
            group.instead = coded(code)
            with pytest.raises(Unreachable) as later:
                robot.at(group.port).deliver(LETTER, at=MORNING)
        assert not later.value.for_all


def test_http_429_is_later_for_all_whatever_the_body_says(kind: Kind, group: Group) -> None:
    group.instead = (429, {"Retry-After": "60"}, b"<html>")
    with pytest.raises(Unreachable, match="no more for the moment") as later:
        kind.at(group.port).deliver(LETTER, at=MORNING)
    assert later.value.for_all


def test_the_one_too_many_is_taken_a_minute_later(kind: Kind, group: Group) -> None:
    group.most = 1
    channel = kind.at(group.port)
    channel.deliver(LETTER, at=MORNING)
    with pytest.raises(Unreachable):
        channel.deliver(ANOTHER, at=MORNING)
    group.most = 2
    channel.deliver(ANOTHER, at=MORNING + timedelta(minutes=1))
    assert len({post.mark for post in group.posts}) == len(group.posts) == 2


def test_a_bad_token_is_never_and_says_what_to_do(kind: Kind, group: Group) -> None:
    group.instead = kind.barred
    with pytest.raises(Undeliverable, match="for good"):
        kind.at(group.port).deliver(LETTER, at=MORNING)


@pytest.mark.parametrize("robot", ROBOTS, ids=lambda robot: robot.name)
def test_the_real_refusal_of_a_wrong_url_is_never(robot: Kind) -> None:
    wrong = robot.path.replace(KEY, "another")
    with group_of(robot.judge) as group, pytest.raises(Undeliverable):
        robot.at(group.port, path=wrong).deliver(LETTER, at=MORNING)


HTML = {"Content-Type": "text/html"}
ODD: dict[str, Reply] = {
    "a login page": (200, HTML, b"<html><body>Log in to the guest network</body></html>"),
    "nothing": (200, {}, b""),
    "half an answer": (200, {}, b'{"errcode": 0, "co'),
    "no code": says(ok=True),
    "a list": (200, {}, b"[0]"),
    "a zero that is text": says(errcode="0", code="0"),
    "a zero that is false": says(errcode=False, code=False),
    "a zero that is a fraction": says(errcode=0.0, code=0.0),
    "none": says(errcode=None, code=None),
    "a code nobody knows": says(errcode=987654321, code=987654321),
    "busy": says(errcode=-1, errmsg="system busy", code=-1),
}


@pytest.mark.parametrize("robot", ROBOTS, ids=lambda robot: robot.name)
@pytest.mark.parametrize("how", ODD)
def test_what_is_not_a_zero_is_not_a_yes(robot: Kind, how: str) -> None:
    with group_of(robot.judge) as group:
        group.instead = ODD[how]
        with pytest.raises(Unreachable):
            robot.at(group.port).deliver(LETTER, at=MORNING)


@pytest.mark.parametrize(
    "reply",
    [(302, {"Location": "http://127.0.0.1:9/"}, b""), (500, HTML, b"<html>"), (502, {}, b""), (407, {}, b""),
     says(500, errcode=0, code=0), (200, {}, b" " * 5_000_000)],
    ids=["302", "500", "502", "407", "500 with a zero", "5 MB"],
)  # fmt: skip
def test_a_server_in_trouble_is_tried_again(kind: Kind, group: Group, reply: Reply) -> None:
    group.instead = reply
    with pytest.raises(Unreachable):
        kind.at(group.port).deliver(LETTER, at=MORNING)


def test_no_redirect_is_followed(kind: Kind, group: Group) -> None:
    with group_of(kind.judge) as elsewhere:
        group.instead = (307, {"Location": f"http://{LOCAL}:{elsewhere.port}{kind.path}"}, b"")
        with pytest.raises(Unreachable):
            kind.at(group.port).deliver(LETTER, at=MORNING)
        assert elsewhere.asked == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413])
def test_a_flat_no_without_a_code_is_never(kind: Kind, group: Group, status: int) -> None:
    group.instead = (status, HTML, b"<html>no</html>")
    with pytest.raises(Undeliverable):
        kind.at(group.port).deliver(LETTER, at=MORNING)


@pytest.mark.parametrize("talk", [silent, drips, blurts(b"220 mail.example.org\r\n"), blurts(b"")],
                         ids=["silent", "drips", "a mail server", "hangs up"])  # fmt: skip
def test_no_server_takes_for_ever(kind: Kind, talk: Callable[..., None]) -> None:
    with odd_server(talk) as port, pytest.raises(Unreachable):
        kind.at(port, total_for=A_MOMENT).deliver(LETTER, at=MORNING)


@pytest.mark.parametrize("length", [b"Content-Length: 30000\r\n", b""], ids=["long", "endless"])
def test_an_answer_that_drips_comes_to_an_end(kind: Kind, length: bytes) -> None:
    def drip(line: Any, over: Any) -> None:
        line.recv(65536)
        line.sendall(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n")
        while not over.wait(0.02):
            line.sendall(b" ")

    with odd_server(drip) as port, pytest.raises(Unreachable, match=r"within 0.3 seconds") as slow:
        kind.at(port, total_for=A_MOMENT).deliver(LETTER, at=MORNING)
    assert slow.value.for_all


def test_half_an_answer_is_no_answer(kind: Kind) -> None:
    cut_off = blurts(b'HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n{"errcode": 0, "code": 0}')
    with odd_server(cut_off) as port, pytest.raises(Unreachable, match="broke off"):
        kind.at(port).deliver(LETTER, at=MORNING)


def test_a_lost_yes_brings_a_copy_that_can_be_recognised(kind: Kind, group: Group) -> None:
    channel = kind.at(group.port)
    group.after = (502, {}, b"")
    with pytest.raises(Unreachable):
        channel.deliver(LETTER, at=MORNING)
    group.after = None
    channel.deliver(LETTER, at=MORNING + timedelta(minutes=1))
    first, second = group.posts
    assert (first.mark, first.text, first.raw) == (second.mark, second.text, second.raw)
    assert first.mark in ("0" * 11 + "1", f"notice-{'0' * 31}1")


def test_what_goes_wrong_never_names_the_key(kind: Kind, group: Group) -> None:
    for reply in (kind.limited, kind.barred, (500, {}, b"")):
        group.instead = reply
        with pytest.raises((Unreachable, Undeliverable)) as refused:
            kind.at(group.port).deliver(LETTER, at=MORNING)
        assert KEY not in str(refused.value)
    assert KEY not in repr(kind.at(1))
    assert SECRET not in repr(kind.at(1))
    assert WEBHOOK_SECRET not in repr(kind.at(1))


@pytest.mark.parametrize("robot", [DINGTALK, FEISHU], ids=["DingTalk", "Feishu"])
def test_a_signature_is_good_for_an_hour_and_no_longer(robot: Kind) -> None:
    with group_of(robot.judge) as group:
        robot.at(group.port).deliver(LETTER, at=MORNING - timedelta(hours=1))
        with pytest.raises(Undeliverable):
            robot.at(group.port).deliver(LETTER, at=MORNING - timedelta(hours=1, seconds=1))


@pytest.mark.parametrize("robot", [DINGTALK, FEISHU], ids=["DingTalk", "Feishu"])
def test_without_the_secret_nothing_is_posted(robot: Kind) -> None:
    with group_of(robot.judge) as group:
        unsigned = replace(robot.at(group.port), secret=None)  # type: ignore[type-var]
        with pytest.raises(Undeliverable):
            unsigned.deliver(LETTER, at=MORNING)
        assert group.posts == []


LONG = replace(LETTER, text="逾期" * 1500, link="https://clues.example.org/matters/MGJ-2026-0001")


@pytest.mark.parametrize("robot", ROBOTS, ids=lambda robot: robot.name)
def test_three_thousand_characters_arrive_cut_with_the_link(robot: Kind) -> None:
    with group_of(robot.judge) as group:
        robot.at(group.port).deliver(replace(LONG, text="逾期" * 15_000), at=MORNING)
        (post,) = group.posts
    assert post.text.endswith(f"…\n{LONG.link}\n〔{'0' * 11}1〕")
    assert "\ufffd" not in post.text
    assert "逾期逾期" in post.text


def test_the_limit_is_used_to_the_last_character_and_not_a_byte_over() -> None:
    assert 2046 <= len(text_of(LONG, 2048).encode()) <= 2048
    whole = len(text_of(LETTER, 10_000).encode())
    assert text_of(LETTER, whole) == text_of(LETTER, 10_000)
    assert len(text_of(LETTER, whole - 1).encode()) <= whole - 1
    assert "…" in text_of(LETTER, whole - 1)


@given(st.text(), st.integers(0, 60))
def test_a_cut_never_tears_a_character(text: str, most: int) -> None:
    kept = cut(text, most)
    assert text.startswith(kept)
    assert len(kept.encode()) <= most
    assert kept == text or len((kept + text[len(kept)]).encode()) > most


@pytest.mark.parametrize(
    "url, why",
    [("", "https://"), ("ftp://example.org/x", "https://"), ("https://", "https://"), ("https://[::1", "web page"),
     ("http://example.org/send?key=1", "clear text"), ("https://me:pw@example.org/", "user name"),
     ("https://example.org/a b", "blanks"), ("https://example.org/钥", "signs"),
     ("https://example.org:99999/", "web page"),
     ("https://example.org/x\r\nHost: y", "blanks"), ("https://example.org/#x", "#")],
)  # fmt: skip
def test_what_cannot_be_posted_to_is_refused_at_once(url: str, why: str) -> None:
    with pytest.raises(BadUrl, match=why):
        checked_url(url, secret=True)


def test_a_key_may_travel_in_clear_text_on_this_machine_only() -> None:
    for url in (
        "https://qyapi.example.org/send?key=1",
        "http://127.0.0.1:80/send?key=1",
        "http://localhost/x",
    ):
        assert checked_url(url, secret=True) == url
    assert checked_url("http://intranet.example.org/notices", secret=False)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", WEBHOOK_SECRET[6:], "whsec_!!!!", "密钥"])
def test_a_secret_of_another_form_is_refused(secret: str) -> None:
    with pytest.raises(BadSecret, match="whsec_"):
        key_of(secret)
