"""One `plumbline serve` per PLUMBLINE_HOME: a lock that ends with its process, and a note of where it listens."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from plumbline.serve import faults
from plumbline.serve.environment import PrefectHome, password_in
from plumbline.settings import Settings


@dataclass(frozen=True, slots=True)
class Running:
    """A `plumbline serve` that runs: its process, its page, since when, and where its Prefect is, if it has one."""

    process: int
    page: str
    started_at: datetime
    prefect: PrefectHome | None


@contextmanager
def held(settings: Settings, running: Running) -> Iterator[None]:
    """Hold the lock and leave the note. Raises CannotServe where another process holds it."""
    settings.home.mkdir(parents=True, exist_ok=True)
    with _path(settings).open("a+") as file:
        if not _take(file):
            other = holder(settings)
            raise faults.already_serving(
                settings, other.process if other else "?", other.page if other else "?"
            )
        _write(file, _as_note(running))
        try:
            yield
        finally:
            _write(file, "")


def holder(settings: Settings) -> Running | None:
    """The `plumbline serve` that holds the lock of this PLUMBLINE_HOME, if one does."""
    try:
        with _path(settings).open("r+") as file:
            return None if _take(file) else _read(file.read())
    except FileNotFoundError:
        return None


def _path(settings: Settings) -> Path:
    return settings.home / "serve.lock"


def _take(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _write(file: IO[str], note: str) -> None:
    file.seek(0)
    file.truncate()
    file.write(note)
    file.flush()
    os.fsync(file.fileno())


def _as_note(running: Running) -> str:
    home = running.prefect
    return json.dumps({"process": running.process, "page": running.page, "started_at": running.started_at.isoformat(),
                       "prefect": {"folder": str(home.folder), "port": home.port} if home else None})  # fmt: skip


def _read(note: str) -> Running | None:
    try:
        told = json.loads(note)
    except ValueError:
        return None
    at = told["prefect"]
    home = (
        PrefectHome(Path(at["folder"]), at["port"], password_in(Path(at["folder"]) / "password"))
        if at
        else None
    )
    return Running(told["process"], told["page"], datetime.fromisoformat(told["started_at"]), home)
