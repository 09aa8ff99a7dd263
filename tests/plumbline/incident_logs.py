"""Small incident logs for tests, written as the desk's system writes them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from plumbline.rehearsal import LogMapping, Rehearsed, read_mapping, rehearse
from states.rulebook import Rulebook
from states.rulebook_file import FOLDER, load

EXAMPLES = FOLDER / "examples"
EXCERPT = EXAMPLES / "incidents-excerpt.csv.gz"
WHOLE_LOG = Path(__file__).parents[3] / "shared" / "data" / "incidents-2010-2012.csv.gz"
"""The log that the excerpt is of, where it stands beside the project."""

HEADER = ("case_id", "at", "activity", "status", "group", "line", "impact")

ACTIVITY = {"Awaiting Assignment": "Queued", "Resolved": "Completed", "Closed": "Completed", "In Call": "Completed",
            "Cancelled": "Completed", "Unmatched": "Unmatched"}  # fmt: skip

Row = tuple[str, ...]


def example() -> tuple[Rulebook, LogMapping]:
    """The example that ships."""
    rulebook = load(EXAMPLES / "incidents.yaml")
    return rulebook, read_mapping(EXAMPLES / "incidents.map.yaml", rulebook)


def row(case: str, at: str, status: str, line: str = "1st", impact: str = "Medium") -> Row:
    """A row as the desk writes it; `at` without an offset is UTC."""
    instant = at if "+" in at else f"{at}+00:00"
    return (case, instant, ACTIVITY.get(status, "Accepted"), status, f"G {line}", line, impact)


def written(path: Path, rows: Iterable[Row], header: Row = HEADER) -> Path:
    """A log file with these rows."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def played(folder: Path, rows: Iterable[Row]) -> Rehearsed:
    """These rows, rehearsed under the example into `folder/store.db`."""
    rulebook, mapping = example()
    log = written(folder / "log.csv", rows)
    return rehearse(log, rulebook, mapping, store_url=store_url(folder))


def store_url(folder: Path, name: str = "store.db") -> str:
    """Where a rehearsal in this folder is put down."""
    return f"sqlite:///{folder / name}"
