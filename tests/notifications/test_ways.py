"""How each person is told, and when: their own channel, the office's quiet hours, and a robot in the middle of both."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlmodel import col, select, update

from cases.office import Office
from cases.people import Person
from notifications import dispatch, outbox
from notifications.channels import Unreachable
from notifications.channels.posting import Mailbox
from notifications.channels.recorder import RecorderChannel
from notifications.channels.wecom import WeComRobot
from notifications.dispatch import DeliveryReport, Unit
from notifications.mail import Message
from notifications.messages import Letterhead
from notifications.notices import DEAD, PENDING, SENT, Notice
from notifications.quiet import QuietHours
from states.calendars import china
from tests.notifications.mail_servers import LOCAL
from tests.notifications.office import MINUTE, MORNING, matter, rang
from tests.notifications.robots import KEY, group_of, says, wecom
from tests.notifications.test_quiet import SHANGHAI

QUIET = QuietHours(time(20), time(7, 30), china(), SHANGHAI, frozenset({"escalation_report"}))
NIGHT = datetime(2026, 9, 1, 14, 0, tzinfo=UTC)  # ten in the evening of Tuesday
NEXT_MORNING = datetime(2026, 9, 1, 23, 30, tzinfo=UTC)


def _refuses(_message: Message) -> None:
    raise Unreachable("The robot does not answer.")


def chooses(unit: Unit, login: str, channel: str, *, lang: str = "zh") -> None:
    with unit() as session:
        session.execute(
            update(Person).where(col(Person.login) == login).values(channel=channel, lang=lang, email=None)
        )


def told(unit: Unit) -> dict[str, tuple[str, str, datetime | None]]:
    with unit() as session:
        return {row.recipient: (row.channel, row.lang, row.next_at) for row in session.exec(select(Notice))}


def test_each_is_told_in_their_own_way_and_language(unit: Unit, house: Office) -> None:
    chooses(unit, "officer", "wecom", lang="en")
    with unit() as session:
        event = rang(session, matter(session), ["handler", "leader"])
        outbox.plan(session, house, [event], channel="smtp")
    assert told(unit) == {"officer": ("wecom", "en", MORNING), "leader": ("smtp", "zh", MORNING)}


def test_who_chose_mail_and_has_no_address_is_reached_through_the_folder() -> None:
    assert outbox.way("smtp", has_address=False) == "folder"
    assert outbox.way("smtp", has_address=True) == "smtp"
    assert outbox.way("wecom", has_address=False) == "wecom"


def test_who_chose_what_is_not_set_up_here_is_told_as_the_office_tells_everybody() -> None:
    there = ("folder", "smtp")
    assert outbox.way("wecom", office="smtp", has_address=True, set_up=there) == "smtp"
    assert outbox.way("wecom", office="smtp", has_address=False, set_up=there) == "folder"
    assert outbox.way(None, office="smtp", has_address=True, set_up=there) == "smtp"
    assert outbox.way("folder", office="smtp", has_address=True, set_up=there) == "folder"


def test_a_channel_that_is_gone_leaves_no_dead_letter_and_says_where_it_went(
    unit: Unit, house: Office, letterhead: Letterhead
) -> None:
    chooses(unit, "officer", "wecom")
    with unit() as session:
        outbox.plan(session, house, [rang(session, matter(session), ["handler"])])
    folder = RecorderChannel()
    done = dispatch.deliver_due(unit, {"folder": folder}, worker="a", at=MORNING, letterhead=letterhead)
    assert done == DeliveryReport(delivered=1)
    assert len(folder.taken) == 1
    with unit() as session:
        row = session.exec(select(Notice)).one()
    assert (row.status, row.channel) == (SENT, "wecom")
    assert row.last_error == "The channel 'wecom' is not set up here: it went into the folder of notices."


@pytest.mark.parametrize(
    "document, channel, next_at",
    [("work_prompt", "wecom", NEXT_MORNING), ("escalation_report", "wecom", NIGHT), ("work_prompt", "folder", NIGHT)],
    ids=["waits", "urgent", "a folder disturbs nobody"],
)  # fmt: skip
def test_what_happens_at_night_is_told_in_the_morning(
    unit: Unit, house: Office, document: str, channel: str, next_at: datetime
) -> None:
    with unit() as session:
        event = replace(rang(session, matter(session), ["handler"], at=NIGHT), document=document)
        outbox.plan(session, house, [event], channel=channel, hours=QUIET)
    assert told(unit)["officer"][2] == next_at


def test_a_robot_is_told_once_it_takes_more_and_a_wrong_key_needs_a_person(
    unit: Unit, house: Office, letterhead: Letterhead
) -> None:
    chooses(unit, "officer", "wecom")
    with unit() as session:
        events = [rang(session, matter(session), ["handler"]) for _ in range(3)]
        outbox.plan(session, house, events)
    with group_of(wecom) as group:
        robot = WeComRobot(
            Mailbox("The WeCom robot", f"http://{LOCAL}:{group.port}/cgi-bin/webhook/send?key={KEY}")
        )

        def run(at: datetime) -> DeliveryReport:
            return dispatch.deliver_due(unit, {"wecom": robot}, worker="a", at=at, letterhead=letterhead)

        group.most = 1
        assert run(MORNING) == DeliveryReport(delivered=1, failed=2)
        group.most = 2
        assert run(MORNING + 2 * MINUTE) == DeliveryReport(delivered=1, failed=1)
        group.instead = says(errcode=93000, errmsg="invalid webhook url")
        assert run(MORNING + 10 * MINUTE) == DeliveryReport(dead=1)
    assert len({post.mark for post in group.posts}) == len(group.posts) == 2
    with unit() as session:
        rows = session.exec(select(Notice).order_by(col(Notice.id))).all()
    assert sorted(row.status for row in rows) == [DEAD, SENT, SENT]
    assert next(row.last_error for row in rows if row.status == DEAD) is not None


def test_a_try_that_fails_in_the_evening_is_repeated_in_the_morning(
    unit: Unit, house: Office, letterhead: Letterhead
) -> None:
    evening = datetime(2026, 9, 1, 12, 0, tzinfo=UTC) - timedelta(seconds=30)
    chooses(unit, "officer", "wecom")
    with unit() as session:
        outbox.plan(session, house, [rang(session, matter(session), ["handler"], at=evening)], hours=QUIET)
    channels = {"wecom": RecorderChannel(_refuses)}
    dispatch.deliver_due(unit, channels, worker="a", at=evening, letterhead=letterhead, hours=QUIET)
    with unit() as session:
        row = session.exec(select(Notice)).one()
    assert (row.status, row.next_at) == (PENDING, NEXT_MORNING)
