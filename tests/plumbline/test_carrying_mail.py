"""Two sites that write to one another by mail, through a real mail server: once for each thing there is to say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from cases import canonical, carriages
from cases.carriages import Line
from cases.disclosures import Disclosure
from notifications import mailed_files
from notifications.channels.smtp import SmtpChannel
from plumbline.carrying import carry
from plumbline.carrying.told import Carried
from plumbline.exchange import Exchanger
from tests.cases import bad_files
from tests.notifications.mail_servers import LOCAL, Postbox, free_port, mail_server, read
from tests.plumbline.exhibits import add, content, listed
from tests.plumbline.shell import NOON
from tests.plumbline.sites import Site, Two, refusal
from tests.plumbline.test_reply_enclosures import mark

DISTRICT, PORT = "exchange@district.example", "clues@port.example"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def by_mail(site: Site, port: int) -> Site:
    """The site with a mail server."""
    work = replace(site.work, channels={**site.work.channels, "smtp": SmtpChannel(LOCAL, port)})
    return Site(work, Exchanger.of(work))


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with mail_server(Postbox()) as found:
        yield found


@pytest.fixture
def two(rehearsal_template: Path, tmp_path: Path, postbox: Postbox) -> Iterator[Two]:
    """The two sites, which know each other's mailbox and no other address."""
    made = Two.under(tmp_path, rehearsal_template)
    made = Two(by_mail(made.port, postbox.port), by_mail(made.district, postbox.port))
    trusted(made)
    yield made
    made.close()


def trusted(two: Two, **address: Any) -> None:
    district = {"mail": DISTRICT, **address}
    two.port.end.trust(two.district.end.key_file(at=NOON), by="operator", at=NOON, only=["BHJ"], **district)
    two.district.end.trust(two.port.end.key_file(at=NOON), by="operator", at=NOON, only=["MGJ"], mail=PORT)


def told(site: Site, number: str) -> list[dict[str, Any]]:
    with site.work.reading() as session:
        return carriages.of_matter(session, number)


def test_there_and_back(two: Two, postbox: Postbox) -> None:
    clue = two.port.clue()
    two.port.escalated(clue=clue)
    assert carry(two.port.work, at=NOON) == Carried(brought=1)
    assert carry(two.port.work, at=NOON + DAY) == Carried(), "once for each dispatch"
    assert postbox.envelopes == [("plumbline@localhost", [DISTRICT])]

    arrived = two.district.end.receive(postbox.taken[0], actor="operator", at=NOON)
    assert (arrived.new, two.district.end.receive(postbox.taken[0], actor="operator", at=NOON).new) == (
        True,
        False,
    )
    assert carry(two.district.work, at=NOON) == Carried(brought=1), "the receipt"
    assert carry(two.district.work, at=NOON + HOUR) == Carried(), "once for each thing there is to say"
    two.district.move("district", arrived.number, "sign_for", at=NOON + 2 * HOUR)
    two.district.move("district", arrived.number, "take_over", at=NOON + 2 * HOUR)
    assert carry(two.district.work, at=NOON + 3 * HOUR) == Carried(brought=1)
    assert carry(two.district.work, at=NOON + 4 * HOUR) == Carried(), "closing it here is no news"
    assert [to for _, to in postbox.envelopes[1:]] == [[PORT], [PORT]]

    late, early = postbox.taken[2], postbox.taken[1]
    taken = [two.port.end.take_reply(one, actor="registrar", at=NOON + DAY) for one in (late, early, late)]
    assert [(one.state, one.new) for one in taken] == [
        ("answered", True),
        ("answered", False),
        ("answered", False),
    ]
    assert (two.port.state(clue), two.district.state(arrived.number)) == ("referred", "settled")
    assert two.port.sound()
    assert two.district.sound()
    assert [one for one in two.port.log() if one[1] == "mailed"] == [("packet", "mailed", [])]
    assert len(two.port.ask(select(Disclosure).where(Disclosure.kind == "packet"))) == 1


def test_an_answer_by_mail_brings_its_attachments_once(two: Two, postbox: Postbox) -> None:
    ours = two.port.escalated()
    carry(two.port.work, at=NOON)
    theirs = two.district.end.receive(postbox.taken[0], actor="operator", at=NOON).number
    two.district.move("district", theirs, "sign_for", at=NOON)
    pdf = bad_files.pdf()
    mark(two, theirs, add(two.district, theirs, pdf, name="批复.pdf", who="district").number)
    two.district.move("district", theirs, "instruct", at=NOON)
    assert carry(two.district.work, at=NOON + HOUR) == Carried(brought=1)
    answer = postbox.taken[-1]
    taken = [two.port.end.take_reply(answer, actor="registrar", at=NOON + DAY).new for _ in range(2)]
    assert taken == [True, False]
    assert [
        (one["name"], one["how"], one["added_by"]) for one in listed(two.port, ours, who="registrar")
    ] == [("批复.pdf", "arrived", "site:BHJ")]
    assert content(two.port, ours, 1, who="registrar") == pdf
    assert "批复".encode() not in answer, "nothing of it stands in the open"
    assert two.port.sound()


