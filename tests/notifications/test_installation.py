"""A whole installation that mails: from a registered clue to the server's postbox, through the duties alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select, update

from cases import opening, surveys
from cases.people import Person
from notifications import notices
from notifications.notices import SENT, Notice
from plumbline import duties
from plumbline.settings import Settings
from plumbline.setup import prepare
from plumbline.work import Work
from tests.notifications.mail_servers import LOCAL, Postbox, mail_server
from tests.notifications.office import MORNING


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with mail_server(Postbox()) as found:
        yield found


@pytest.fixture
def work(tmp_path: Path, postbox: Postbox) -> Iterator[Work]:
    """A rehearsal of the Port Centre whose notices go out by mail."""
    settings = Settings(home=tmp_path, channel="smtp", smtp_host=LOCAL, smtp_port=postbox.port,
                        mail_from="plumbline@example.org")  # fmt: skip
    prepare(settings, rehearsal=True, with_sample=True, at=MORNING)
    found = Work.open(settings)
    yield found
    found.engine.dispose()


def registered(work: Work) -> str:
    """The number of a clue that the supervisor on site brought in."""
    with work.unit() as session:
        form = surveys.opening_form(session, work.office, "clue", at=MORNING, lang="en")
        fields = {field["name"]: field["example"] for field in form if field["required"]}
        return opening.open_matter(
            session, work.office, "clue", actor="supervisor", at=MORNING, fields=fields
        ).number


def test_a_new_clue_reaches_the_case_supervision_office_by_mail(work: Work, postbox: Postbox) -> None:
    number = registered(work)
    assert duties.deliver_notices(work, at=MORNING).delivered == 1
    (mail,) = postbox.messages
    assert mail["To"] == "registrar@example.org"
    assert number in mail["Subject"]
    assert "演练" in mail["Subject"]
    with work.reading() as session:
        assert [(one.status, one.channel) for one in notices.notices(session)] == [(SENT, "smtp")]
        assert session.exec(select(Notice.receipt)).one() == "250 OK: queued as 7"


def test_who_has_no_address_is_served_through_the_folder_meanwhile(work: Work, postbox: Postbox) -> None:
    with work.unit() as session:
        session.execute(update(Person).where(col(Person.login) == "registrar").values(email=None))
    registered(work)
    assert duties.deliver_notices(work, at=MORNING).delivered == 1
    assert postbox.taken == []
    assert len(list(work.settings.notices.glob("*.eml"))) == 1


def test_left_alone_a_clue_is_heard_of_again_and_never_twice_for_the_same_rung(
    work: Work, postbox: Postbox
) -> None:
    registered(work)
    duties.deliver_notices(work, at=MORNING)
    for days in range(1, 8):
        for _ in range(2):
            duties.sweep_deadlines(work, at=MORNING + timedelta(days=days))
            duties.send_digests(work, at=MORNING + timedelta(days=days))
            assert duties.deliver_notices(work, at=MORNING + timedelta(days=days)).failed == 0
    ids = [mail["Message-ID"] for mail in postbox.messages]
    assert len(ids) == len(set(ids)) > 3
