"""What every flow does: open the database, let the duty act, tell how much was done."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from prefect import runtime
from prefect.artifacts import acreate_markdown_artifact
from prefect.logging import get_run_logger

from flows.accounts import Account
from plumbline import clock
from plumbline.settings import Settings
from plumbline.work import Work

RETRIES = 2
RETRY_AFTER = 10
"""Seconds between tries: most faults are a database that is locked or restarting."""

Duty = Callable[..., Any]
"""A function of `plumbline.duties`: (work, *, at) to a dataclass of counts."""


class DutyFailed(Exception):
    """The duty failed. Only the kind of fault and its place are told: a fault's own text may quote what is on file."""


class NoZone(Exception):
    """`at` needs an offset, as in 2026-11-25T08:00:00+08:00."""


class OnlyInRehearsals(Exception):
    """`at` works on a rehearsal database only; on a real one a run acts at the present instant."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a duty did, when it says it was, and on what kind of database."""

    counts: dict[str, int]
    at: datetime
    rehearsal: bool


def named(account: Account) -> Callable[[], str]:
    """A namer of runs: by `at` where it is given, else by when the run was scheduled."""

    def name() -> str:
        at = runtime.flow_run.parameters.get("at") or runtime.flow_run.scheduled_start_time
        return account.run_name(datetime.fromisoformat(at) if isinstance(at, str) else at)

    return name


async def carry_out(duty: Duty, account: Account, *, at: datetime | None) -> dict[str, int]:
    """Let `duty` act at `at`, or at the present instant, and answer its counts; Prefect gets counts too, no more.

    Raises NoZone, OnlyInRehearsals and DutyFailed.
    """
    if at is not None and at.tzinfo is None:
        raise NoZone(NoZone.__doc__)
    done = await asyncio.to_thread(_act, duty, at)
    if runtime.flow_run.id is not None:
        await _tell(account, done)
    return done.counts


def _act(duty: Duty, at: datetime | None) -> Done:
    try:
        return _on_file(duty, at)
    except OnlyInRehearsals:
        raise
    except Exception as fault:  # noqa: BLE001 - whatever it was, its text must not reach Prefect
        failed = DutyFailed(f"{duty.__name__}: {type(fault).__name__} at {_place(fault)}")
    raise failed  # outside of `except`, so that it does not carry the fault along


def _on_file(duty: Duty, at: datetime | None) -> Done:
    work = Work.open(Settings())
    try:
        if at is not None and not work.rehearsal:
            raise OnlyInRehearsals(OnlyInRehearsals.__doc__)
        acted_at = at or clock.now()
        counts = {
            name: value for name, value in asdict(duty(work, at=acted_at)).items() if isinstance(value, int)
        }
        return Done(counts, acted_at, work.rehearsal)
    finally:
        work.engine.dispose()


def _place(fault: Exception) -> str:
    """The innermost line of ours that the fault passed, e.g. "cases/sweep.py:120"."""
    root = Path(__file__).parent.parent
    frames = [Path(frame.filename) for frame in traceback.extract_tb(fault.__traceback__)]
    lines = [frame.lineno for frame in traceback.extract_tb(fault.__traceback__)]
    ours = [(path, line) for path, line in zip(frames, lines, strict=True) if path.is_relative_to(root)]
    path, line = ours[-1] if ours else (frames[-1], lines[-1])
    return f"{path.parent.name}/{path.name}:{line}"


async def _tell(account: Account, done: Done) -> None:
    get_run_logger().log(logging.INFO, "%s %s", account.key, account.summary(done.counts))
    await acreate_markdown_artifact(
        key=account.key,
        markdown=account.markdown(done.counts, at=done.at, rehearsal=done.rehearsal),
        description=f"{account.zh} · {account.en}",
    )
