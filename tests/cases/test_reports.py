"""Figures, counted again row by row in plain Python."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlmodel import select

from cases import reports
from cases.advance import advance
from cases.history import Event
from cases.matters import Matter
from cases.office import Office
from cases.opening import open_matter
from cases.reports import Figure
from cases.worklist import Looker
from tests.cases.conftest import Unit
from tests.cases.small_office import NOON

LATER = NOON + timedelta(days=40)
DAYS = ("2026-09-01", "2026-08-31", "2026-08-03", "2026-06-15", "2025-01-01")


def furnished(unit: Unit, small: Office) -> None:
    with unit() as session:
        for place, day in enumerate(DAYS):
            form = {"title": f"wall {place}", "received_on": day}
            number = open_matter(session, small, "clue", actor="registrar", at=NOON, fields=form).number
            if place < 3:
                advance(session, small, number, "assign", actor="registrar", at=NOON + timedelta(days=place + 1),
                        fields={"handler": "officer" if place else "officer2"})  # fmt: skip


def figure(unit: Unit, small: Office, name: str, login: str = "leader") -> Figure:
    with unit() as session:
        found = reports.report(session, Looker.of(session, small, login), "clue", at=LATER)
    return next(one for one in found.figures if one.name == name)


def rows(unit: Unit, table: Any) -> list[Any]:
    with unit() as session:
        return [one.model_dump() for one in session.exec(select(table)).all()]


def table(one: Figure) -> dict[str, tuple[float, ...]]:
    return {said.en: row for said, row in one.rows}


def test_what_came_by_month(unit: Unit, small: Office) -> None:
    furnished(unit, small)
    again = Counter(f"{one['received_on']:%Y-%m}" for one in rows(unit, Matter))
    found = table(figure(unit, small, "flow"))
    assert list(found)[-1] == f"{LATER:%Y-%m}"
    assert len(found) == reports.MONTHS
    assert {month: row[0] for month, row in found.items() if row[0]} == {
        m: n for m, n in again.items() if m in found
    }


def test_how_old_what_is_open_is(unit: Unit, small: Office) -> None:
    furnished(unit, small)
    ages = [(small.day(LATER) - one["received_on"]).days for one in rows(unit, Matter)]
    again = [
        sum(low < age <= high for age in ages)
        for low, high in ((-1, 30), (30, 90), (90, 180), (180, 365), (365, 9999))
    ]
    assert [row[0] for row in table(figure(unit, small, "ageing")).values()] == [*again, 0]


def test_what_each_has_in_hand_and_what_of_it_is_late(unit: Unit, small: Office) -> None:
    furnished(unit, small)
    matters = rows(unit, Matter)
    again = Counter(one["handler"] or "" for one in matters)
    late = Counter(one["handler"] or "" for one in matters if one["due_at"] and one["due_at"] <= LATER)
    found = figure(unit, small, "load")
    assert sorted(row for _, row in found.rows) == sorted((n, late[key]) for key, n in again.items())
    total = table(figure(unit, small, "overdue"))
    assert sum(row[0] for row in total.values()) == sum(late.values()) > 0


def test_time_in_state(unit: Unit, small: Office) -> None:
    furnished(unit, small)
    stays: dict[str, list[float]] = {}
    events = sorted(rows(unit, Event), key=lambda one: (one["matter"], one["seq"]))
    for place, one in enumerate(events):
        following = events[place + 1] if place + 1 < len(events) else None
        until = following["at"] if following and following["matter"] == one["matter"] else LATER
        stays.setdefault(one["to_state"], []).append((until - one["at"]).total_seconds() / 86400)
    found = {row for _, row in figure(unit, small, "stays").rows}
    assert found == {(len(each), round(sum(each) / len(each), 9), max(each)) for each in stays.values()}


def test_few_are_not_told_to_who_is_not_of_the_body(unit: Unit, small: Office) -> None:
    with unit() as session:
        found = reports.report(session, Looker.of(session, small, "officer"), "clue", at=LATER)
        keeper = reports.report(session, Looker.of(session, small, "leader"), "clue", at=LATER)
    assert found.guarded
    assert [found.said(count) for count in (0, 1, 2, 3)] == ["0", "<3", "<3", "3"]
    assert [keeper.said(count) for count in (0, 1, 2, 3)] == ["0", "1", "2", "3"]
