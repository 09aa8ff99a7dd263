"""The pages that lists are read from, with 100,000 clues on file and eight people clicking at once.

Each page is asked of the whole application over ASGI in one process, as a signed-in leader who sees every clue; beside it
stand the same rows asked of the bare driver, with nothing counted, judged or drawn.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2 as httpx

from benchmarks import bare, deadlines, office
from benchmarks.measuring import Result, micros, timed
from cases import sessions
from plumbline import clock
from plumbline.work import Work
from web import acting, app

CLUES, CLIENTS, TIMES, WARM = 100_000, 8, 25, 2
ACTOR = "leader"
STATES = (
    "registered",
    "assigned",
    "verifying",
    "disposition_proposed",
    "talk_letter",
    "held",
    "concluded",
    "archived",
)
PAGES = {"worklist": "/worklist", "worklist, all": "/worklist?tab=all", "board": "/board"}
WANTED = 60_000  # microseconds, in the median with eight at once
_ROWS = """SELECT id, number, state, version, title, handler, due_at, received_on, "values" FROM matter
    WHERE machine = 'clue' AND organisation = 'MGJ' ORDER BY due_at ASC NULLS LAST, id DESC LIMIT 51"""


def filled(home: Path, count: int) -> Work:
    """A rehearsal with that many clues, spread over states, handlers, days of receipt and due dates."""
    work = deadlines.filled(home, 2 * count, group=2 * count)
    connection = bare.connected(home / "plumbline.db")
    chance = random.Random(4)
    keys = [
        row[0] for row in connection.execute("SELECT id FROM matter WHERE number LIKE 'BENCH-%'").fetchall()
    ]
    connection.execute("BEGIN")
    connection.executemany(
        "UPDATE matter SET state = ?, received_on = ?, progressed_at = ?, moved_at = ? WHERE id = ?",
        [(chance.choice(STATES), *_days(chance), key) for key in keys],
    )
    connection.executemany(
        "UPDATE deadline SET due_at = ?, due_on = ? WHERE matter = ?", [(*_due(chance), key) for key in keys]
    )
    connection.execute(
        "UPDATE deadline SET status = 'met' WHERE matter IN (SELECT id FROM matter WHERE state IN ('concluded', 'archived'))"
    )
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return work


def _days(chance: random.Random) -> tuple[str, str, str]:
    moved = office.AT - timedelta(minutes=chance.randrange(400 * 1440))
    received = moved - timedelta(days=chance.randrange(90))
    return f"{received:%Y-%m-%d}", f"{moved:%Y-%m-%d %H:%M:%S.000000}", f"{moved:%Y-%m-%d %H:%M:%S.000000}"


def _due(chance: random.Random) -> tuple[str, str]:
    late = office.AT.replace(hour=16, minute=0) + timedelta(days=chance.randrange(-3, 90))
    return f"{late:%Y-%m-%d %H:%M:%S.000000}", f"{late:%Y-%m-%d}"


def measure(*, clues: int = CLUES, times: int = TIMES, warm: int = WARM) -> list[Result]:
    """A pair for each page: its median against the bare rows, which are far quicker; what is wanted is under 60 ms."""
    with office.folder() as home:
        work = filled(home, clues)
        found = list(_measured(work, home, times=times, warm=warm))
        work.engine.dispose()
    return found


def _measured(work: Work, home: Path, *, times: int, warm: int) -> Iterator[Result]:
    served = app.create(work)
    cookies = signed_in(work, served)
    rows = _bare(home, times)
    for name, path in PAGES.items():
        alone = asyncio.run(_clicked(served, path, cookies, clients=1, times=times, warm=warm))
        many = asyncio.run(_clicked(served, path, cookies, clients=CLIENTS, times=times, warm=warm))
        ordered = sorted(many)
        yield Result(f"page: {name}", micros(many), micros(rows), f"the same rows bare; wanted below {WANTED:,}",
                     "microseconds, 8 at once", len(many), target=0.0,
                     more={"alone": micros(alone), "p95": ordered[int(len(ordered) * 0.95)] * 1e6, "wanted": WANTED,
                           "clues": CLUES})  # fmt: skip


def signed_in(work: Work, served: Any) -> dict[str, str]:
    """The cookies of the actor, who has just signed in there."""
    with work.unit() as session:
        begun = sessions.begin(session, ACTOR, proved="rehearsal", waits=False, user_agent="bench", at=clock.now(),
                               lasting=served.state.accounts.lasting)  # fmt: skip
    return {acting.cookie(served.state.accounts, acting.SESSION): begun.token}


async def _clicked(
    served: Any, path: str, cookies: dict[str, str], *, clients: int, times: int, warm: int
) -> Sequence[float]:  # fmt: skip
    taken: list[float] = []

    async def one() -> None:
        transport = httpx.ASGITransport(app=served)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8400", cookies=cookies
        ) as client:
            for turn in range(warm + times):
                start = time.perf_counter()
                answer = await client.get(path, headers={"accept": "text/html"})
                if turn >= warm:
                    taken.append(time.perf_counter() - start)
                if answer.status_code != 200:
                    raise RuntimeError(f"{path}: {answer.status_code}")

    await asyncio.gather(*(one() for _ in range(clients)))
    return taken


def _bare(home: Path, times: int) -> list[float]:
    connection = bare.connected(home / "plumbline.db")
    taken: list[float] = []
    for _ in range(times):
        with timed(taken):
            connection.execute(_ROWS).fetchall()
    connection.close()
    return taken
