"""Delivery: what is due leaves the house once, whatever breaks on the way."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlmodel import Session, col, select, update

from cases import recusals
from cases.matters import Matter, Reader
from cases.office import Office
from cases.people import Person
from cases.recusals import MATCHED, New
from notifications import dispatch, notices, outbox
from notifications.channels import Channel, Receipt, Undeliverable, Unreachable
from notifications.channels.recorder import RecorderChannel
from notifications.dispatch import LEASE_FOR, DeliveryReport, Unit
from notifications.mail import Message
from notifications.messages import Letterhead
from notifications.notices import DEAD, DROPPED, PENDING, SENDING, SENT, Notice
from tests.notifications.office import INSTANT, MINUTE, MORNING, happened, matter, rang


class KilledHere(BaseException):
    """The process ended at this very point: nothing that is written after it runs."""


@dataclass
class Points:
    """Points at which a process may be killed; the `left`-th that is reached is the last."""

    left: int

    def reach(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise KilledHere


class KilledAfterwards(RecorderChannel):
    """Hands the message over, and then the process is gone before anybody can write that down."""

    def deliver(self, message: Message, *, at: datetime) -> Receipt:
        super().deliver(message, at=at)
        raise KilledHere


def planned(unit: Unit, house: Office, *handlers: str, at: datetime = MORNING) -> None:
    with unit() as session:
        events = [rang(session, matter(session, handler=login), ["handler"], at=at) for login in handlers]
        assert outbox.plan(session, house, events) == len(handlers)


@pytest.fixture
def deliver(unit: Unit, letterhead: Letterhead) -> Callable[..., DeliveryReport]:
    """Deliver what is due through the folder channel given."""

    def run(
        channel: Channel, *, at: datetime = MORNING, worker: str = "one", limit: int = 20
    ) -> DeliveryReport:
        return dispatch.deliver_due(
            unit, {"folder": channel}, worker=worker, at=at, letterhead=letterhead, limit=limit
        )  # fmt: skip

    return run


Deliver = Callable[..., DeliveryReport]


def statuses(unit: Unit) -> dict[str, int]:
    with unit() as session:
        return {status: count for status, count in notices.counts(session).items() if count}


def refusing(login: str, fault: Exception) -> Callable[[Message], None]:
    """Refuses one person's messages."""

    def before(message: Message) -> None:
        if message.recipient == login:
            raise fault

    return before


def test_everything_due_leaves_once_and_in_one_run(unit: Unit, house: Office, deliver: Deliver) -> None:
    planned(unit, house, *(["officer"] * 7))
    channel = RecorderChannel()
    assert deliver(channel, limit=3) == DeliveryReport(delivered=7)
    assert deliver(channel) == DeliveryReport()
    assert len(channel.taken) == len(channel.messages) == 7
    assert statuses(unit) == {SENT: 7}


def test_after_days_of_silence_one_run_catches_up_and_messages_keep_their_day(
    unit: Unit, house: Office, deliver: Deliver
) -> None:
    for days in range(4):
        planned(unit, house, "officer", at=MORNING + timedelta(days=days))
    channel = RecorderChannel()
    late = MORNING + timedelta(days=10)
    assert deliver(channel, at=late).delivered == 4
    assert [message.dated_at for _, message in channel.taken] == [
        MORNING + timedelta(days=days) for days in range(4)
    ]
    with unit() as session:
        assert set(session.exec(select(Notice.sent_at))) == {late}


def test_nothing_leaves_before_its_instant(unit: Unit, house: Office, deliver: Deliver) -> None:
    planned(unit, house, "officer")
    channel = RecorderChannel()
    assert deliver(channel, at=MORNING - INSTANT) == DeliveryReport()
    assert deliver(channel, at=MORNING) == DeliveryReport(delivered=1)


def test_a_550_is_dead_and_seen_and_the_others_go_out(unit: Unit, house: Office, deliver: Deliver) -> None:
    planned(unit, house, "officer", "officer2", "officer3")
    channel = RecorderChannel(
        refusing("officer2", Undeliverable("The mail server refused the recipient: 550 no."))
    )
    assert deliver(channel) == DeliveryReport(delivered=2, dead=1)
    with unit() as session:
        (seen,) = notices.stuck(session, at=MORNING)
        assert (seen.recipient, seen.last_error) == (
            "officer2",
            "The mail server refused the recipient: 550 no.",
        )


