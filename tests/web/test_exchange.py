"""Two sites over loopback HTTP: packets are brought until they are answered, whatever gets lost on the way."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from cases import disclosures, sites
from notifications.channels.posting import Mailbox
from plumbline import carrying, duties
from plumbline.attaching import Attaching
from plumbline.carrying import Carried
from tests.plumbline.exhibits import add, listed
from tests.plumbline.shell import NOON
from tests.plumbline.sites import Site, Two, refusal
from tests.web.networks import serving


def joined(two: Two, url: str) -> None:
    """From now on the port group's site brings its packets there, and only for the district."""
    two.port.end.trust(two.district.end.key_file(at=NOON), by="operator", at=NOON, only=["BHJ"], url=url)


def carried(two: Two, *, hours: int = 0) -> Carried:
    """A round, so many hours after noon."""
    return carrying.carry(two.port.work, at=NOON + timedelta(hours=hours))


def test_a_packet_is_brought_and_its_answer_comes_back_by_itself(two: Two) -> None:
    clue = two.port.clue()
    ours = two.port.escalated(clue=clue)
    with serving(two.district) as url:
        joined(two, url)
        assert duties.deliver_notices(two.port.work, at=NOON).failed == 0
        assert two.port.state(ours) == "delivered"
        theirs = two.district.escalations()[0]
        assert carried(two, hours=1) == Carried(brought=1, taken=0, failed=0), "asked again, nothing is new"
        two.district.move("district", theirs, "sign_for")
        assert carried(two, hours=2) == Carried(1, 1, 0)
        assert two.port.state(ours) == "signed_for"
        two.district.move("district", theirs, "take_over")
        assert carried(two, hours=3) == Carried(1, 1, 0)
        assert carried(two, hours=4) == Carried(0, 0, 0), "what is answered is brought no more"
    assert (two.port.state(ours), two.port.state(clue)) == ("answered", "referred")
    assert two.district.state(theirs) == "settled"
    assert two.district.escalations() == [theirs]
    assert two.port.sound()
    assert two.district.sound()


def test_attachments_come_along_by_wire(two: Two) -> None:
    clue = two.port.clue()
    add(two.port, clue, b"x" * 3_000_000, name="x.txt")
    ours = two.port.move("registrar", clue, "escalate").consequences[0].number
    Attaching(two.port.work).send(ours, [1], actor="registrar", at=NOON)
    two.port.move("leader", ours, "approve")
    two.port.move("registrar", ours, "dispatch")
    with serving(two.district) as url:
        joined(two, url)
        assert carried(two).brought == 1
        assert carried(two, hours=1) == Carried(1, 0, 0), "asked again, nothing is new"
    theirs = two.district.escalations()[0]
    assert [one["size"] for one in listed(two.district, theirs, who="district")] == [3_000_000]


def test_attachments_of_the_answer_come_back_by_wire(two: Two) -> None:
    ours = two.port.escalated()
    with serving(two.district) as url:
        joined(two, url)
        assert carried(two).brought == 1
        theirs = two.district.escalations()[0]
        two.district.move("district", theirs, "sign_for")
        number = add(two.district, theirs, b"x" * 3_000_000, name="x.txt", who="district").number
        Attaching(two.district.work).send(theirs, [number], actor="district", at=NOON)
        two.district.move("district", theirs, "take_over")
        assert carried(two, hours=1) == Carried(1, 1, 0)
    (came,) = listed(two.port, ours, who="registrar")
    assert (came["size"], came["how"], came["added_by"]) == (3_000_000, "arrived", "site:BHJ")
    assert two.port.state(ours) == "answered"
    assert two.port.sound()
    assert two.district.sound()


def test_while_the_other_site_is_down_nothing_happens_and_nothing_is_lost(two: Two) -> None:
    ours = two.port.escalated()
    joined(two, "http://127.0.0.1:9")
    assert carried(two) == Carried(0, 0, 1)
    assert two.port.state(ours) == "dispatched"
    with serving(two.district) as url:
        joined(two, url)
        assert carried(two, hours=1) == Carried(1, 1, 0)
    assert two.port.state(ours) == "delivered"


def test_an_answer_that_was_lost_is_asked_for_again(two: Two) -> None:
    ours = two.port.escalated()
    with serving(two.district) as url:
        lost = httpx.post(f"{url}/exchange/packets", content=two.packet(ours))
        assert lost.status_code == 200
        assert two.port.state(ours) == "dispatched", "the packet arrived, and nobody here knows it"
        joined(two, url)
        assert carried(two) == Carried(1, 1, 0)
    assert two.port.state(ours) == "delivered"
    assert len(two.district.escalations()) == 1


