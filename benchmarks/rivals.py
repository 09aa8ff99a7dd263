"""The same move beside three well-known engines, all on SQLite with a write-ahead log and synchronous=FULL.

Ours checks access, guards and form, keeps clocks and chain, and plans notices. The rivals check only that the move leaves
from this state:

- django-fsm-2 with the Django ORM writes the same rows in one transaction: clue, event, two clocks, two lines, two notices;
  and, for who wants to know what that costs, the clue's row alone;
- SpiffWorkflow reads its workflow (ten tasks in a row, with the same fields), runs one and writes it back, in one row;
- DBOS runs a workflow of one step that writes nothing of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks import gate, office
from benchmarks.measuring import Act, Result, interleaved, micros, timed
from plumbline.work import Work

TIMES, WARM = 200, 20


def measure(*, times: int = TIMES, warm: int = WARM) -> list[Result]:
    """One pair for each rival; ours is ahead where the ratio is above 1."""
    return [*django_pairs(times, warm), *spiff_pairs(times, warm), *dbos_pairs(times, warm)]


def beside(
    name: str, rivals: dict[str, Callable[[Path], Act]], *, times: int, warm: int, target: float = 1.0
) -> list[Result]:
    """Our move and its rivals in turn. Each rival is made in a folder and answers with what does its `turn`-th move."""
    with office.folder() as home:
        work = office.opened(home)
        numbers = office.proposed(work, times + warm)
        acts = [_ours(work, numbers), *(made(home) for made in rivals.values())]
        mine, *theirs = interleaved(acts, times=times, warm=warm)
        work.engine.dispose()
    return [
        Result(f"move beside {name}", micros(mine), micros(seconds), said, "microseconds per durable move", times,
               target=target, more={"ours_min": min(mine) * 1e6, "baseline_min": min(seconds) * 1e6})
        for said, seconds in zip(rivals, theirs, strict=True)
    ]  # fmt: skip


def _ours(work: Work, numbers: list[str]) -> Act:
    def act(turn: int) -> float:
        taken: list[float] = []
        with timed(taken):
            gate.move(work, numbers[turn], turn)
        return taken[0]

    return act


def django_pairs(times: int, warm: int) -> list[Result]:
    from benchmarks import rival_django  # noqa: PLC0415 - installed by `make bench` alone, and set up as it is imported

    return [
        *beside("django-fsm-2", {f"{rival_django.NAME}, the same rows": rival_django.same_rows}, times=times, warm=warm),
        *beside("django-fsm-2, state alone", {f"{rival_django.NAME}, the clue's row alone": rival_django.state_alone},
                times=times, warm=warm, target=0.0),
    ]  # fmt: skip


def spiff_pairs(times: int, warm: int) -> list[Result]:
    from benchmarks import rival_spiff  # noqa: PLC0415 - installed by `make bench` alone

    return beside("SpiffWorkflow", {rival_spiff.NAME: rival_spiff.load_advance_save}, times=times, warm=warm)


def dbos_pairs(times: int, warm: int) -> list[Result]:
    from benchmarks import rival_dbos  # noqa: PLC0415 - installed by `make bench` alone

    with rival_dbos.launched() as one_step:
        return beside("DBOS", {rival_dbos.NAME: one_step}, times=times, warm=warm)
