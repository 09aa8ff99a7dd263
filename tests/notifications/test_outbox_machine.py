"""Whatever workers, failures, crashes and people do: a notice's status moves only as the outbox says it may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import delete, select

from cases.office import Occurred, Office
from notifications import outbox
from notifications.dispatch import Unit
from notifications.notices import DEAD, PENDING, SENDING, SENT, Notice
from notifications.outbox import Claimed
from tests.notifications.office import MORNING, matter, rang

LEASE = timedelta(minutes=15)


@dataclass
class Seen:
    """What the model expects of a notice."""

    status: str
    attempts: int
    next_at: datetime | None
    message_id: str
    holder: Claimed | None = None


class OutboxMachine(RuleBasedStateMachine):
    """Workers that come, die and come back late, in any order; the model says what each step may do."""

    def __init__(self, unit: Unit, house: Office) -> None:
        super().__init__()
        self.unit, self.house = unit, house
        self.at = MORNING
        self.seen: dict[int, Seen] = {}
        self.held: list[Claimed] = []  # also claims that ran out long ago: their workers do not know
        self.told: list[Occurred] = []

    @initialize()
    def empty(self) -> None:
        with self.unit() as session:
            session.execute(delete(Notice))

    @rule(to=st.sampled_from([["handler"], ["handler", "registrar", "leader"]]))
    def something_happens(self, to: list[str]) -> None:
        with self.unit() as session:
            event = rang(session, matter(session), to, at=self.at)
            assert outbox.plan(session, self.house, [event]) == len(to)
            for row in session.exec(select(Notice).where(Notice.event == event.event)):
                self.seen[row.id or 0] = Seen(PENDING, 0, self.at, row.message_id)
        self.told.append(event)

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def it_is_told_again(self, data: st.DataObject) -> None:
        with self.unit() as session:
            assert outbox.plan(session, self.house, [data.draw(st.sampled_from(self.told))]) == 0

    @rule(worker=st.sampled_from(["first", "second"]), limit=st.integers(1, 3))
    def a_worker_claims(self, worker: str, limit: int) -> None:
        with self.unit() as session:
            got = outbox.claim(session, worker=worker, at=self.at, limit=limit, lease_for=LEASE)
        due = [key for key, one in self.seen.items() if one.next_at is not None and one.next_at <= self.at]
        assert len(got) == min(limit, len(due))
        for one in got:
            assert one.id in due
            expected = self.seen[one.id]
            assert (one.attempt, one.message_id) == (expected.attempts + 1, expected.message_id)
            self.seen[one.id] = Seen(SENDING, one.attempt, self.at + LEASE, one.message_id, one)
        self.held += got

    @precondition(lambda self: self.held)
    @rule(data=st.data(), how=st.sampled_from(["sent", "later", "never", "put back"]))
    def a_worker_reports(self, data: st.DataObject, how: str) -> None:
        claimed = data.draw(st.sampled_from(self.held))
        expected = self.seen[claimed.id]
        holds = expected.holder == claimed
        with self.unit() as session:
            marked = _report(session, claimed, how, at=self.at)
        assert marked == holds
        if holds:
            self.seen[claimed.id] = self._after(expected, claimed, how)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def a_worker_dies(self, data: st.DataObject) -> None:
        self.held.remove(data.draw(st.sampled_from(self.held)))

    @rule(minutes=st.sampled_from([1, 2, 14, 15, 60, 600]))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @precondition(lambda self: any(one.status == DEAD for one in self.seen.values()))
    @rule(data=st.data())
    def a_person_revives(self, data: st.DataObject) -> None:
        dead = sorted(key for key, one in self.seen.items() if one.status == DEAD)
        notice = data.draw(st.sampled_from(dead))
        with self.unit() as session:
            outbox.revive(session, notice, by="operator", at=self.at)
        self.seen[notice] = Seen(PENDING, 0, self.at, self.seen[notice].message_id)

    @invariant()
    def what_is_on_file_is_what_the_model_says(self) -> None:
        with self.unit() as session:
            rows = session.exec(select(Notice)).all()
        assert {(row.id, row.status, row.attempts, row.next_at, row.message_id) for row in rows} == {
            (key, one.status, one.attempts, one.next_at, one.message_id) for key, one in self.seen.items()
        }
        assert {row.id: row.claimed_by for row in rows} == {
            key: one.holder.worker if one.holder else None for key, one in self.seen.items()
        }

    def _after(self, expected: Seen, claimed: Claimed, how: str) -> Seen:
        if how == "sent":
            return Seen(SENT, expected.attempts, None, expected.message_id)
        if how == "never" or (how == "later" and claimed.attempt >= outbox.MOST_ATTEMPTS):
            return Seen(DEAD, expected.attempts, None, expected.message_id)
        if how == "later":
            wait = outbox.back_off(claimed.message_id, claimed.attempt)
            return Seen(PENDING, expected.attempts, self.at + wait, expected.message_id)
        return Seen(PENDING, expected.attempts - 1, self.at + outbox.FIRST_WAIT_FOR, expected.message_id)


def _report(session: Any, claimed: Claimed, how: str, *, at: datetime) -> bool:
    reports: dict[str, Callable[[], object]] = {
        "sent": lambda: outbox.record_sent(session, claimed, at=at),
        "later": lambda: outbox.record_failure(session, claimed, at=at, error="451", permanent=False),
        "never": lambda: outbox.record_failure(session, claimed, at=at, error="550", permanent=True),
        "put back": lambda: outbox.release(session, claimed, at=at, error="down"),
    }
    return bool(reports[how]())


def test_the_outbox_in_any_order(unit: Unit, house: Office) -> None:
    class Here(OutboxMachine):
        """The machine on this database."""

        def __init__(self) -> None:
            super().__init__(unit, house)

    run_state_machine_as_test(Here, settings=settings(max_examples=40, stateful_step_count=30))
