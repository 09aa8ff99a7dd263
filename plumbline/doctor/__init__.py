"""What Plumbline runs on, looked at from every side: one line each, and what to do where something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from plumbline.doctor import machine
from plumbline.doctor.findings import Check
from plumbline.doctor.records import records
from plumbline.settings import Settings

__all__ = ["Check", "examine"]


def examine(settings: Settings, *, at: datetime, prefect: bool = True) -> list[Check]:
    """Look at everything; nothing is changed. Without a database, what would be looked at in it is left out."""
    found = [machine.python(), *machine.sqlite(settings), *machine.home(settings)]
    found += records(settings, at=at)
    if prefect:
        found += _prefect(settings)
    return found


def _prefect(settings: Settings) -> Iterator[Check]:
    """Asked of the part that starts the services, if this installation has it."""
    try:
        from plumbline import serve  # noqa: PLC0415 - Prefect takes seconds to import
    except ImportError:
        return
    ask: Callable[[Settings], Any] | None = getattr(serve, "self_test", None)
    if ask is None:
        return
    verdict = ask(settings)
    if verdict.ok:
        yield Check("prefect", "ok", verdict.says)
    else:
        yield Check("prefect", "wrong", verdict.says, verdict.do)