def test_a_450_waits_its_time_and_goes_out_then(unit: Unit, house: Office, deliver: Deliver) -> None:
    planned(unit, house, "officer", "officer2")
    busy = RecorderChannel(refusing("officer", Unreachable("The mail server is busy: 450 later.")))
    assert deliver(busy) == DeliveryReport(delivered=1, failed=1)
    with unit() as session:
        waiting = session.exec(select(Notice).where(Notice.status == PENDING)).one()
    again_at = MORNING + outbox.back_off(waiting.message_id, 1)
    assert waiting.next_at == again_at
    free = RecorderChannel()
    assert deliver(free, at=again_at - INSTANT) == DeliveryReport()
    assert deliver(free, at=again_at) == DeliveryReport(delivered=1)
    assert list(free.messages) == [waiting.message_id]


def test_killed_between_sending_and_marking_one_more_copy_goes_out_with_the_same_id(
    unit: Unit, house: Office, deliver: Deliver
) -> None:
    planned(unit, house, "officer")
    first, second = KilledAfterwards(), RecorderChannel()
    with pytest.raises(KilledHere):
        deliver(first)
    assert statuses(unit) == {SENDING: 1}
    assert deliver(second, worker="two", at=MORNING + LEASE_FOR - INSTANT) == DeliveryReport()
    assert deliver(second, worker="two", at=MORNING + LEASE_FOR) == DeliveryReport(delivered=1)
    assert first.messages.keys() == second.messages.keys()
    assert first.taken[0][1].as_bytes() == second.taken[0][1].as_bytes()


@pytest.mark.parametrize("point", range(1, 8))
def test_killed_at_any_point_nothing_is_missing_and_one_copy_at_most_is_extra(
    unit: Unit, house: Office, letterhead: Letterhead, point: int
) -> None:
    """The points: before and after each commit, and before and after the message is handed over, for two notices."""
    planned(unit, house, "officer", "officer2")
    points, channel = Points(point), RecorderChannel()

    @contextmanager
    def mortal() -> Iterator[Session]:
        points.reach()
        with unit() as session:
            yield session
        points.reach()

    def before(_message: Message) -> None:
        points.reach()

    channel.before = before
    with pytest.raises(KilledHere):
        dispatch.deliver_due(mortal, {"folder": channel}, worker="w", at=MORNING, letterhead=letterhead)
    points.left = 1000
    dispatch.deliver_due(
        mortal, {"folder": channel}, worker="w", at=MORNING + LEASE_FOR, letterhead=letterhead
    )
    assert len(channel.messages) == 2
    assert len(channel.taken) <= 3
    assert statuses(unit) == {SENT: 2}


def test_whoever_finishes_after_the_lease_marks_nothing(unit: Unit, house: Office, deliver: Deliver) -> None:
    """While the first worker is still talking to a slow server, its lease runs out and a second one takes over."""
    planned(unit, house, "officer")
    second = RecorderChannel()

    def meanwhile(_message: Message) -> None:
        assert deliver(second, worker="two", at=MORNING + LEASE_FOR) == DeliveryReport(delivered=1)

    assert deliver(RecorderChannel(meanwhile), worker="one") == DeliveryReport(overtaken=1)
    with unit() as session:
        assert session.exec(select(Notice.sent_at)).one() == MORNING + LEASE_FOR


def test_a_server_that_is_down_is_asked_once_and_the_rest_are_spared(
    unit: Unit, house: Office, deliver: Deliver
) -> None:
    planned(unit, house, *(["officer"] * 5))
    asked: list[Message] = []

    def down(message: Message) -> None:
        asked.append(message)
        raise Unreachable("The mail server cannot be reached.", for_all=True)

    assert deliver(RecorderChannel(down), limit=2) == DeliveryReport(failed=2)
    assert len(asked) == 1
    with unit() as session:
        assert Counter(session.exec(select(Notice.attempts))) == {0: 4, 1: 1}
    assert deliver(RecorderChannel(), at=MORNING + 2 * MINUTE) == DeliveryReport(delivered=5)


