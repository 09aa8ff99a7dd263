"""The doors of the exchange need no login: what they let in is little, slow to use up, and leaves little behind."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlmodel import select

from cases import canonical
from cases.exchange import ExchangeLog
from tests.plumbline.shell import NOON
from tests.plumbline.sites import Two, refusal
from web import exchange
from web.doorkeeper import Allowances, Doorkeeper
from web.pacing import Paces


class Clock:
    """Seconds, as the test wants them."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Doors:
    """The district's doors, asked without a server in between."""

    def __init__(self, two: Two, **limits: int) -> None:
        self.clock = Clock()
        paces = Paces(now=self.clock)
        self.keeper = Doorkeeper(
            Allowances(limits.get("strangers", 30), paces, "stranger"),
            Allowances(limits.get("sites", 600), paces, "site"),
        )
        self.app = FastAPI()
        self.app.include_router(exchange.router(two.district.work, keeper=self.keeper, read_within=0.2))

    def bring(
        self, data: bytes, *, door: str = "packets", host: str = "192.0.2.7", announced: int | None = None,
        hangs: bool = False,
    ) -> tuple[int, dict[str, Any], dict[str, str]]:  # fmt: skip
        """Status, document and headers of the answer."""
        said: list[Any] = []
        parts = [{"type": "http.request", "body": data, "more_body": hangs}]

        async def receive() -> Any:
            if not parts:
                await asyncio.Event().wait()
            return parts.pop(0)

        async def send(message: Any) -> None:
            said.append(message)

        length = [(b"content-length", str(announced).encode())] if announced is not None else []
        scope = {"type": "http", "method": "POST", "path": f"/exchange/{door}", "query_string": b"", "headers": length,
                 "client": (host, 1), "scheme": "http", "http_version": "1.1", "root_path": ""}  # fmt: skip
        asyncio.run(self.app(scope, receive, send))
        headers = {name.decode(): value.decode() for name, value in said[0]["headers"]}
        return said[0]["status"], json.loads(said[1]["body"]), headers


def test_a_stranger_is_heard_a_few_times_and_leaves_one_line_for_all_of_them(two: Two) -> None:
    doors = Doors(two, strangers=3)
    said = [doors.bring(b"nonsense %d" % which) for which in range(5)]
    assert [status for status, _, _ in said] == [422, 422, 422, 429, 429]
    assert said[-1][1]["error"] == "too_often"
    assert said[-1][2]["retry-after"] == "20"
    assert doors.bring(b"nonsense", host="192.0.2.8")[0] == 422, "others are others"
    doors.clock.seconds = 19.9
    assert doors.bring(b"nonsense")[0] == 429
    doors.clock.seconds = 20
    assert doors.bring(b"nonsense")[0] == 422
    lines = two.district.ask(select(ExchangeLog).where(ExchangeLog.outcome == "refused"))
    assert [(line.times, line.reasons, line.site, line.by) for line in lines] == [
        (5, ["not_a_packet"], "", "wire")
    ]


def test_a_stranger_cannot_use_up_what_a_known_site_may_bring(two: Two) -> None:
    data = two.packet(two.port.escalated())
    forged = data.replace(b'"signature":"', b'"signature":"0', 1)
    doors = Doors(two, strangers=100, sites=2)
    for _ in range(5):
        assert doors.bring(forged)[0] == 422
    assert [doors.bring(data, host="192.0.2.9")[0] for _ in range(3)] == [200, 200, 429]
    doors.clock.seconds = 30
    assert doors.bring(data, host="192.0.2.9")[0] == 200


def test_a_file_that_drips_is_cut(two: Two) -> None:
    status, said, _ = Doors(two).bring(b'{"content":', hangs=True)
    assert (status, said["error"]) == (408, "too_slow")


def test_what_announces_itself_as_too_large_is_not_read(two: Two) -> None:
    status, said, _ = Doors(two).bring(b"", hangs=True, announced=canonical.MOST_BYTES + 1)
    assert (status, said["error"]) == (413, "too_large")


def test_a_full_house_lets_nobody_in(two: Two) -> None:
    doors = Doors(two)
    doors.keeper.most_inside = 1
    with doors.keeper.entered():
        status, said, headers = doors.bring(b"nonsense")
    assert (status, said["error"], headers["retry-after"]) == (503, "busy", "5")
    assert doors.bring(b"nonsense")[0] == 422, "who has left makes room"
    assert doors.keeper.inside == 0


def test_no_more_is_held_in_memory_than_there_is_room_for(two: Two) -> None:
    doors = Doors(two)
    doors.keeper.most_held = 10
    assert doors.bring(b"eleven byte")[1]["error"] == "busy"
    assert doors.bring(b"ten bytes!")[1]["error"] == "not_a_packet"
    assert doors.keeper.held == 0, "and it is let go"


def test_an_unknown_site_does_not_learn_which_numbers_there_are(two: Two, tmp_path: Path) -> None:
    """Of a number that exists and one that does not, it hears the same; so does a known site that was not addressed."""
    ours = two.port.escalated()
    theirs = two.received(ours)
    reply = canonical.read(two.reply(theirs))["content"]
    strange = type(two.port.end.keys)(tmp_path / "strange")
    told = [
        refusal(lambda n=n: two.port.end.take_reply(strange.seal("reply", reply | {"notice": n}), actor=None, at=NOON))  # type: ignore[misc]
        for n in (ours, "MGJ-SB-2026-999")
    ]  # fmt: skip
    assert told == ["unknown_site", "unknown_site"]
    itself = reply | {"sender": {"code": "MGJ", "zh": "x", "en": "x"}, "packet": "0" * 64}
    keys = two.district.end.keys
    told = [
        refusal(lambda n=n: two.port.end.take_reply(keys.seal("reply", itself | {"notice": n}), actor=None, at=NOON))  # type: ignore[misc]
        for n in (ours, "MGJ-SB-2026-999")
    ]  # fmt: skip
    assert told == ["never_sent", "never_sent"]


def test_refusals_are_gathered_by_the_day_and_by_site(two: Two) -> None:
    data = two.packet(two.port.escalated())
    keys = two.port.end.keys
    elsewhere = {"code": "NHJ", "zh": "x", "en": "x"}
    files = [keys.seal("packet", canonical.read(data)["content"] | {"addressee": elsewhere, "document": str(one)})
             for one in range(3)]  # fmt: skip
    day = timedelta(days=1)
    for instant in (NOON, NOON + day - timedelta(seconds=1), NOON + day):
        for file in files:
            told = refusal(lambda f=file, i=instant: two.district.end.receive(f, actor=None, at=i))  # type: ignore[misc]
            assert told == "wrong_addressee"
    lines = two.district.ask(select(ExchangeLog).where(ExchangeLog.outcome == "refused"))
    assert [(line.times, line.at, line.site) for line in lines] == [
        (6, NOON, keys.site),
        (3, NOON + day, keys.site),
    ]
