"""The ledger as a file that leaves: written as its reader may see it, and on record before it does."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cases import worklist
from cases.file_kinds import SHEET
from cases.worklist import Looker, Wanted
from plumbline.work import Work
from web import filters

WORKBOOK = SHEET


@dataclass(frozen=True, slots=True)
class Written:
    """A workbook, its name, its hash as it stands on record, how many clues are in it and how many texts were cut."""

    content: bytes
    name: str
    sha256: str
    clues: int
    shortened: int


def written(
    work: Work, which: Callable[[Looker], Wanted | None], *, actor: str, at: datetime, lang: str
) -> Written:
    """Those of the clues in sight that are wanted, or all of them. `which` may raise: then nothing is written."""
    from cases import export_log, ledger_export  # noqa: PLC0415 - what writes workbooks is slow to load

    with work.reading() as session:
        looker = Looker.of(session, work.office, actor)
        wanted = which(looker)
        fits = None if wanted is None else worklist.condition(looker, wanted, at=at)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "ledger.xlsx"
            done = ledger_export.export_ledger(
                session, work.office, path, actor=actor, at=at, lang=lang, which=fits
            )
            content = path.read_bytes()
    mark = hashlib.sha256(content).hexdigest()
    asked = export_log.EVERYTHING if wanted is None else filters.address(wanted).partition("?")[2][:2000]
    with work.unit() as session:
        export_log.note(
            session, "ledger", count=done.clues, lang=lang, sha256=mark, by=actor, at=at, which=asked
        )
    name = f"ledger-{work.office.day(at):%Y%m%d}.xlsx"
    return Written(content, name, mark, done.clues, done.shortened)


def saved_as(name: str) -> dict[str, str]:
    """The header under which a browser keeps it."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}