def test_a_channel_that_is_down_does_not_hold_up_the_others(
    unit: Unit, house: Office, letterhead: Letterhead
) -> None:
    with unit() as session:
        session.execute(update(Person).where(col(Person.login) == "leader").values(email=None))
        events = [rang(session, matter(session), ["handler", "leader"]) for _ in range(3)]
        outbox.plan(session, house, events, channel="smtp")

    def down(_message: Message) -> None:
        raise Unreachable("The mail server cannot be reached.", for_all=True)

    folder = RecorderChannel()
    channels: Mapping[str, Channel] = {"smtp": RecorderChannel(down), "folder": folder}
    report = dispatch.deliver_due(unit, channels, worker="w", at=MORNING, letterhead=letterhead, limit=2)
    assert report.delivered == 3
    assert {message.recipient for _, message in folder.taken} == {"leader"}


def test_a_channel_nobody_set_up_is_named(unit: Unit, house: Office, letterhead: Letterhead) -> None:
    planned(unit, house, "officer")
    report = dispatch.deliver_due(unit, {}, worker="w", at=MORNING, letterhead=letterhead)
    assert report == DeliveryReport(failed=1)
    with unit() as session:
        assert (
            notices.notices(session)[0].last_error
            == "No channel 'folder' is set up here: see PLUMBLINE_CHANNEL."
        )


def test_whose_account_ended_meanwhile_gets_nothing(unit: Unit, house: Office, deliver: Deliver) -> None:
    planned(unit, house, "officer", "officer2")
    with unit() as session:
        session.execute(update(Person).where(col(Person.login) == "officer").values(active=False))
    channel = RecorderChannel()
    assert deliver(channel) == DeliveryReport(delivered=1, dead=1)
    assert [message.recipient for _, message in channel.taken] == ["officer2"]
    with unit() as session:
        assert notices.notices(session, status=DEAD)[0].last_error == "The account of officer has ended."


def out_of(session: Session, row: int, login: str, *, about: bool = False) -> None:
    """This person is kept out of this matter."""
    new = New(login, MATCHED, "-", "engine", concerns_them=about)
    recusals.put(session, row, new, at=MORNING)


def reads(session: Session, row: Matter, login: str) -> None:
    """This matter was put before them to read."""
    session.add(Reader(matter=row.id or 0, person=login, ground="copy_to", since=1))


def test_who_is_kept_out_before_it_leaves_is_told_nothing(
    unit: Unit, house: Office, deliver: Deliver
) -> None:
    planned(unit, house, "officer", "officer2")
    with unit() as session:
        out_of(session, 1, "officer")
    channel = RecorderChannel()
    assert deliver(channel) == DeliveryReport(delivered=1, dropped=1)
    assert [message.recipient for _, message in channel.taken] == ["officer2"]
    with unit() as session:
        (seen,) = notices.notices(session, status=DROPPED)
        assert (seen.recipient, seen.next_at, seen.sent_at) == ("officer", None, None)
        assert seen.last_error == "Not sent: the matter is not the recipient's to see any more."
        assert notices.stuck(session, at=MORNING) == [], "it needs nobody's eye"
        assert notices.notices(session, recipient="officer") == [], "and is no news to whom it was for"
    assert deliver(channel, at=MORNING + timedelta(days=9)) == DeliveryReport(), "nor is it tried again"


def test_who_handles_it_no_more_is_told_no_more(unit: Unit, house: Office, deliver: Deliver) -> None:
    planned(unit, house, "officer")
    with unit() as session:
        session.execute(update(Matter).values(handler="officer2"))
    assert deliver(RecorderChannel()) == DeliveryReport(dropped=1)


@pytest.mark.parametrize(
    "ended, report", [(None, DeliveryReport(delivered=1)), (1, DeliveryReport(dropped=1))]
)
def test_whose_reading_has_ended_is_told_no_more(
    unit: Unit, house: Office, deliver: Deliver, ended: int | None, report: DeliveryReport
) -> None:
    with unit() as session:
        clue = matter(session, handler="officer2")
        reads(session, clue, "officer")
        session.flush()
        assert outbox.plan(session, house, [happened(session, clue, "ask", named=("officer",))]) == 1
        session.execute(update(Reader).values(ended=ended))
    assert deliver(RecorderChannel()) == report


