"""A furnished office to measure in: the shipped rulebook, the sample's people, clues that wait for the same move."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cases import opening
from cases.advance import advance
from plumbline import setup
from plumbline.settings import Settings
from plumbline.work import Work

AT = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)  # Tuesday 1 September 2026, noon in Shanghai
ROOT = Path(__file__).resolve().parents[1]

CLUE: dict[str, Any] = {
    "title": "隐蔽工程未经验收先行覆盖", "source": "joint_inspection", "kind": "duty_neglect", "project": "PC",
    "phase": "execution", "link": "c15_quality", "received_on": "2026-09-01", "managed_by": "ours", "grade": "general",
    "problem": "3号泊位沉箱基床未经验收即覆盖，检测报告日期早于取样日期。", "subject": "赵某某",
    "classification": "none", "real_name": True,
}  # fmt: skip
BEFORE = (
    ("register", "registrar", {"managed_by": "ours", "grade": "general"}),
    ("propose_assignment", "registrar",
     {"proposed_handler": "officer", "assignment_proposal": "建议由承办部门研判后提出处置意见。"}),
)  # fmt: skip


@contextmanager
def folder() -> Iterator[Path]:
    """A folder on the disk the tree is on, gone afterwards: a folder in memory would make durability free of charge."""
    (ROOT / "var").mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir=ROOT / "var") as found:
        yield Path(found)


def opened(home: Path) -> Work:
    """Work on a new rehearsal with the sample in it."""
    settings = Settings(home=home)
    setup.prepare(settings, rehearsal=True, with_sample=True, at=AT)
    return Work.open(settings)


def reopened(home: Path) -> Work:
    """Work on what is there."""
    return Work.open(Settings(home=home))


def proposed(work: Work, count: int) -> list[str]:
    """That many clues whose assignment awaits the head's approval; their numbers."""
    with work.unit() as session:
        numbers = [opening.open_matter(session, work.office, "clue", actor="registrar", at=AT, fields=CLUE).number
                   for _ in range(count)]  # fmt: skip
        for move, actor, fields in BEFORE:
            for number in numbers:
                advance(session, work.office, number, move, actor=actor, at=AT, fields=fields)
    return numbers


def copied(work: Work, to: Path) -> Path:
    """The database as it stands, in a file of its own."""
    with work.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")  # a checkpoint needs no transaction around it
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    shutil.copy(work.settings.home / "plumbline.db", to)
    return to
