"""One durable move asked for over HTTP, beside the same move in process.

The server is one uvicorn worker in a process of its own, on the loopback, serving the whole application as `plumbline
serve` does; the client keeps its connection and sends what a program would: token, Idempotency-Key, If-Match and the form.
Both write the same rows into one database.
"""

from __future__ import annotations

import json
import multiprocessing
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import uvicorn

from benchmarks import gate, office
from benchmarks.measuring import Result, interleaved, micros, timed
from cases import tokens
from plumbline import clock
from plumbline.settings import Settings
from plumbline.work import Work
from web import app

TIMES, WARM = 400, 40
CONTENT = json.dumps(gate.FIELDS).encode()
VERSION = 3  # of a clue whose assignment was proposed
PATIENCE = 60  # seconds until the server answers


def measure(*, times: int = TIMES, warm: int = WARM) -> list[Result]:
    """The pair. The ratio says what part of the API's time the move in process needs; at least 0.4 is wanted."""
    with office.folder() as home:
        work = office.opened(home)
        numbers = office.proposed(work, 2 * (times + warm))
        with work.unit() as session:
            token = tokens.issue(session, gate.ACTOR, at=clock.now()).token
        with _served(home) as port, closing(HTTPConnection("127.0.0.1", port)) as line:
            found = _measured(work, line, numbers, token, times=times, warm=warm)
        work.engine.dispose()
    return [found]


def _measured(
    work: Work, line: HTTPConnection, numbers: list[str], token: str, *, times: int, warm: int
) -> Result:
    half = len(numbers) // 2

    def ours(turn: int) -> float:
        taken: list[float] = []
        with timed(taken):
            move(line, numbers[half + turn], token)
        return taken[0]

    def plain(turn: int) -> float:
        taken: list[float] = []
        with timed(taken):
            gate.move(work, numbers[turn], turn)
        return taken[0]

    mine, theirs = interleaved([ours, plain], times=times, warm=warm)
    return Result("move over the API", micros(mine), micros(theirs), "the same move in process",
                  "microseconds per durable move", times, target=0.4,
                  more={"ours_min": min(mine) * 1e6, "baseline_min": min(theirs) * 1e6})  # fmt: skip


def move(line: HTTPConnection, number: str, token: str) -> None:
    """The move, acknowledged with 200."""
    line.request("POST", f"/api/v1/clues/{number}/moves/{gate.MOVE}", body=CONTENT, headers={
        "Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": number,
        "If-Match": f'"{VERSION}"'})  # fmt: skip
    answer = line.getresponse()
    said = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {said.decode()[:300]}")


@contextmanager
def _served(home: Path) -> Iterator[int]:
    """The application on this database, in a process of its own; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(home, port), daemon=True)
    server.start()
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.join(10)


def _serve(home: Path, port: int) -> None:
    work = Work.open(Settings(home=home, api_per_minute=1_000_000))
    uvicorn.run(
        app.create(work),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
    )


def _wait(port: int) -> None:
    end_at = time.monotonic() + PATIENCE
    while time.monotonic() < end_at:
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as line:
                line.request("GET", "/healthz")
                if line.getresponse().status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The server did not answer in time.")