def test_nothing_of_it_stands_in_the_open(two: Two, postbox: Postbox) -> None:
    ours = two.port.escalated()
    carry(two.port.work, at=NOON)
    mail = read(postbox.taken[0])
    assert mail["Subject"] == mailed_files.SUBJECT
    assert ours.encode() not in postbox.taken[0]
    assert canonical.read(mailed_files.opened(postbox.taken[0]))["content"]["notice"] == ours


def test_it_is_sent_again_when_somebody_asks_and_is_the_same_mail(two: Two, postbox: Postbox) -> None:
    ours = two.port.escalated()
    carry(two.port.work, at=NOON)
    assert refusal(lambda: two.port.end.once_more(ours, actor="auditor", at=NOON)) == "not_your_role"
    assert two.port.end.once_more(ours, actor="registrar", at=NOON + HOUR) == 1
    assert carry(two.port.work, at=NOON + HOUR) == Carried(brought=1)
    assert carry(two.port.work, at=NOON + 2 * HOUR) == Carried()
    assert postbox.taken[0] == postbox.taken[1]


def test_what_is_dispatched_anew_is_another_mail(two: Two, postbox: Postbox) -> None:
    ours = two.port.escalated()
    carry(two.port.work, at=NOON)
    theirs = two.district.end.receive(postbox.taken[0], actor="operator", at=NOON).number
    two.district.move("district", theirs, "refuse")
    carry(two.district.work, at=NOON)
    two.port.end.take_reply(postbox.taken[1], actor="operator", at=NOON + HOUR)
    two.port.move("registrar", ours, "readdress", at=NOON + HOUR)
    two.port.move("registrar", ours, "dispatch", at=NOON + HOUR)
    assert carry(two.port.work, at=NOON + HOUR) == Carried(brought=1)
    assert read(postbox.taken[0])["Message-ID"] != read(postbox.taken[2])["Message-ID"]
    assert not two.district.end.receive(postbox.taken[2], actor="operator", at=NOON + HOUR).new, (
        "the same matter"
    )
    assert two.district.state(theirs) == "delivered"


@pytest.mark.parametrize(
    "refuses, outcome, code",
    [("550 no such box", "refused_there", "mail_refused"), ("451 later", "failed", "mail_not_sent")],
)
def test_what_the_server_says_is_on_record_and_it_is_tried_again(
    two: Two, postbox: Postbox, refuses: str, outcome: str, code: str
) -> None:
    ours = two.port.escalated()
    postbox.to_recipient = refuses
    assert carry(two.port.work, at=NOON) == Carried(failed=1)
    [line] = told(two.port, ours)
    assert (line["way"], line["outcome"], line["reasons"][0]["code"]) == ("mail", outcome, code)
    assert refuses[4:] in line["reasons"][0]["en"]
    postbox.to_recipient = "250 OK"
    assert carry(two.port.work, at=NOON + timedelta(seconds=59)) == Carried()
    assert carry(two.port.work, at=NOON + timedelta(seconds=60)) == Carried(brought=1)
    assert told(two.port, ours)[0]["reasons"] == []


def test_a_server_that_hung_up_after_it_took_the_mail_gets_the_same_mail_again(
    two: Two, postbox: Postbox
) -> None:
    two.port.escalated()
    postbox.hang_up = "after"
    assert carry(two.port.work, at=NOON) == Carried(failed=1)
    postbox.hang_up = None
    assert carry(two.port.work, at=NOON + HOUR) == Carried(brought=1)
    assert postbox.taken[0] == postbox.taken[1], "the receiving side can tell"


def test_without_a_mail_server_it_says_so(two: Two) -> None:
    nobody = by_mail(two.port, free_port())
    ours = two.port.escalated()
    assert carry(nobody.work, at=NOON) == Carried(failed=1)
    assert "cannot be reached" in told(two.port, ours)[0]["reasons"][0]["en"]
    bare = replace(two.port.work, channels={"folder": two.port.work.channels["folder"]})
    assert carry(bare, at=NOON + HOUR) == Carried(failed=1)
    assert "PLUMBLINE_SMTP_HOST" in told(two.port, ours)[0]["reasons"][0]["en"]


def test_a_site_with_both_addresses_is_written_to_once_its_line_is_down_for_a_day(
    two: Two, postbox: Postbox
) -> None:
    trusted(two, url="http://127.0.0.1:9")
    two.port.escalated()
    assert carry(two.port.work, at=NOON) == Carried(failed=1)
    assert two.port.ask(select(Line))[0].down_since == NOON
    assert carry(two.port.work, at=NOON + DAY - HOUR / 60) == Carried(failed=1)
    assert postbox.taken == []
    carry(two.port.work, at=NOON + DAY)
    assert len(postbox.taken) == 1


def test_who_was_asked_by_wire_is_not_written_to_as_well(two: Two, postbox: Postbox) -> None:
    two.district.end.answer(two.packet(two.port.escalated()), at=NOON)
    assert carry(two.district.work, at=NOON) == Carried()
    assert postbox.taken == []


@pytest.mark.parametrize("mail", ["district", "a b@c.example", "x@y.example\r\nBcc: z@y.example"])
def test_what_is_no_mailbox(two: Two, mail: str) -> None:
    key = two.district.end.key_file(at=NOON)
    assert refusal(lambda: two.port.end.trust(key, by="operator", at=NOON, mail=mail)) == "bad_mail"
