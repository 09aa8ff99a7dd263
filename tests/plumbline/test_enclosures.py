"""Attachments between two sites: what was marked goes, arrives as it left, and a bad one lets nothing in."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from sqlmodel import select

from cases import canonical, disclosures, packets
from cases.exchange import Exchanged
from plumbline.attaching import Attaching
from plumbline.exchange import Exchanger
from tests.cases import bad_files
from tests.plumbline.exhibits import add, answer, blobs, content, events, listed, rows
from tests.plumbline.shell import NOON
from tests.plumbline.sites import Site, Two
from tests.plumbline.test_exchange import resealed

PDF = bad_files.pdf()


def mark(site: Site, number: str, *numbers: int, who: str = "registrar") -> list[int]:
    return [one.number for one in Attaching(site.work).send(number, numbers, actor=who, at=NOON)]


def drafted(site: Site, **clue: str) -> tuple[str, str]:
    """A clue with a paper and a photograph, and an escalation that is not approved yet."""
    number = site.clue(**clue)
    add(site, number, PDF, name="检测报告.pdf", caption="第三方检测")
    add(site, number)
    return number, site.move("registrar", number, "escalate").consequences[0].number


def dispatched(site: Site, number: str) -> str:
    site.move("leader", number, "approve")
    site.move("registrar", number, "dispatch")
    return number


def enclosed(data: bytes) -> list[dict[str, Any]]:
    return list(canonical.read(data)["content"]["attachments"])


class TestThere:
    def test_what_was_marked_arrives_as_it_left(self, two: Two) -> None:
        clue, ours = drafted(two.port)
        assert mark(two.port, ours, 1, 2) == [1, 2]
        data = two.packet(dispatched(two.port, ours))
        theirs = two.district.end.receive(data, actor="district", at=NOON).number
        assert [(one["name"], one["caption"], one["how"], one["added_by"])
                for one in listed(two.district, theirs, who="district")] == [
            ("检测报告.pdf", "第三方检测", "arrived", "site:MGJ"), ("photo.jpg", "", "arrived", "site:MGJ")]  # fmt: skip
        assert content(two.district, theirs, 1, who="district") == PDF
        assert content(two.district, theirs, 2, who="district") == bad_files.photograph()
        assert events(two.port, clue)[-1][2] == {"number": 2, "to": ours, "sha256": hashlib.sha256(
            bad_files.photograph()).hexdigest()}  # fmt: skip
        assert two.port.sound()
        assert two.district.sound()

    def test_the_ledger_has_them_with_the_packet(self, two: Two) -> None:
        clue, ours = drafted(two.port)
        mark(two.port, ours, 2)
        two.packet(dispatched(two.port, ours))
        with two.port.work.reading() as session:
            (line,) = disclosures.known(session, two.port.work.office, clue, actor="head", told="BHJ")
        assert (line["kind"], "attachment/1" in line["fields"]) == ("packet", True)

    def test_nothing_goes_that_was_not_marked(self, two: Two) -> None:
        _, ours = drafted(two.port)
        add(two.port, ours, b"a draft of ours", name="draft.txt")
        assert enclosed(two.packet(dispatched(two.port, ours))) == []

    def test_some_are_chosen_when_it_is_written_and_that_stays(self, two: Two) -> None:
        _, ours = drafted(two.port)
        mark(two.port, ours, 1, 2)
        dispatched(two.port, ours)
        assert answer(lambda: two.packet(ours, attach=[9])) == "no_such_attachment"
        first = two.packet(ours, attach=[2])
        assert [one["name"] for one in enclosed(first)] == ["photo.jpg"]
        assert two.packet(ours) == two.packet(ours, attach=[2]) == first
        assert answer(lambda: two.packet(ours, attach=[1])) == "already_written"

    def test_the_database_holds_the_packet_without_the_bytes_and_the_file_is_the_same_to_the_byte(
        self, two: Two
    ) -> None:
        _, ours = drafted(two.port)
        mark(two.port, ours, 1)
        first = two.packet(dispatched(two.port, ours))
        text = two.port.ask(select(Exchanged.text))[0]
        assert base64.b64encode(PDF).decode() in first.decode()
        assert base64.b64encode(PDF).decode() not in text
        assert two.port.end.packet_again(ours, actor="registrar", at=NOON) == first
        two.port.work.evidence.place(hashlib.sha256(PDF).hexdigest()).unlink()
        assert answer(lambda: two.packet(ours)) == "attachment_damaged"

    def test_doubled_and_sent_again_it_brings_each_once(self, two: Two) -> None:
        _, ours = drafted(two.port)
        mark(two.port, ours, 1)
        first = two.packet(dispatched(two.port, ours))
        theirs = two.district.end.receive(first, actor="district", at=NOON).number
        assert not two.district.end.receive(first, actor="district", at=NOON).new
        two.district.move("district", theirs, "refuse")
        two.taken(two.reply(theirs))
        two.port.move("registrar", ours, "readdress")
        assert mark(two.port, ours, 2) == [2], "what was missing may be added before it goes again"
        two.port.move("registrar", ours, "dispatch")
        assert two.district.end.receive(two.packet(ours), actor="district", at=NOON).number == theirs
        assert [one["name"] for one in listed(two.district, theirs, who="district")] == [
            "检测报告.pdf",
            "photo.jpg",
        ]
        assert blobs(two.district) == 2

    def test_looking_keeps_nothing(self, two: Two) -> None:
        _, ours = drafted(two.port)
        mark(two.port, ours, 1)
        packet = two.district.end.look(two.packet(dispatched(two.port, ours)), actor="district").content
        assert [one.name for one in packet.attachments] == ["检测报告.pdf"]
        assert (rows(two.district), blobs(two.district)) == (0, 0)


class TestMarking:
    @pytest.mark.parametrize("who, code", [
        ("registrar", "done"), ("leader", "done"), ("head", "done"), ("auditor", "not_your_role"),
        ("officer", "nothing"), ("district", "nothing"), ("owner", "nothing")])  # fmt: skip
    def test_who_sends_marks(self, two: Two, who: str, code: str) -> None:
        _, ours = drafted(two.port)
        assert answer(lambda: mark(two.port, ours, 1, who=who)) == code

    def test_once_and_before_it_is_dispatched(self, two: Two) -> None:
        clue, ours = drafted(two.port)
        mark(two.port, ours, 1)
        assert answer(lambda: mark(two.port, ours, 1)) == "marked_already"
        assert answer(lambda: mark(two.port, ours, 3)) == "no_such_attachment"
        assert answer(lambda: mark(two.port, clue, 1)) == "not_exchanged"
        two.port.move("leader", ours, "approve")
        mark(two.port, ours, 2)
        two.port.move("registrar", ours, "dispatch")
        add(two.port, clue, b"later", name="x.txt")
        assert answer(lambda: mark(two.port, ours, 3)) == "already_dispatched"
        theirs = two.received(ours)
        assert answer(lambda: mark(two.district, theirs, 1, who="district")) == "came_with_it"

    @pytest.mark.parametrize("given", [{"name": "赵检举来信.pdf"}, {"caption": "赵检举提供"}])
    def test_who_reported_is_not_named(self, two: Two, given: dict[str, str]) -> None:
        clue, ours = drafted(
            two.port, real_name="true", reporter_name="赵检举", reporter_contact="13900001234"
        )
        number = add(two.port, clue, PDF, **({"name": "x.pdf"} | given)).number  # type: ignore[arg-type]
        assert answer(lambda: mark(two.port, ours, number)) == "names_the_reporter"

    def test_on_one_site_the_commission_above_sees_them_once_it_was_dispatched(self, two: Two) -> None:
        clue, ours = drafted(two.port)
        mark(two.port, ours, 1)
        assert answer(lambda: listed(two.port, ours, who="district")) == "nothing"
        dispatched(two.port, ours)
        assert [one["name"] for one in listed(two.port, ours, who="district")] == ["检测报告.pdf"]
        assert content(two.port, ours, 1, who="district") == PDF
        assert answer(lambda: listed(two.port, clue, who="district")) == "nothing"
        assert blobs(two.port) == 2

    def test_no_more_than_a_packet_carries(self, two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
        _, ours = drafted(two.port)
        mark(two.port, ours, 1, 2)
        dispatched(two.port, ours)
        monkeypatch.setattr("cases.enclosures.MOST_ENCLOSED", len(PDF))
        assert answer(lambda: two.packet(ours)) == "too_much_enclosed"
        assert len(enclosed(two.packet(ours, attach=[1]))) == 1


PROGRAM = b"MZ" + b"\0" * 60


def as_(data: bytes) -> dict[str, Any]:
    return {
        "data": base64.b64encode(data).decode(),
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "other bytes": ({"data": base64.b64encode(b"%PDF-1.7 other").decode()}, "not_as_told"),
    "another hash": ({"sha256": "0" * 64}, "not_as_told"),
    "another size": ({"size": 1}, "not_as_told"),
    "another kind": ({"media_type": "image/png"}, "not_as_told"),
    "no base64": ({"data": "****"}, "not_as_told"),
    "broken base64": ({"data": "QUJ"}, "not_as_told"),
    "nothing": ({"data": ""}, "attachment_empty"),
    "a program": (as_(PROGRAM), "attachment_kind"),
    "a page": (as_(b"<html>"), "attachment_kind"),
    "a bomb": (as_(bad_files.bomb()), "archive_bomb"),
    "a path for a name": ({"name": "../../x.pdf"}, "not_as_told"),
    "a device for a name": ({"name": "CON.pdf"}, "not_as_told"),
    "an ending that lies": ({"name": "x.exe"}, "not_as_told"),
}


class TestBad:
    @pytest.mark.parametrize("what", BAD)
    def test_one_bad_attachment_refuses_the_packet_and_changes_nothing(self, two: Two, what: str) -> None:
        """Even when the other site itself signed it."""
        changes, code = BAD[what]
        _, ours = drafted(two.port)
        mark(two.port, ours, 2, 1)
        data = two.packet(dispatched(two.port, ours))
        first, second = enclosed(data)
        bad = resealed(data, two.port.end.keys, attachments=[first, second | changes])
        before = two.district.everything()
        assert answer(lambda: two.district.end.look(bad, actor="district")) == "bad_attachment"
        assert answer(lambda: two.district.end.receive(bad, actor="district", at=NOON)) == "bad_attachment"
        assert (two.district.everything(), rows(two.district), blobs(two.district)) == (before, 0, 0)
        assert two.district.log()[-1] == ("packet", "refused", [code])
        assert two.district.end.receive(data, actor="district", at=NOON).new, "the true one still comes in"

    @pytest.mark.parametrize("changes", [{"name": "a\u202eb.pdf"}, {"name": "x" * 201}, {"caption": "\0"},
                                         {"number": 0}, {"more": 1}, {"sha256": "x"}, {"size": "1"}])  # fmt: skip
    def test_what_does_not_fit_the_schema(self, two: Two, changes: dict[str, Any]) -> None:
        _, ours = drafted(two.port)
        mark(two.port, ours, 1)
        data = two.packet(dispatched(two.port, ours))
        bad = resealed(data, two.port.end.keys, attachments=[enclosed(data)[0] | changes])
        assert answer(lambda: two.district.end.receive(bad, actor="district", at=NOON)) == "malformed"

    def test_every_bad_one_is_told_at_once(self, two: Two) -> None:
        _, ours = drafted(two.port)
        mark(two.port, ours, 1, 2)
        data = two.packet(dispatched(two.port, ours))
        bad = [one | as_(PROGRAM) for one in enclosed(data)]
        answer(
            lambda: two.district.end.receive(
                resealed(data, two.port.end.keys, attachments=bad), actor="district", at=NOON
            )
        )
        assert two.district.log()[-1][2] == ["attachment_kind"] * 2

    def test_an_attachment_changed_on_the_way(self, two: Two) -> None:
        _, ours = drafted(two.port)
        mark(two.port, ours, 1)
        data = two.packet(dispatched(two.port, ours))
        other = base64.b64encode(PDF.replace(b"1.7", b"1.6"))
        bad = data.replace(base64.b64encode(PDF), other)
        assert answer(lambda: two.district.end.receive(bad, actor="district", at=NOON)) == "damaged"

    def test_what_is_larger_than_the_receiving_office_takes(self, two: Two) -> None:
        clue, ours = drafted(two.port)
        add(two.port, clue, b"x" * (3 << 20), name="x.txt")
        mark(two.port, ours, 3)
        data = two.packet(dispatched(two.port, ours))
        assert len(data) > canonical.MOST_TEXT
        small = two.district.work.settings.model_copy(update={"attachment_mb": 2})
        object.__setattr__(two.district.work, "settings", small)
        assert answer(lambda: two.district.end.receive(data, actor="district", at=NOON)) == "bad_attachment"
        assert two.district.log()[-1][2] == ["attachment_too_large"]
        object.__setattr__(two.district.work, "settings", small.model_copy(update={"attachment_mb": 3}))
        assert two.district.end.receive(data, actor="district", at=NOON).new


class TestLong:
    """A file is measured before it is parsed: attachments may be long, everything else may not."""

    @pytest.mark.parametrize("data, code", [
        (b'{"plumbline":"packet"' + b" " * (canonical.MOST_TEXT - 21), "not_a_packet"),
        (b'{"plumbline":"packet"' + b" " * (canonical.MOST_TEXT - 20), "too_large"),
        (b"[" * 2_000_000, "too_large"),
        (b'{"data":"' + b"A" * 2_000_000 + b'"}', "not_a_packet"),
        (b'{"data":"' + b"A" * 2_000_000, "too_large"),
        (b'{"data":"' + b"!" * 2_000_000 + b'"}', "too_large"),
        (b'"data":"AAAA",' * 200_000, "too_large"),
        (b'"data":"' + b"A" * canonical.MOST_BYTES + b'"', "too_large"),
    ], ids=range(8))  # fmt: skip
    def test_by_its_length(self, data: bytes, code: str) -> None:
        assert answer(lambda: packets.read(data, packets.SignedPacket)) == code

    def test_forty_megabytes_travel(self, two: Two) -> None:
        clue, ours = drafted(two.port)
        for start in (b"a", b"b"):
            add(two.port, clue, start * (20 << 20), name="x.txt")
        mark(two.port, ours, 3, 4)
        data = two.packet(dispatched(two.port, ours))
        assert len(data) > 55_000_000
        theirs = Exchanger.of(two.district.work).receive(data, actor="district", at=NOON).number
        assert content(two.district, theirs, 2, who="district") == b"b" * (20 << 20)
