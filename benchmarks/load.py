"""Eight and sixty-four people on a really served workbench with 100,000 clues on file, on SQLite and on PostgreSQL, each
clicking as soon as the page is there, or after a second: the load tool is Locust, in processes of its own, and the server
is `plumbline serve --no-prefect`.

Beside each page stands /healthz of the same server under the same load. Besides how long people wait, the server's own
processor time for a page is told (without that of PostgreSQL's server): it hardly depends on what else runs.
"""

from __future__ import annotations

import csv
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from benchmarks import copying, office, pages
from benchmarks.measuring import Result
from cases import sessions
from plumbline import clock
from plumbline.work import Work
from web import acting, app

CLUES, SECONDS, WARM = 100_000, 10, 3
PEOPLE = ((8, 0), (8, 1), (64, 0))  # how many, and the seconds each of them looks at a page before the next
PROCESSES = 2  # that answer pages: one for each core
PAGES: Mapping[str, str] = {
    "today": "/", "worklist": "/worklist", "clue": "/matters/BENCH-0050000", "board": "/board",
}  # fmt: skip
BARE = "/healthz"
ACTOR = "leader"
MEDIAN, P95 = 60, 150  # milliseconds, wanted with eight clients
PATIENCE = 120  # seconds until the server answers
CLICKER = Path(__file__).with_name("clicking.py")


def measure(
    *, clues: int = CLUES, people: tuple[tuple[int, int], ...] = PEOPLE, seconds: int = SECONDS
) -> list[Result]:
    """A pair for each database, page and crowd: its median wait beside that for /healthz."""
    with office.folder() as home:
        work = pages.filled(home, clues)
        cookie = _signed_in(work)
        found = _crowds("SQLite", home, "", cookie, people, seconds)
        with copying.on_postgresql(work.engine) as url:
            found += _crowds("PostgreSQL", home, url, cookie, people, seconds)
        work.engine.dispose()
        return found


def _crowds(
    kind: str, home: Path, url: str, cookie: str, people: tuple[tuple[int, int], ...], seconds: int
) -> list[Result]:
    with served(home, url) as (port, process):
        asking = Asking(port, process, home, cookie, seconds)
        return [one for count, pause in people for one in _measured(kind, asking, count, pause)]


@dataclass(frozen=True)
class Asking:
    """What is asked by whom, and where; for how long."""

    port: int
    process: int
    home: Path
    cookie: str
    seconds: int


def _measured(kind: str, asking: Asking, clients: int, pause: int) -> Iterator[Result]:
    crowd = f"{clients} " + (f"with {pause} s between" if pause else "without a pause")
    bare, _ = clicked(asking, BARE, clients=clients, pause=pause)
    for name, path in PAGES.items():
        found, spent = clicked(asking, path, clients=clients, pause=pause)
        yield Result(
            f"load: {name}, {kind}, {crowd}", found["median"], bare["median"], f"{BARE}, {crowd}",
            "milliseconds until the answer", int(found["count"]), target=0.0,
            more={"p95": found["p95"], "processor_ms_per_page": spent, "pages_per_second": found["rate"],
                  "wanted_median": MEDIAN, "wanted_p95": P95, "load_of_machine": os.getloadavg()[0]},
        )  # fmt: skip


def _signed_in(work: Work) -> str:
    """The cookie of a session that just began, as a browser sends it."""
    accounts = app.create(work).state.accounts
    with work.unit() as session:
        begun = sessions.begin(session, ACTOR, proved="rehearsal", waits=False, user_agent="bench", at=clock.now(),
                               lasting=accounts.lasting)  # fmt: skip
    return f"{acting.cookie(accounts, acting.SESSION)}={begun.token}"


@contextmanager
def served(home: Path, url: str = "") -> Iterator[tuple[int, int]]:
    """`plumbline serve` on this database; its port and its process."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    command = [sys.executable, "-m", "plumbline.cli", "serve", "--no-prefect", "--port", str(port)]
    with (home / "serve.log").open("wb") as log:
        settings = {"HOME": str(home), "WEB_PROCESSES": str(PROCESSES), "DATABASE_URL": url}
        variables = os.environ | {f"PLUMBLINE_{name}": value for name, value in settings.items()}
        server = subprocess.Popen(command, env=variables, stdout=log, stderr=log)
    try:
        _wait(port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(20)


def _wait(port: int) -> None:
    end_at = time.monotonic() + PATIENCE
    while time.monotonic() < end_at:
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as line:
                line.request("GET", BARE)
                if line.getresponse().status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The server did not answer in time.")


def clicked(asking: Asking, path: str, *, clients: int, pause: int = 0) -> tuple[dict[str, float], float]:
    """What Locust saw of this page, and the server's processor time for one of them, in milliseconds."""
    _locust(asking, path, clients=min(clients, 8), pause=0, seconds=min(WARM, asking.seconds))
    before = processor(asking.process)
    found = _locust(asking, path, clients=clients, pause=pause, seconds=asking.seconds)
    if not found["count"]:
        raise RuntimeError(f"{path}: nothing was answered within {asking.seconds} seconds.")
    return found, (processor(asking.process) - before) / found["count"] * 1000


def _locust(asking: Asking, path: str, *, clients: int, pause: int, seconds: int) -> dict[str, float]:
    told = asking.home / "load"
    command = [sys.executable, "-m", "locust", "-f", str(CLICKER), "--headless", "-u", str(clients), "-r", str(clients),
               "-t", f"{seconds}s", "--stop-timeout", "30", "--host", f"http://127.0.0.1:{asking.port}", "--csv", str(told),
               "--only-summary", "--loglevel", "ERROR"]  # fmt: skip
    asked = {"CLICKED": json.dumps({"path": path, "cookie": asking.cookie, "pause": pause})}
    done = subprocess.run(command, env=os.environ | asked, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{path}: {(done.stdout + done.stderr)[-500:]}")
    with told.with_name("load_stats.csv").open() as file:
        row = next(row for row in csv.DictReader(file) if row["Name"] == "Aggregated")
    if not float(row["Request Count"]):
        return {"count": 0.0, "median": 0.0, "p95": 0.0, "rate": 0.0}
    return {"count": float(row["Request Count"]), "median": float(row["50%"]), "p95": float(row["95%"]),
            "rate": float(row["Requests/s"])}  # fmt: skip


def processor(process: int) -> float:
    """Seconds of processor time that a process and its children have spent; on Linux, elsewhere 0."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return 0.0
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(processor(int(child)) for child in children)
