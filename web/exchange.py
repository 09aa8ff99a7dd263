"""Where another site brings its packets and replies by HTTPS. The file's signature is its pass; there is no login."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from cases import canonical
from plumbline import clock
from plumbline.exchange import Exchanger
from plumbline.work import Work
from states.facts import Refused

PROBLEM = "application/problem+json"
STATUS = {"too_large": 413, "unknown_site": 403, "revoked_site": 403, "bad_signature": 403, "not_theirs": 403}


def router(work: Work) -> APIRouter:
    """The two doors of the exchange."""
    doors = APIRouter(prefix="/exchange")

    @doors.post("/packets")
    async def packet(request: Request) -> Response:
        """Takes a packet in, once; answers with the signed reply: how things stand."""
        end = Exchanger.of(work)

        def answer(data: bytes) -> Response:
            return Response(end.answer(data, at=clock.now()), media_type="application/json")

        return await _answered(request, answer, lang=work.settings.lang)

    @doors.post("/replies")
    async def reply(request: Request) -> Response:
        """Takes a reply in; answers which escalation it moved, and whether it said anything new."""
        end = Exchanger.of(work)

        def answer(data: bytes) -> Response:
            taken = end.take_reply(data, actor=None, at=clock.now())
            return JSONResponse({"number": taken.number, "new": taken.new, "state": taken.state})

        return await _answered(request, answer, lang=work.settings.lang)

    return doors


async def _answered(request: Request, answer: Callable[[bytes], Response], *, lang: str) -> Response:
    """The answer to a file, or the refusal with its reasons."""
    try:
        return await run_in_threadpool(answer, await _body(request))
    except Refused as refusal:
        reasons = [reason.as_dict(lang) for reason in refusal.reasons]
        problem = {"error": refusal.code, "message": reasons[0]["message"], "reasons": reasons}
        return JSONResponse(problem, status_code=STATUS.get(refusal.code, 422), media_type=PROBLEM)


async def _body(request: Request) -> bytes:
    """As much of the body as a file may have, and one byte more where there is more: that is refused by its size."""
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > canonical.MOST_BYTES:
            break
    return bytes(data[: canonical.MOST_BYTES + 1])
