"""Coverage on file: the cells of the projects somebody may see, computed from the rows in their sight and from no other.

Nothing of it is stored and nothing here changes anything. A clue out of sight, or a round somebody is kept out of, changes
neither the state of a cell nor its age, its risk or a count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import coverage_rows, plan_lists
from cases.coverage_rows import Reading
from cases.office import Office
from cases.organisations import Project
from cases.worklist import Looker
from states import coverage
from states.coverage import STATES, Cell, Look, Sign
from states.coverage_proposals import Standing
from states.coverage_rules import Coverage
from states.facts import Reason, Refused
from states.form_values import label


@dataclass(frozen=True, slots=True)
class Map:
    """The cells of these projects as one person may see them, on a day of the office; and the programmes in their sight
    that open rounds at a link."""

    rules: Coverage
    projects: tuple[str, ...]
    cells: tuple[Cell, ...]
    standing: tuple[Standing, ...] = ()

    def counts(self) -> dict[str, int]:
        """How many cells are in each state."""
        return counts(self.cells)


@dataclass(frozen=True, slots=True)
class Found:
    """What history tells about some projects: who looked, and what raises the risk. It takes longest to read."""

    looks: tuple[Look, ...]
    signs: tuple[Sign, ...]

    @classmethod
    def of(cls, each: Iterable[Found]) -> Found:
        """What it tells about the projects of all of these."""
        every = list(each)
        return cls(
            tuple(look for one in every for look in one.looks),
            tuple(sign for one in every for sign in one.signs),
        )


def counts(cells: Sequence[Cell]) -> dict[str, int]:
    """How many of these cells are in each state."""
    return {state: sum(one.state == state for one in cells) for state in STATES}


def rules_of(office: Office) -> Coverage:
    """What must be looked at. Raises Refused where the rulebook says nothing of it."""
    found = office.rulebook().coverage
    if found is None:
        raise Refused("no_coverage", (Reason(
            "no_coverage", label("规则未规定监督覆盖范围。", "The rulebook does not say what must be looked at."),
            label("请在规则中增加 coverage 部分。", "Give it a section `coverage`."),
        ),))  # fmt: skip
    return found


def reading(
    session: Session, office: Office, looker: Looker, *, at: datetime, projects: Sequence[str]
) -> Reading:
    """The rows about these projects. Raises Refused."""
    return Reading(session, office, rules_of(office), looker, projects, at)


def found(rows: Reading) -> Found:
    """What history tells."""
    return Found(tuple(rows.looks()), tuple(rows.signs()))


def of(session: Session, office: Office, *, actor: str, at: datetime, project: str | None = None) -> Map:
    """The coverage of every project whose rounds `actor` sees, or of one. Raises Refused."""
    codes = [one.code for one in projects(session, office, actor, project)]
    rows = reading(session, office, Looker.of(session, office, actor), at=at, projects=codes)
    return counted(rows, found(rows))


def counted(rows: Reading, history: Found) -> Map:
    """The cells, from what history tells and from what is planned now."""
    programmes = rows.programmes()
    cells = coverage.cells(
        rows.rules, rows.projects, looks=history.looks, foretold=rows.foretold(programmes), signs=history.signs,
        today=rows.office.day(rows.at), points=rows.points(),
    )  # fmt: skip
    return Map(rows.rules, tuple(rows.projects), tuple(cells), tuple(coverage_rows.standing(programmes)))


def projects(session: Session, office: Office, actor: str, project: str | None = None) -> Sequence[Project]:
    """The projects whose rounds `actor` sees, by code, or that one. Raises Refused where it is none of them."""
    query = select(Project).where(
        plan_lists.within(session, office, actor, Project.organisation, Project.code)
    )
    if project is not None:
        query = query.where(col(Project.code) == project)
    there = session.execute(query.order_by(col(Project.code))).scalars().all()
    if project is not None and not there:
        raise Refused("unknown_reference", (Reason(
            "unknown_reference",
            label(f"没有您可查看其检查的项目“{project[:40]}”。",
                  f"There is no project {project[:40]!r} whose rounds you see."),
            label("不加 --project 可查看有哪些项目。", "Ask without --project to see which there are."),
            "project",
        ),))  # fmt: skip
    return there


def document(office: Office, found: Map, *, actor: str, at: datetime) -> dict[str, Any]:
    """For JSON: every cell, as `actor` may see it."""
    return {"as_of": office.day(at).isoformat(), "as_seen_by": actor, "projects": list(found.projects),
            "counts": found.counts(), "cells": [as_dict(one) for one in found.cells]}  # fmt: skip


def as_dict(cell: Cell) -> dict[str, Any]:
    """For JSON."""
    last, planned = cell.last, cell.planned
    return {
        "project": cell.project, "phase": cell.spot.phase, "personnel": cell.spot.personnel, "link": cell.spot.link,
        "state": cell.state, "risk": cell.risk, "open_clues": cell.open_signs, "closed_clues": cell.closed_signs,
        "point": cell.point,
        "age": cell.age, "covered_until": cell.covered_until.isoformat() if cell.covered_until else None,
        "last": {"at": last.at.isoformat(), "by": last.by, "number": last.number, "machine": last.machine,
                 "move": last.move} if last else None,
        "planned": {"on": planned.on.isoformat(), "by": planned.by, "machine": planned.machine} if planned else None,
    }  # fmt: skip