def test_what_was_given_up_and_is_taken_up_again_is_asked_about_again(
    unit: Unit, house: Office, deliver: Deliver
) -> None:
    planned(unit, house, "officer")
    assert deliver(RecorderChannel(refusing("officer", Undeliverable("550")))) == DeliveryReport(dead=1)
    with unit() as session:
        out_of(session, 1, "officer")
        outbox.revive(session, 1, by="operator", at=MORNING)
    assert deliver(RecorderChannel()) == DeliveryReport(dropped=1)


def test_the_body_above_is_told_though_it_sees_nothing_unless_it_is_kept_out(
    unit: Unit, house: Office, deliver: Deliver
) -> None:
    with unit() as session:
        clue = matter(session)
        assert outbox.plan(session, house, [happened(session, clue, "call")]) == 2
        out_of(session, clue.id or 0, "district2")
    channel = RecorderChannel()
    assert deliver(channel) == DeliveryReport(delivered=1, dropped=1)
    assert [message.recipient for _, message in channel.taken] == ["district"]


@pytest.mark.parametrize(
    "document, about, report",
    [
        ("recusal_notice", False, DeliveryReport(delivered=1)),
        ("recusal_notice", True, DeliveryReport(dropped=1)),
        ("seat_vacant", False, DeliveryReport(dropped=1)),
    ],
)
def test_of_their_own_recusal_somebody_is_told_unless_the_matter_is_about_them(
    unit: Unit, house: Office, deliver: Deliver, document: str, about: bool, report: DeliveryReport
) -> None:
    with unit() as session:
        clue = matter(session)
        told = happened(
            session, clue, "", event=None, document=document, to=("person:officer",), cause="recusal:1"
        )
        assert outbox.plan(session, house, [told]) == 1
        out_of(session, clue.id or 0, "officer", about=about)
    assert deliver(RecorderChannel()) == report


def test_a_corrected_address_is_used_from_the_next_try_on(
    unit: Unit, house: Office, deliver: Deliver
) -> None:
    with unit() as session:
        session.execute(update(Person).where(col(Person.login) == "officer").values(email="not an address"))
    planned(unit, house, "officer")
    channel = RecorderChannel()
    assert deliver(channel) == DeliveryReport(dead=1)
    with unit() as session:
        (dead,) = notices.notices(session, status=DEAD)
        assert dead.last_error is not None
        assert dead.last_error.endswith("is not an e-mail address: correct it in the person's account.")
        session.execute(
            update(Person).where(col(Person.login) == "officer").values(email="right@example.org")
        )
        outbox.revive(session, dead.id, by="operator", at=MORNING)
    assert deliver(channel) == DeliveryReport(delivered=1)
    assert channel.taken[0][1].to == "right@example.org"


