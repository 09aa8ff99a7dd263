"""What one may not see and what does not exist: whether the time of the answer tells which it is.

The pages and the API are asked over ASGI in one process, in turn, for a clue out of sight and for one that is not there, by
a member of another body, with 10,000 clues on file. Both answer 404 with the same body; here stands how long that takes.
"""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

import httpx2 as httpx
from sqlalchemy import func, select
from sqlmodel import col

from benchmarks import office, pages
from benchmarks.measuring import Result, micros
from cases import sessions, tokens
from cases.matters import Matter
from plumbline import clock
from plumbline.work import Work
from web import acting, app

CLUES, TIMES, WARM = 10_000, 400, 40
ACTOR = "contractor"
ABSENT = "BENCH-9999999"


def measure(*, clues: int = CLUES, times: int = TIMES) -> list[Result]:
    """A pair for each way of asking: the median of what is hidden beside that of what is not there; 1 tells nothing."""
    with office.folder() as home:
        work = pages.filled(home, clues)
        with work.reading() as session:
            hidden = session.execute(select(func.max(col(Matter.number)))).scalar_one()
        ways = {"page": "/matters/{}", "API": "/api/v1/clues/{}"}
        found = [_pair(work, name, path, hidden, times) for name, path in ways.items()]
        work.engine.dispose()
    return found


def _pair(work: Work, name: str, path: str, hidden: str, times: int) -> Result:
    served = app.create(work)
    taken = asyncio.run(_asked(served, path, hidden, _proofs(work, served), times))
    return Result(f"404 of what is hidden, {name}", micros(taken[hidden]), micros(taken[ABSENT]),
                  "of what is not there", "microseconds", times, target=0.0,
                  more={"told_apart": told_apart(taken[hidden], taken[ABSENT])})  # fmt: skip


def _proofs(work: Work, served: Any) -> dict[str, str]:
    """A session and a token of the same person, as headers."""
    at = clock.now()
    with work.unit() as session:
        begun = sessions.begin(session, ACTOR, proved="rehearsal", waits=False, user_agent="bench", at=at,
                               lasting=served.state.accounts.lasting)  # fmt: skip
        token = tokens.issue(session, ACTOR, at=at).token
    cookie = f"{acting.cookie(served.state.accounts, acting.SESSION)}={begun.token}"
    return {"cookie": cookie, "authorization": f"Bearer {token}"}


async def _asked(
    served: Any, path: str, hidden: str, proofs: dict[str, str], times: int
) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {hidden: [], ABSENT: []}
    proof = "authorization" if path.startswith("/api/") else "cookie"
    accept = "application/json" if proof == "authorization" else "text/html"
    headers = {proof: proofs[proof], "accept": accept}
    chance = random.Random(5)
    transport = httpx.ASGITransport(app=served)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8400") as client:
        for turn in range(WARM + times):
            for number in chance.sample((hidden, ABSENT), 2):
                start = time.perf_counter()
                answer = await client.get(path.format(number), headers=headers)
                if turn >= WARM:
                    taken[number].append(time.perf_counter() - start)
                if answer.status_code != 404:
                    raise RuntimeError(f"{path.format(number)}: {answer.status_code}")
    return taken


def told_apart(some: list[float], others: list[float]) -> float:
    """How often the longer of two answers is of the first kind; 0.5 where it is chance."""
    return sum(one > other for one, other in zip(some, others, strict=True)) / len(some)
