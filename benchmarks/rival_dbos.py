"""A move as a DBOS workflow of one step. DBOS keeps the workflow and the step's result; the step writes nothing else."""

# What this is built on is installed by `make bench` alone, and its types are left out: see pyproject.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from dbos import DBOS

from benchmarks import bare
from benchmarks.measuring import Act, timed

NAME = f"DBOS {version('dbos')}, a workflow of one step"


@DBOS.step()
def approve_assignment(state: str) -> str:
    """The next state, where the move leaves from this one."""
    if state != "assignment_proposed":
        raise ValueError(state)
    return "assigned"


@DBOS.workflow()
def move(state: str) -> str:
    """One durable move."""
    return approve_assignment(state)


@contextmanager
def launched() -> Iterator[Callable[[Path], Act]]:
    """What starts DBOS in a folder and answers with its move; it is stopped at the end."""

    def one_step(home: Path) -> Act:
        bare.connected(home / "dbos.db").close()  # a log that is written ahead is a property of the file
        DBOS(config={"name": "benchmarks", "system_database_url": f"sqlite:///{home / 'dbos.db'}",
                     "run_admin_server": False, "log_level": "ERROR"})  # fmt: skip
        DBOS.launch()
        return act

    def act(_turn: int) -> float:
        taken: list[float] = []
        with timed(taken):
            move("assignment_proposed")
        return taken[0]

    try:
        yield one_step
    finally:
        DBOS.destroy()
