"""The outbox: planned once, claimed by one, recorded by whoever holds the claim."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select, update

from cases.office import Office
from cases.people import Person
from cases.rulebooks import Installation
from notifications import notices, outbox
from notifications.dispatch import Unit
from notifications.notices import DEAD, DROPPED, PENDING, SENDING, SENT, Notice
from notifications.outbox import Claimed, NotDead
from tests.notifications.office import INSTANT, MINUTE, MORNING, happened, matter, rang

LEASE = timedelta(minutes=15)


def planned(unit: Unit, house: Office, *, count: int = 1, to: Sequence[str] = ("handler",)) -> None:
    """Put a reminder each of `count` clues in the outbox."""
    with unit() as session:
        outbox.plan(session, house, [rang(session, matter(session), to) for _ in range(count)])


def claim(unit: Unit, worker: str = "first", *, at: datetime = MORNING, limit: int = 20) -> list[Claimed]:
    with unit() as session:
        return outbox.claim(session, worker=worker, at=at, limit=limit, lease_for=LEASE)


def the_notice(unit: Unit) -> Notice:
    with unit() as session:
        return session.exec(select(Notice)).one()


# ---------------------------------------------------------------------------------------------------- planning


def test_told_twice_it_is_planned_once(unit: Unit, house: Office) -> None:
    with unit() as session:
        event = rang(session, matter(session), ["handler", "registrar", "leader"])
        assert outbox.plan(session, house, [event]) == 3
        assert outbox.plan(session, house, [event]) == 0
    with unit() as session:
        assert outbox.plan(session, house, [event, event]) == 0
        assert notices.counts(session) == {PENDING: 3, SENDING: 0, SENT: 0, DEAD: 0, DROPPED: 0}


def test_a_repeat_among_new_ones_leaves_the_new_ones_alone(unit: Unit, house: Office) -> None:
    with unit() as session:
        old, new = (rang(session, matter(session), ["handler"]) for _ in range(2))
        assert outbox.plan(session, house, [old]) == 1
        assert outbox.plan(session, house, [old, new]) == 1


def test_nobody_concerned_is_nothing_planned(unit: Unit, house: Office) -> None:
    with unit() as session:
        assert outbox.plan(session, house, []) == 0
        assert outbox.plan(session, house, [happened(session, matter(session), "return")]) == 0


def test_a_plan_that_is_rolled_back_was_never_made(unit: Unit, house: Office) -> None:
    def fails() -> None:
        with unit() as session:
            outbox.plan(session, house, [rang(session, matter(session), ["handler"])])
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        fails()
    with unit() as session:
        assert notices.notices(session) == []


def test_who_has_no_address_is_reached_through_the_folder(unit: Unit, house: Office) -> None:
    with unit() as session:
        session.execute(update(Person).where(col(Person.login) == "leader").values(email=None))
        event = rang(session, matter(session), ["handler", "leader"])
        assert outbox.plan(session, house, [event], channel="smtp") == 2
        found = {row.recipient: row.channel for row in session.exec(select(Notice))}
        assert found == {"officer": "smtp", "leader": "folder"}


def test_a_notice_carries_its_due_date_and_can_be_tried_at_once(unit: Unit, house: Office) -> None:
    planned(unit, house)
    row = the_notice(unit)
    assert (row.due_on and row.due_on.isoformat(), row.status, row.attempts) == ("2026-09-08", PENDING, 0)
    assert (row.planned_at, row.next_at) == (MORNING, MORNING)


def test_two_installations_never_use_the_same_message_id(unit: Unit, house: Office) -> None:
    with unit() as session:
        event = rang(session, matter(session), ["handler"])
        outbox.plan(session, house, [event])
        here = session.exec(select(Notice.message_id)).one()
        uid = session.exec(select(Installation.uid)).one()
    assert here == outbox.message_id(uid, f"event:{event.event}", "officer", "folder")
    assert here != outbox.message_id("elsewhere", f"event:{event.event}", "officer", "folder")
    assert "officer" not in here


def test_the_message_id_of_the_installation_can_be_given_and_is_the_same(unit: Unit, house: Office) -> None:
    with unit() as session:
        event = rang(session, matter(session), ["handler"])
        assert outbox.plan(session, house, [event], installation="here") == 1
        assert outbox.plan(session, house, [event]) == 0
        assert len(session.exec(select(Notice)).all()) == 1


# ---------------------------------------------------------------------------------------------------- claiming


def test_what_one_worker_holds_no_other_gets(unit: Unit, house: Office) -> None:
    planned(unit, house, count=5)
    first = claim(unit, "first", limit=3)
    second = claim(unit, "second")
    assert len(first) == 3
    assert len(second) == 2
    assert not {one.id for one in first} & {one.id for one in second}
    assert claim(unit, "third") == []


def test_the_longest_waiting_goes_first(unit: Unit, house: Office) -> None:
    with unit() as session:
        for days in (2, 0, 1):
            event = rang(session, matter(session), ["handler"], at=MORNING + timedelta(days=days))
            outbox.plan(session, house, [event])
    found = claim(unit, at=MORNING + timedelta(days=3))
    assert [one.planned_at for one in found] == [MORNING + timedelta(days=days) for days in range(3)]


@pytest.mark.parametrize("moment, found", [(-INSTANT, 0), (timedelta(), 1), (INSTANT, 1)])
def test_a_notice_is_due_from_its_instant_on(
    unit: Unit, house: Office, moment: timedelta, found: int
) -> None:
    planned(unit, house)
    assert len(claim(unit, at=MORNING + moment)) == found


@pytest.mark.parametrize("moment, found", [(-INSTANT, 0), (timedelta(), 1), (INSTANT, 1)])
def test_a_claim_that_ran_out_may_be_taken_over(
    unit: Unit, house: Office, moment: timedelta, found: int
) -> None:
    planned(unit, house)
    claim(unit, "first")
    assert len(claim(unit, "second", at=MORNING + LEASE + moment)) == found


def test_a_claim_says_all_that_a_message_needs(unit: Unit, house: Office) -> None:
    planned(unit, house)
    (held,) = claim(unit)
    row = the_notice(unit)
    assert (held.number, held.machine, held.rulebook) == ("MGJ-2026-0001", "clue", "told@1")
    assert (held.recipient, held.address, held.active, held.lang) == (
        "officer",
        "officer@example.org",
        True,
        "zh",
    )
    assert (held.message_id, held.attempt, held.worker) == (row.message_id, 1, "first")
    assert (row.status, row.claimed_by, row.attempts) == (SENDING, "first", 1)


def test_channels_that_are_down_can_be_left_alone(unit: Unit, house: Office) -> None:
    planned(unit, house)
    with unit() as session:
        assert (
            outbox.claim(session, worker="w", at=MORNING, limit=9, lease_for=LEASE, besides=["folder"]) == []
        )
        assert (
            len(outbox.claim(session, worker="w", at=MORNING, limit=9, lease_for=LEASE, besides=["smtp"]))
            == 1
        )


# --------------------------------------------------------------------------------------------------- recording


def test_what_was_sent_is_sent_and_never_claimed_again(unit: Unit, house: Office) -> None:
    planned(unit, house)
    (held,) = claim(unit)
    with unit() as session:
        assert outbox.record_sent(session, held, at=MORNING + MINUTE, receipt="250 ok")
    row = the_notice(unit)
    assert (row.status, row.sent_at, row.next_at) == (SENT, MORNING + MINUTE, None)
    assert (row.receipt, row.last_error, row.claimed_by) == ("250 ok", None, None)
    assert claim(unit, at=MORNING + timedelta(days=365)) == []


@pytest.mark.parametrize("sent", [True, False])
def test_the_mark_of_a_late_finisher_is_refused(unit: Unit, house: Office, sent: bool) -> None:
    planned(unit, house)
    (late,) = claim(unit, "slow")
    (now,) = claim(unit, "quick", at=MORNING + LEASE)
    with unit() as session:
        if sent:
            assert not outbox.record_sent(session, late, at=MORNING + LEASE)
        else:
            assert outbox.record_failure(session, late, at=MORNING + LEASE, error="x", permanent=True) is None
        assert not outbox.release(session, late, at=MORNING + LEASE, error="x")
    assert (the_notice(unit).status, the_notice(unit).claimed_by) == (SENDING, "quick")
    with unit() as session:
        assert outbox.record_sent(session, now, at=MORNING + LEASE)
        assert not outbox.record_sent(session, now, at=MORNING + LEASE)


def test_a_worker_that_took_its_own_notice_over_cannot_mark_it_with_the_old_claim(
    unit: Unit, house: Office
) -> None:
    planned(unit, house)
    (old,) = claim(unit, "same")
    (new,) = claim(unit, "same", at=MORNING + LEASE)
    with unit() as session:
        assert not outbox.record_sent(session, old, at=MORNING)
        assert outbox.record_sent(session, new, at=MORNING)


def test_a_failure_is_tried_again_exactly_when_it_was_said(unit: Unit, house: Office) -> None:
    planned(unit, house)
    (held,) = claim(unit)
    with unit() as session:
        assert outbox.record_failure(session, held, at=MORNING, error="451 later", permanent=False) == PENDING
    again_at = MORNING + outbox.back_off(held.message_id, 1)
    row = the_notice(unit)
    assert (row.status, row.next_at, row.last_error, row.claimed_by) == (PENDING, again_at, "451 later", None)
    assert claim(unit, at=again_at - INSTANT) == []
    (second,) = claim(unit, at=again_at)
    assert (second.attempt, second.message_id) == (2, held.message_id)


def test_what_is_refused_for_good_is_dead_and_seen(unit: Unit, house: Office) -> None:
    planned(unit, house)
    (held,) = claim(unit)
    with unit() as session:
        assert (
            outbox.record_failure(session, held, at=MORNING, error="550 no such user", permanent=True) == DEAD
        )
    with unit() as session:
        (seen,) = notices.stuck(session, at=MORNING)
        assert (seen.number, seen.recipient, seen.last_error) == (
            "MGJ-2026-0001",
            "officer",
            "550 no such user",
        )
        assert notices.notices(session, status=DEAD) == [seen]
        assert notices.counts(session)[DEAD] == 1
    assert claim(unit, at=MORNING + timedelta(days=365)) == []


def test_after_the_last_try_it_is_given_up(unit: Unit, house: Office) -> None:
    planned(unit, house)
    at, tries = MORNING, 0
    while held := claim(unit, at=at):
        tries += 1
        with unit() as session:
            status = outbox.record_failure(session, held[0], at=at, error="451 later", permanent=False)
            assert status == (DEAD if tries == outbox.MOST_ATTEMPTS else PENDING)
        at += timedelta(hours=6)
    assert tries == outbox.MOST_ATTEMPTS


def test_a_notice_that_kills_every_worker_is_given_up_too(unit: Unit, house: Office) -> None:
    planned(unit, house)
    for tries in range(outbox.MOST_ATTEMPTS):
        assert len(claim(unit, at=MORNING + tries * LEASE)) == 1
    assert claim(unit, at=MORNING + outbox.MOST_ATTEMPTS * LEASE) == []
    row = the_notice(unit)
    assert (row.status, row.next_at) == (DEAD, None)
    assert row.last_error is not None
    assert "24 tries" in row.last_error


def test_what_was_not_tried_counts_no_try(unit: Unit, house: Office) -> None:
    planned(unit, house)
    (held,) = claim(unit)
    with unit() as session:
        assert outbox.release(session, held, at=MORNING, error="The server is down.")
    row = the_notice(unit)
    assert (row.status, row.attempts, row.next_at) == (PENDING, 0, MORNING + MINUTE)


def test_a_person_can_take_a_dead_one_up_again(unit: Unit, house: Office) -> None:
    planned(unit, house)
    (held,) = claim(unit)
    with unit() as session:
        outbox.record_failure(session, held, at=MORNING, error="550 no", permanent=True)
    later = MORNING + timedelta(days=1)
    with unit() as session:
        outbox.revive(session, held.id, by="operator", at=later)
    row = the_notice(unit)
    assert (row.status, row.attempts, row.next_at, row.revived_by) == (PENDING, 0, later, "operator")
    assert [(one.attempt, one.message_id) for one in claim(unit, at=later)] == [(1, held.message_id)]


def test_only_the_dead_are_revived(unit: Unit, house: Office) -> None:
    planned(unit, house)
    notice = the_notice(unit).id or 0
    for wrong in (notice, notice + 1):
        with unit() as session, pytest.raises(NotDead, match=f"Notice {wrong} is not a dead one"):
            outbox.revive(session, wrong, by="operator", at=MORNING)


# ---------------------------------------------------------------------------------------------------- back-off


def test_back_off_doubles_from_a_minute_to_hours_and_never_passes_six() -> None:
    waits = [outbox.back_off("<notice-x@y>", attempt) for attempt in range(1, 40)]
    for attempt, wait in enumerate(waits, start=1):
        least = min(MINUTE * 2 ** (attempt - 1), timedelta(hours=5))
        assert least <= wait < least * 6 / 5
    assert max(waits) <= timedelta(hours=6)
    assert waits == [outbox.back_off("<notice-x@y>", attempt) for attempt in range(1, 40)]


def test_two_notices_do_not_come_back_at_the_same_instant() -> None:
    marks = [outbox.message_id("here", f"event:{event}", "officer", "smtp") for event in range(100)]
    assert len({outbox.back_off(mark, 3) for mark in marks}) == 100


def test_the_jitter_is_drawn_from_the_notice_and_is_the_same_everywhere() -> None:
    assert outbox.back_off("<notice-x@plumbline.invalid>", 1) == timedelta(seconds=63, microseconds=254344)


# ------------------------------------------------------------------------------------------------------- lists


def test_lists_show_the_newest_first_and_no_more_than_asked(unit: Unit, house: Office) -> None:
    planned(unit, house, count=4)
    with unit() as session:
        found = notices.notices(session, limit=3)
        assert [one.number for one in found] == ["MGJ-2026-0004", "MGJ-2026-0003", "MGJ-2026-0002"]
        assert notices.notices(session, status=SENT) == []


def test_one_that_failed_often_is_stuck_before_it_is_dead(unit: Unit, house: Office) -> None:
    planned(unit, house)
    with unit() as session:
        session.execute(update(Notice).values(attempts=4))
        assert notices.stuck(session, at=MORNING) == []
        session.execute(update(Notice).values(attempts=5))
        assert len(notices.stuck(session, at=MORNING)) == 1
        session.execute(update(Notice).values(status=SENT, next_at=None))
        assert notices.stuck(session, at=MORNING) == []


def test_delivery_that_does_not_run_is_noticed(unit: Unit, house: Office) -> None:
    planned(unit, house, count=2)
    with unit() as session:
        assert notices.late(session, before=MORNING) == 0
        assert notices.late(session, before=MORNING + INSTANT) == 2