def test_a_reply_may_be_brought_as_well(two: Two) -> None:
    ours = two.port.escalated()
    theirs = two.received(ours)
    two.district.move("district", theirs, "sign_for")
    data = two.reply(theirs)
    with serving(two.port) as url:
        first = httpx.post(f"{url}/exchange/replies", content=data).json()
        second = httpx.post(f"{url}/exchange/replies", content=data).json()
    assert first == {"number": ours, "new": True, "state": "signed_for"}
    assert second == {"number": ours, "new": False, "state": "signed_for"}


def test_what_is_refused_says_why_and_changes_nothing(two: Two) -> None:
    data = two.packet(two.port.escalated())
    before = two.district.everything()
    with serving(two.district) as url:
        said = [
            httpx.post(f"{url}/exchange/packets", content=content)
            for content in (b"nonsense", data.replace(b"normal", b"urgent"), b"0" * 1_500_000, b"")
        ]
        asked = httpx.get(f"{url}/exchange/packets")
    assert [one.status_code for one in said] == [422, 422, 413, 422]
    assert [one.json()["error"] for one in said] == ["not_a_packet", "damaged", "too_large", "not_a_packet"]
    assert all(one.headers["content-type"] == "application/problem+json" for one in said)
    assert asked.status_code == 405
    assert two.district.everything() == before


def test_a_dispatched_escalation_needs_nobody_to_write_its_packet(two: Two) -> None:
    clue = two.port.clue()
    ours = two.port.escalated(clue=clue)
    with serving(two.district) as url:
        joined(two, url)
        carried(two)
        carried(two, hours=1)
    with two.port.work.reading() as session:
        known = disclosures.known(session, two.port.work.office, clue, actor="registrar", told="BHJ")
    assert [(line["number"], line["kind"], line["by"]) for line in known] == [(ours, "packet", "registrar")]


def test_what_arrived_is_asked_about_and_not_sent_again(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """A packet may hold many photographs; how things stand with it is a short question."""
    ours = two.port.escalated()
    posted: list[tuple[str, int]] = []
    post = Mailbox.post

    def noted(self: Mailbox, content: bytes, **options: Any) -> Any:
        posted.append((self.url.rpartition("/")[2], len(content)))
        return post(self, content, **options)

    monkeypatch.setattr(Mailbox, "post", noted)
    with serving(two.district) as url:
        joined(two, url)
        carried(two)
        (theirs,) = two.district.escalations()
        two.district.move("district", theirs, "sign_for")
        assert carried(two, hours=1).taken == 1
    assert [door for door, _ in posted] == ["packets", "questions"]
    assert posted[1][1] < posted[0][1]
    assert two.port.state(ours) == "signed_for"


def test_a_site_that_lost_the_packet_is_sent_it_again(
    two: Two, tmp_path: Path, rehearsal_template: Path
) -> None:
    """Its database came from a backup made before the packet arrived."""
    ours = two.port.escalated()
    with serving(two.district) as url:
        joined(two, url)
        carried(two)
    bare = Site.copied(rehearsal_template, tmp_path / "restored")
    shutil.copytree(
        two.district.work.settings.home / "keys", tmp_path / "restored" / "keys", dirs_exist_ok=True
    )
    bare.end.trust(two.port.end.key_file(at=NOON), by="operator", at=NOON)
    with serving(bare) as url:
        joined(two, url)
        carried(two, hours=1)
    assert len(bare.escalations()) == 1
    assert two.port.state(ours) == "delivered"
    bare.close()


def test_a_question_is_answered_to_nobody_but_the_sender(two: Two) -> None:
    ours = two.port.escalated()
    two.received(ours)
    question = two.port.end.question(ours, at=NOON)
    assert question is not None
    tampered = question.replace(b'"edition":1', b'"edition":2')
    assert refusal(lambda: two.district.end.answer_question(tampered, at=NOON)) == "damaged"
    assert refusal(lambda: two.port.end.answer_question(question, at=NOON)) == "own_packet"
    with two.district.work.unit() as session:
        sites.revoke(session, two.port.end.keys.site, by="operator", at=NOON)
    assert refusal(lambda: two.district.end.answer_question(question, at=NOON)) == "revoked_site"
