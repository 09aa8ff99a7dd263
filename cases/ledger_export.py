"""The ledger as one person may see it, as a workbook that can be imported again. Who reported is in no
column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlmodel import Session, col

from cases import access
from cases.ledger_sheets import LONGEST, fit, put, width, workbook
from cases.ledger_words import words
from cases.matters import Matter
from cases.office import Office
from cases.organisations import Project
from cases.people import Person
from states.rulebook import Label, Machine

COLUMNS = (
    "serial", "number", "source", "received_on", "real_name", "subject", "subject_unit", "subject_post", "managed_by",
    "project", "phase", "link", "kind", "grade", "classification", "problem", "disposition", "handler", "opinion_on",
    "progress", "closed_on", "outcome", "remarks",
)  # fmt: skip
_TITLE = Label(zh="问题线索管理台账", en="Ledger of problem clues")
_SUBTITLE = Label(
    zh="{organisation}　导出时间：{at}　共 {n} 件", en="{organisation}, exported {at}, {n} clues"
)
_TRUTH = {True: Label(zh="实名", en="real name"), False: Label(zh="匿名", en="anonymous")}
_HEADER_ROW = 2
_CHUNK = 2_000

_OWN = ("number", "state", "rulebook", "received_on", "values", "acts", "handler")
_ROWS = (
    select(
        *(getattr(Matter, name) for name in _OWN),
        col(Person.name).label("handler_name"),
        col(Project.name).label("project_name"),
    )
    .join(Person, col(Person.login) == col(Matter.handler), isouter=True)
    .join(Project, col(Project.code) == col(Matter.project), isouter=True)
    .where(col(Matter.machine) == "clue")
    .order_by(col(Matter.received_on), col(Matter.number))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exported:
    """Where the workbook lies, and how many clues it holds. `shortened` counts texts too long for a cell."""

    path: Path
    clues: int
    shortened: int = 0


def export_ledger(
    session: Session, office: Office, path: Path, *, actor: str, at: datetime, lang: str = "zh",
    which: ColumnElement[bool] | None = None, progress: Callable[[str, int, int], None] | None = None,
) -> Exported:  # fmt: skip
    """Write every clue that `actor` may see, and that fits `which`, into a workbook at `path`. Raises
    NotWritable.
    """
    query = _ROWS.where(access.visible_to(session, actor, office.rulebook()))
    query = query if which is None else query.where(which)
    writing = _Lines(office, lang)
    rows = session.execute(query.execution_options(yield_per=_CHUNK))
    tell = progress or (lambda _part, _done, _of: None)
    count = shortened = 0
    with workbook(path, at=at, zone=office.zone) as book:
        sheet = book.add_worksheet("台账" if lang == "zh" else "Ledger")
        bold = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        titles = [words().titles[name].in_(lang) for name in COLUMNS]
        widths = [width(title) for title in titles]
        for column, title in enumerate(titles):
            put(sheet, _HEADER_ROW, column, title, bold, day)
        for count, row in enumerate(rows, start=1):
            for column, value in enumerate(writing.line(count, row)):
                put(sheet, _HEADER_ROW + count, column, value, None, day)
                widths[column] = max(widths[column], width(value))
                shortened += isinstance(value, str) and len(value) >= LONGEST
            if count % _CHUNK == 0:
                tell("writing", count, count)
        when = at.astimezone(office.zone).strftime("%Y-%m-%d %H:%M")
        subtitle = _SUBTITLE.in_(lang).format(
            organisation=office.rulebook().label.in_(lang), at=when, n=count
        )
        put(sheet, 0, 0, _TITLE.in_(lang), book.add_format({"bold": True, "font_size": 14}), day)
        put(sheet, 1, 0, subtitle, None, day)
        fit(sheet, widths)
        sheet.freeze_panes(_HEADER_ROW + 1, 2)
        sheet.autofilter(_HEADER_ROW, 0, _HEADER_ROW + max(count, 1), len(COLUMNS) - 1)
    tell("writing", count, count)
    return Exported(path, count, shortened)


class _Lines:
    """Turns clues into lines of the workbook: codes become the rulebook's words in one language."""

    def __init__(self, office: Office, lang: str) -> None:
        self.office = office
        self.lang = lang
        self._choices: dict[tuple[str, str], Mapping[str, Label]] = {}

    def line(self, serial: int, row: Row[Any]) -> Iterator[Any]:
        """The cells of one clue, in the order of `COLUMNS`."""
        machine = self.office.rulebook(row.rulebook).machines["clue"]
        values: Mapping[str, Any] = row._mapping["values"]  # noqa: SLF001 - a public name of SQLAlchemy's
        truth = values.get("real_name")
        own = {
            "serial": serial, "number": row.number, "received_on": row.received_on, "project": row.project_name,
            "handler": row.handler_name or row.handler or values.get("handler_text"),
            "progress": machine.states[row.state].label.in_(self.lang),
            "closed_on": _concluded_on(machine, values, row.acts),
            "real_name": _TRUTH[truth].in_(self.lang) if isinstance(truth, bool) else None,
            "disposition": self._said(machine, row.rulebook, "way", values), "remarks": values.get("note"),
        }  # fmt: skip
        for name in COLUMNS:
            yield own[name] if name in own else self._said(machine, row.rulebook, name, values)

    def _said(self, machine: Machine, rulebook: str, name: str, values: Mapping[str, Any]) -> Any:
        """The value of a field as people read it: a choice by its label, a day as a day, else the text."""
        kept = values.get(f"{name}_text") or values.get(name)
        if name.endswith("_on") and isinstance(kept, str):
            return date.fromisoformat(kept[:10])
        label = self._labels(machine, rulebook, name).get(kept) if isinstance(kept, str) else None
        return label.in_(self.lang) if label else kept

    def _labels(self, machine: Machine, rulebook: str, name: str) -> Mapping[str, Label]:
        key = rulebook, name
        if key not in self._choices:
            forms = (machine.register_, *(move.fields for move in machine.moves.values()))
            named = (each for form in forms for each in form if each.name == name)
            self._choices[key] = {code: label for each in named for code, label in each.choices.items()}
        return self._choices[key]


def _concluded_on(machine: Machine, values: Mapping[str, Any], acts: Mapping[str, list[str]]) -> date | None:
    """The day the ledger gave, or that of the latest move that concluded the clue."""
    days = [
        act[1]
        for move, act in acts.items()
        if move in machine.moves and machine.moves[move].to == "concluded"
    ]
    said = max(days, default=values.get("closed_on"))
    return date.fromisoformat(said) if isinstance(said, str) else None
