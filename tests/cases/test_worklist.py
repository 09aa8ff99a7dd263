"""The lists on every database: the same rows, the same order, the same counts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update
from sqlmodel import col

from cases import agenda, boards, saved_filters, searching, worklist
from cases.advance import advance
from cases.deadlines import Deadline
from cases.matters import Matter, Reader, Seat
from cases.office import Office
from cases.opening import open_matter
from cases.worklist import Looker, Wanted
from tests.cases.conftest import Unit
from tests.cases.small_office import NOON


@pytest.fixture
def numbers(unit: Unit, small: Office) -> list[str]:
    with unit() as session:
        forms = [{"title": f"wall {day}", "received_on": f"2026-08-0{day}"} for day in (3, 1, 2)]
        found = [
            open_matter(session, small, "clue", actor="registrar", at=NOON, fields=form).number
            for form in forms
        ]
        advance(session, small, found[0], "assign", actor="registrar", at=NOON, fields={"handler": "officer"})
    return found


@pytest.mark.parametrize("sort", worklist.SORTS)
def test_pages_put_together_are_the_list(unit: Unit, small: Office, numbers: list[str], sort: str) -> None:
    with unit() as session:
        looker, spot = Looker.of(session, small, "leader"), None
        seen: list[str] = []
        whole = [
            line.number
            for line in worklist.page(session, looker, Wanted(tab="all", sort=sort), at=NOON).lines
        ]
        for _ in numbers:
            page = worklist.page(session, looker, Wanted(tab="all", sort=sort), at=NOON, limit=1, after=spot)
            seen, spot = seen + [line.number for line in page.lines], page.next
    assert seen == whole
    assert sorted(seen) == sorted(numbers)
    assert spot is None


def test_of_what_is_due_on_one_day_the_oldest_stands_first(
    unit: Unit, small: Office, numbers: list[str]
) -> None:
    with unit() as session:
        session.execute(update(Matter).values(due_at=NOON))
        found = worklist.page(session, Looker.of(session, small, "leader"), Wanted(tab="all"), at=NOON)
        assert [line.number for line in found.lines] == numbers
        session.rollback()


@pytest.mark.parametrize(
    "asked",
    [
        {"state": "assigned"}, {"handler": "officer"}, {"handler": "100%"}, {"kind": "quality"}, {"grade": ""},
        {"received_from": date(2026, 8, 2)}, {"due_until": date(2026, 8, 31)}, {"tab": "late"}, {"text": "wall 1"},
    ],
)  # fmt: skip
def test_a_filter_finds_the_same_whenever_it_is_asked(
    unit: Unit, small: Office, numbers: list[str], asked: dict[str, Any]
) -> None:
    """What is asked a second time runs the statement of the first, at another time and among other matters."""
    wanted = Wanted(**{"tab": "all", **asked})
    with unit() as session:
        looker = Looker.of(session, small, "leader")
        for at in (NOON, NOON + timedelta(days=300)):
            such = select(col(Matter.number)).where(worklist.condition(looker, wanted, at=at))
            found = worklist.page(session, looker, wanted, at=at)
            assert sorted(line.number for line in found.lines) == sorted(session.execute(such).scalars())
            assert found.total == len(found.lines)
        session.execute(update(Matter).where(col(Matter.number) == numbers[0]).values(machine="task"))
        assert numbers[0] not in [one.number for one in worklist.page(session, looker, wanted, at=NOON).lines]
        session.rollback()


@pytest.mark.usefixtures("numbers")
def test_tabs_count_what_they_list(unit: Unit, small: Office) -> None:
    with unit() as session:
        for login in ("registrar", "officer", "leader", "officer2"):
            looker = Looker.of(session, small, login)
            counts = worklist.counts(session, looker, "clue", at=NOON)
            for tab in worklist.TABS:
                assert len(worklist.page(session, looker, Wanted(tab=tab), at=NOON).lines) == counts[tab], (
                    login,
                    tab,
                )
            done = {line.id for line in worklist.page(session, looker, Wanted(tab="done"), at=NOON).lines}
            todo = {line.id for line in worklist.page(session, looker, Wanted(tab="todo"), at=NOON).lines}
            assert not done & todo


def test_what_somebody_sees_in_several_ways_is_one_line_and_counts_once(
    unit: Unit, small: Office, numbers: list[str]
) -> None:
    with unit() as session:
        key = session.execute(select(col(Matter.id)).where(col(Matter.number) == numbers[0])).scalar_one()
        session.execute(update(Matter).where(col(Matter.id) == key).values(opener="officer"))
        session.execute(insert(Seat).values(matter=key, person="officer"))
        session.execute(insert(Reader).values(matter=key, person="officer", ground="copy_to", since=1))
        looker = Looker.of(session, small, "officer")
        page = worklist.page(session, looker, Wanted(tab="all"), at=NOON)
        columns = boards.board(session, looker, "clue", at=NOON)
        assert [line.number for line in page.lines] == [numbers[0]]
        assert (page.total, worklist.counts(session, looker, "clue", at=NOON)["all"]) == (1, 1)
        assert [(one.count, [card.number for card in one.cards]) for one in columns if one.count] == [
            (1, [numbers[0]])
        ]
        session.rollback()


@pytest.mark.usefixtures("numbers")
def test_every_matter_knows_its_nearest_open_clock(unit: Unit) -> None:
    nearest = select(func.min(col(Deadline.due_at))).where(
        col(Deadline.matter) == col(Matter.id), col(Deadline.status) == "open"
    )
    with unit() as session:
        rows = session.execute(select(col(Matter.due_at), nearest.scalar_subquery())).all()
        assert all(kept == due for kept, due in rows)
        assert any(kept is not None for kept, _ in rows)
        session.connection().exec_driver_sql("DELETE FROM deadline_entry")
        session.connection().exec_driver_sql("DELETE FROM deadline")
        assert session.execute(select(func.count(col(Matter.due_at)))).scalar_one() == 0


def test_board_search_and_agenda_see_the_same_matters(unit: Unit, small: Office, numbers: list[str]) -> None:
    with unit() as session:
        for login, count in (("leader", 3), ("officer", 1), ("officer2", 0)):
            looker = Looker.of(session, small, login)
            assert sum(column.count for column in boards.board(session, looker, "clue", at=NOON)) == count
            assert len(searching.search(session, looker, "WALL")) == count
            due = agenda.agenda(
                session,
                looker,
                first=NOON.date().replace(year=2020),
                last=NOON.date().replace(year=2030),
                mine=False,
            )
            assert {one.number for one in due} <= set(numbers)
            assert bool(due) is bool(count)


def test_a_filter_of_one_name_is_kept_once(unit: Unit) -> None:
    with unit() as session:
        for state in ("registered", "assigned"):
            saved_filters.save(
                session,
                "officer",
                name=" my  own ",
                query=[("state", state)],
                shared=False,
                opens=True,
                at=NOON,
            )
        (kept,) = saved_filters.of(session, "officer")
        assert (kept.name, kept.query) == ("my own", "state=assigned")
        assert saved_filters.first(session, "officer") == kept.query
        assert saved_filters.of(session, "officer2") == []
