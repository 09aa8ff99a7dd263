"""Where another site brings its packets and replies by HTTPS. The file's signature is its pass; there is no login."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from cases import canonical
from cases.packets import refused
from plumbline import clock
from plumbline.exchange import UNPROVEN, Exchanger
from plumbline.site_keys import UnusableKey
from plumbline.work import Work
from states.facts import Refused
from web.doorkeeper import BUSY_FOR, Doorkeeper

PROBLEM = "application/problem+json"
STATUS = {"too_large": 413, "unknown_site": 403, "revoked_site": 403, "bad_signature": 403, "not_theirs": 403,
          "too_slow": 408, "too_often": 429, "busy": 503}  # fmt: skip
READ_WITHIN = 20.0  # seconds, and more for what is long; however busily the other side drips
LEAST_A_SECOND = 50_000  # bytes
MOST = canonical.MOST_BYTES + 1
SITE = re.compile(rb'"site":"([0-9a-f]{32})","version":\d{1,9}\}\s*\Z')


def router(work: Work, *, keeper: Doorkeeper, read_within: float = READ_WITHIN) -> APIRouter:
    """The two doors of the exchange, with one doorkeeper."""
    doors = APIRouter(prefix="/exchange")
    door = Door(keeper, read_within=read_within, lang=work.settings.lang)

    @doors.post("/packets")
    async def packet(request: Request) -> Response:
        """Takes a packet in, once; answers with the signed reply: how things stand."""

        def answer(data: bytes) -> Response:
            return Response(Exchanger.of(work).answer(data, at=clock.now()), media_type="application/json")

        return await door.let_in(request, answer)

    @doors.post("/questions")
    async def question(request: Request) -> Response:
        """How do things stand with a packet that came? Answers with the signed reply."""

        def answer(data: bytes) -> Response:
            found = Exchanger.of(work).answer_question(data, at=clock.now())
            return Response(found, media_type="application/json")

        return await door.let_in(request, answer)

    @doors.post("/replies")
    async def reply(request: Request) -> Response:
        """Takes a reply in; answers which escalation it moved, and whether it said anything new."""

        def answer(data: bytes) -> Response:
            taken = Exchanger.of(work).take_reply(data, actor=None, at=clock.now())
            return JSONResponse({"number": taken.number, "new": taken.new, "state": taken.state})

        return await door.let_in(request, answer)

    return doors


class Door:
    """Lets a file in, if the house is not full and its bringer did not come too often, and tells what became of it."""

    def __init__(self, keeper: Doorkeeper, *, read_within: float, lang: str) -> None:
        self._keeper, self._read_within, self._lang = keeper, read_within, lang

    async def let_in(self, request: Request, answer: Callable[[bytes], Response]) -> Response:
        """The answer to a file, or the refusal with its reasons."""
        who = request.client.host if request.client is not None else ""
        if self._keeper.full:
            return self._turned_away("busy", BUSY_FOR)
        if wait := self._keeper.strangers.wait_of(who):
            return self._turned_away("too_often", wait)
        announced = request.headers.get("content-length", "")
        if (
            announced.isdecimal() and int(announced[:20]) >= MOST
        ):  # not read at all, so there is nothing to record
            self._keeper.strangers.spend(who)
            return self._turned_away("too_large", 0)
        with self._keeper.entered():
            data = bytearray()
            try:
                if not await self._read(request, data):
                    return self._turned_away("busy", BUSY_FOR)
                return await self._looked_at(bytes(data[:MOST]), answer, who=who)
            except (TimeoutError, ClientDisconnect):
                self._keeper.strangers.spend(who)
                return self._turned_away("too_slow", 0)
            finally:
                self._keeper.hold(-len(data))

    async def _read(self, request: Request, data: bytearray) -> bool:
        """As much of the body as a file may have, and one byte more where there is more: that is refused by its size.
        False where there is no room for it now. Raises TimeoutError."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.timeout_at(began + self._read_within) as limit:
            async for part in request.stream():
                if not self._keeper.hold(len(part)):
                    return False
                data += part
                if len(data) >= MOST:
                    break
                limit.reschedule(began + self._read_within + len(data) / LEAST_A_SECOND)
        return True

    async def _looked_at(self, data: bytes, answer: Callable[[bytes], Response], *, who: str) -> Response:
        site = _claimed(data)
        if wait := self._keeper.sites.wait_of(site):
            return self._turned_away("too_often", wait)
        return await self._answered(data, answer, who=who, site=site)

    async def _answered(
        self, data: bytes, answer: Callable[[bytes], Response], *, who: str, site: str
    ) -> Response:
        try:
            response = await run_in_threadpool(answer, data)
        except Refused as refusal:
            self._count(refusal.code, who, site)
            return self._refused(refusal)
        except UnusableKey:  # ours to mend, and nobody else's to read about
            return self._turned_away("busy", BUSY_FOR)
        self._keeper.sites.spend(site)
        return response

    def _count(self, code: str, who: str, site: str) -> None:
        """Only a proven site is counted as that site: nobody can use up another's allowance."""
        if code in UNPROVEN:
            self._keeper.strangers.spend(who)
        else:
            self._keeper.sites.spend(site)

    def _turned_away(self, code: str, wait: int) -> Response:
        response = self._refused(_TURNED_AWAY[code])
        if wait:
            response.headers["Retry-After"] = str(wait)
        return response

    def _refused(self, refusal: Refused) -> Response:
        reasons = [reason.as_dict(self._lang) | {"zh": reason.message.zh, "en": reason.message.en}
                   for reason in refusal.reasons]  # fmt: skip
        problem = {"error": refusal.code, "message": reasons[0]["message"], "reasons": reasons}
        return JSONResponse(problem, status_code=STATUS.get(refusal.code, 422), media_type=PROBLEM)


_TURNED_AWAY = {
    "too_large": refused("too_large", f"文件超过 {canonical.MOST_BYTES:,} 字节。",
                         f"The file is longer than {canonical.MOST_BYTES:,} bytes."),
    "busy": refused("busy", "本站点正忙。", "This site is busy.", zh="请稍后再送。", en="Bring it again later."),
    "too_often": refused("too_often", "送件过于频繁。", "Files are brought too often.", zh="请稍后再送。",
                         en="Bring it again later."),
    "too_slow": refused("too_slow", "文件传送过慢。", "The file came too slowly.", zh="请重新送来。",
                        en="Bring it again."),
}  # fmt: skip


def _claimed(data: bytes) -> str:
    """The site that a file says it is of: in its canonical form, that stands at its end."""
    found = SITE.search(data[-200:])
    return found.group(1).decode() if found else ""
