"""More time for a clock, and what a newly decreed year does to dates that were provisional."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from cases import extending, opening, recomputing
from cases.deadlines import Deadline, DeadlineEntry
from cases.errors import NoSuchMatter
from cases.history import Event
from cases.office import Office
from states.facts import Refused
from tests.cases.conftest import Unit
from tests.cases.small_office import NOON, Told


def clue(unit: Unit, small: Office, *, received_on: str = "2026-09-01", at: datetime = NOON) -> int:
    with unit() as session:
        opening.open_matter(session, small, "clue", actor="registrar", at=at,
                            fields={"title": "t", "received_on": received_on})  # fmt: skip
        key = session.exec(select(Deadline)).one().id
    assert key is not None
    return key


def extend(
    unit: Unit, small: Office, key: int, *, actor: str = "head", at: datetime = NOON, reason: str = "big"
) -> date:
    with unit() as session:
        due_on = extending.extend(session, small, key, actor=actor, at=at, reason=reason)
    assert due_on is not None
    return due_on


def test_the_head_grants_five_more_working_days_once(unit: Unit, small: Office) -> None:
    key = clue(unit, small)
    assert extend(unit, small, key) == date(
        2026, 9, 29
    )  # 21 September and five working days; the 25th is a holiday
    with pytest.raises(Refused) as refusal:
        extend(unit, small, key)
    assert refusal.value.code == "extension_refused"
    with unit() as session:
        kinds = [entry.kind for entry in session.exec(select(DeadlineEntry))]
        moves = [event.move for event in session.exec(select(Event))]
    assert (kinds, moves) == (["opened", "extended"], ["open", "extend.opinion"])


def test_the_last_minute_of_the_due_day_is_early_enough_and_midnight_is_not(
    unit: Unit, small: Office
) -> None:
    key = clue(unit, small)
    over = datetime(2026, 9, 21, 16, 0, tzinfo=UTC)
    with pytest.raises(Refused):
        extend(unit, small, key, at=over)
    assert extend(unit, small, key, at=over - timedelta(minutes=1)) == date(2026, 9, 29)


@pytest.mark.parametrize(
    "actor, reason, code", [("leader", "big", "not_your_role"), ("head", " ", "missing")]
)
def test_only_whom_the_rulebook_names_may_grant_it_and_only_with_a_reason(
    unit: Unit, small: Office, actor: str, reason: str, code: str
) -> None:
    key = clue(unit, small)
    with pytest.raises(Refused) as refusal:
        extend(unit, small, key, actor=actor, reason=reason)
    assert refusal.value.code == code


def test_a_stranger_is_told_there_is_no_such_clock(unit: Unit, small: Office) -> None:
    key = clue(unit, small)
    for actor, wanted in (("owner", key), ("head", 999)):
        with pytest.raises(NoSuchMatter):
            extend(unit, small, wanted, actor=actor)


def test_a_newly_decreed_year_moves_provisional_dates_and_says_so(unit: Unit, small: Office) -> None:
    december = datetime(2026, 12, 21, 4, 0, tzinfo=UTC)
    clue(unit, small, received_on="2026-12-21", at=december)
    with unit() as session:
        before = session.exec(select(Deadline)).one()
        assert before.provisional
    rest = [
        date(2027, 1, 1),
        *(date(2027, 1, day) for day in range(4, 8)),
    ]  # a longer New Year than anybody expected
    decreed = Office(small.rulebooks, small.current, small.calendar.with_year(2027, rest=rest), Told())
    with unit() as session:
        preview = recomputing.recompute(session, decreed, at=december, keep=False)
        assert [one.moved for one in preview] == [True]
        assert session.exec(select(Deadline)).one().due_on == before.due_on
    with unit() as session:
        done = recomputing.recompute(session, decreed, at=december)
        after = session.exec(select(Deadline)).one()
        assert (after.due_on, after.provisional) == (done[0].new_on, False)
        assert before.due_on is not None
        assert after.due_on is not None
        assert after.due_on > before.due_on
        assert [entry.kind for entry in session.exec(select(DeadlineEntry))] == ["opened", "recomputed"]
    with unit() as session:
        assert recomputing.recompute(session, decreed, at=december) == []