def test_a_fault_of_ours_with_one_notice_leaves_the_others_alone(
    unit: Unit, house: Office, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    planned(unit, house, "officer", "officer2")
    assert deliver(RecorderChannel(refusing("officer", KeyError("MGJ-2026-0001")))) == DeliveryReport(
        delivered=1, failed=1
    )
    with unit() as session:
        (waiting,) = notices.notices(session, status=PENDING)
        assert waiting.last_error == "A fault in Plumbline itself (KeyError): please report it."
    assert "KeyError" in caplog.text
    assert "MGJ-2026-0001" not in caplog.text


def test_no_transaction_is_open_while_a_message_is_outside(
    unit: Unit, house: Office, deliver: Deliver
) -> None:
    """Another writer gets its turn while the channel is talking: SQLite has one writer at a time."""
    planned(unit, house, "officer")

    def writes(_message: Message) -> None:
        with unit() as session:
            session.execute(update(Person).where(col(Person.login) == "leader").values(name="写"))

    assert deliver(RecorderChannel(writes)) == DeliveryReport(delivered=1)


def test_in_a_long_run_the_lease_counts_from_the_present(
    unit: Unit, house: Office, letterhead: Letterhead
) -> None:
    planned(unit, house, "officer", "officer2")
    passing = iter(MORNING + count * MINUTE for count in range(100))
    seen: list[datetime | None] = []

    def look(_message: Message) -> None:
        with unit() as session:
            seen.extend(row.next_at for row in session.exec(select(Notice).where(Notice.status == SENDING)))

    channels: Mapping[str, Channel] = {"folder": RecorderChannel(look)}
    dispatch.deliver_due(
        unit, channels, worker="w", at=MORNING, letterhead=letterhead, limit=1, now=lambda: next(passing)
    )  # fmt: skip
    assert seen == [MORNING + LEASE_FOR, MORNING + 3 * MINUTE + LEASE_FOR]


def test_four_workers_at_once_send_nothing_twice(unit: Unit, house: Office, letterhead: Letterhead) -> None:
    planned(unit, house, *(["officer"] * 60))
    channels = [RecorderChannel() for _ in range(4)]
    start = Barrier(4)
    reports: list[DeliveryReport] = []

    def work(channel: RecorderChannel, name: str) -> None:
        start.wait()
        reports.append(
            dispatch.deliver_due(
                unit, {"folder": channel}, worker=name, at=MORNING, letterhead=letterhead, limit=4
            )
        )  # fmt: skip

    threads = [Thread(target=work, args=(channel, f"w{place}")) for place, channel in enumerate(channels)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = [message.message_id for channel in channels for _, message in channel.taken]
    assert len(sent) == len(set(sent)) == 60
    assert sum(report.delivered for report in reports) == 60
    assert statuses(unit) == {SENT: 60}


KILLED_WORKER = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from contextlib import contextmanager
from sqlmodel import Session
from notifications import dispatch
from notifications.channels.folder import FolderChannel
from notifications.messages import Letterhead
from plumbline.database import engine_for
from tests.notifications.office import office

engine = engine_for(sys.argv[1])

@contextmanager
def unit():
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session

class Killed(FolderChannel):
    def deliver(self, message, *, at):
        receipt = FolderChannel.deliver(self, message, at=at)
        if len(list(self.folder.glob("*.eml"))) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return receipt

dispatch.deliver_due(unit, {"folder": Killed(Path(sys.argv[2]))}, worker="killed",
                     at=datetime.fromisoformat(sys.argv[3]),
                     letterhead=Letterhead(office(), True, "https://clues.example.org/", "plumbline@example.org"))
"""


def test_a_worker_killed_for_real_loses_nothing(
    unit: Unit, house: Office, deliver: Deliver, database_url: str, tmp_path: Path
) -> None:
    planned(unit, house, *(["officer"] * 4))
    folder = tmp_path / "notices"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_WORKER, database_url, folder, MORNING.isoformat()], check=False
    )
    assert killed.returncode == -signal.SIGKILL
    before = {message_from_bytes(path.read_bytes())["Message-ID"] for path in folder.glob("*.eml")}
    assert statuses(unit) == {SENT: 1, SENDING: 3}
    after = RecorderChannel()
    assert deliver(after, at=MORNING + LEASE_FOR) == DeliveryReport(delivered=3)
    assert len(before & after.messages.keys()) == 1
    assert len(before | after.messages.keys()) == 4


def test_what_cannot_be_recorded_stops_the_run_and_is_taken_up_after_the_lease(
    unit: Unit, house: Office, letterhead: Letterhead
) -> None:
    planned(unit, house, "officer")
    channel = RecorderChannel()
    opened: list[int] = []

    def failing() -> object:
        opened.append(1)
        if len(opened) == 3:  # claimed, asked about, and now recorded
            raise OSError("the disk is gone")
        return unit()

    with pytest.raises(OSError, match="the disk is gone"):
        dispatch.deliver_due(failing, {"folder": channel}, worker="w", at=MORNING, letterhead=letterhead)  # type: ignore[arg-type]
    assert statuses(unit) == {SENDING: 1}
    _again(unit, channel, letterhead)
    assert len(channel.taken) == 2
    assert len(channel.messages) == 1


def _again(unit: Unit, channel: Channel, letterhead: Letterhead) -> None:
    report = dispatch.deliver_due(
        unit, {"folder": channel}, worker="w", at=MORNING + LEASE_FOR, letterhead=letterhead
    )  # fmt: skip
    assert report == DeliveryReport(delivered=1)
