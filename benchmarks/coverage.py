"""The map of coverage with 100,000 clues on file, half of them verified, so that each of these is a look.

The map is counted for a leader who sees every clue: once from everything, and as the page of one project asks for it,
anew and when nothing happened since. Beside each stands what the bare driver needs to read the looks and clues row by row,
as the map was counted at first.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx

from benchmarks import bare, office, pages
from benchmarks.measuring import Result, micros, timed
from cases import coverage
from plumbline.work import Work
from web import app

CLUES, TIMES = 100_000, 7
ACTOR, PROJECT = pages.ACTOR, "PC"
PROJECTS = ("PC", "BR", "BW")
UNITS = ("QJN", "GKJ", "HTJ", "")
VERIFIED = "submit_report"
_LOOKS = """SELECT e.at, e.actor, e.move, e.data, m.number, m.project, m."values", m.state, m.received_on
    FROM matter m JOIN event e ON e.matter = m.id
    WHERE m.machine = 'clue' AND m.organisation = 'MGJ' AND e.move = 'submit_report'"""
_CLUES = """SELECT project, state, "values", received_on, opened_at FROM matter
    WHERE machine = 'clue' AND organisation = 'MGJ'"""


def filled(home: Path, count: int) -> Work:
    """A rehearsal with that many clues over projects, links, phases and units; every second one was verified."""
    work = pages.filled(home, count)
    rules = coverage.rules_of(work.office)
    connection = bare.connected(home / "plumbline.db")
    chance = random.Random(5)
    clues = connection.execute("SELECT id, \"values\" FROM matter WHERE number LIKE 'BENCH-%'").fetchall()
    connection.execute("BEGIN")
    changed = []
    for key, values in clues:
        link = chance.choice(list(rules.links))
        named = {
            "link": link,
            "phase": chance.choice(rules.links[link].phases),
            "subject_unit": chance.choice(UNITS),
        }
        changed.append(
            (json.dumps(json.loads(values) | named, ensure_ascii=False), chance.choice(PROJECTS), key)
        )
    connection.executemany('UPDATE matter SET "values" = ?, project = ? WHERE id = ?', changed)
    connection.execute(
        "INSERT INTO event (matter, seq, at, actor, move, to_state, version, data, prev_hash, hash) "
        "SELECT m.id, 2, m.moved_at, 'officer', ?, m.state, 2, '{}', '', '' FROM matter m "
        "WHERE m.number LIKE 'BENCH-%' AND m.id % 2 = 0", (VERIFIED,))  # fmt: skip
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return work


def measure(*, clues: int = CLUES, times: int = TIMES) -> list[Result]:
    """The map of all projects and of one, and the page of one: anew, and when nothing happened since."""
    with office.folder() as home:
        work = filled(home, clues)
        found = list(_measured(work, home, clues=clues, times=times))
        work.engine.dispose()
    return found


def _measured(work: Work, home: Path, *, clues: int, times: int) -> Iterator[Result]:
    rows, (anew, again) = _bare(home, times), _page(work, times)
    for name, taken in {"map of all projects": _map(work, None, times), "map of one project": _map(work, PROJECT, times),
                        "page, anew": anew, "page, nothing happened since": again}.items():  # fmt: skip
        yield Result(f"coverage: {name}", micros(taken), micros(rows), "every look and clue read bare", "microseconds",
                     len(taken), target=0.0, more={"clues": clues})  # fmt: skip


def _map(work: Work, project: str | None, times: int) -> list[float]:
    taken: list[float] = []
    for _ in range(times):
        with timed(taken), work.reading() as session:
            coverage.of(session, work.office, actor=ACTOR, at=office.AT, project=project)
    return taken


def _page(work: Work, times: int) -> tuple[list[float], list[float]]:
    """The page of one project: what it takes when nothing of it is remembered, and right after."""
    served = app.create(work)
    cookies = pages.signed_in(work, served)
    anew, again = [], []
    for _ in range(times):
        served.state.remembered.clear()
        first, second = asyncio.run(_asked(served, cookies))
        anew.append(first)
        again.append(second)
    return anew, again


async def _asked(served: Any, cookies: dict[str, str]) -> list[float]:
    taken = []
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=served), base_url="http://127.0.0.1:8400", cookies=cookies
    ) as client:
        for _ in range(2):
            start = time.perf_counter()
            answer = await client.get(f"/coverage/{PROJECT}", headers={"accept": "text/html"})
            taken.append(time.perf_counter() - start)
            if answer.status_code != 200:
                raise RuntimeError(str(answer.status_code))
    return taken


def _bare(home: Path, times: int) -> list[float]:
    connection = bare.connected(home / "plumbline.db")
    taken: list[float] = []
    for _ in range(times):
        with timed(taken):
            for query in (_LOOKS, _CLUES):
                for row in connection.execute(query):
                    json.loads(row[6] if query is _LOOKS else row[2])
    connection.close()
    return taken
