"""Files laid into the folder are taken in by themselves: once, and what is refused lies beside the reason."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from cases import canonical
from notifications import mailed_files
from notifications.mailed_files import Ends
from plumbline import clock, duties
from plumbline.carrying import carry
from plumbline.carrying.told import Carried
from tests.plumbline.shell import NOON
from tests.plumbline.sites import Site, Two


def folder(site: Site, name: str) -> Path:
    return site.work.settings.home / "exchange" / name


def laid(site: Site, name: str, data: bytes, *, seconds: int = 60) -> Path:
    """A file that was laid in so many seconds ago."""
    path = folder(site, "in") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    before = (clock.now() - timedelta(seconds=seconds)).timestamp()
    os.utime(path, (before, before))
    return path


def names(site: Site, name: str) -> list[str]:
    return sorted(path.name for path in folder(site, name).iterdir())


def test_a_packet_and_its_reply_from_a_stick(two: Two) -> None:
    ours = two.port.escalated()
    laid(two.district, "from-port.json", two.packet(ours))
    assert duties.tick(two.district.work, at=NOON).delivered.failed == 0
    [theirs] = two.district.escalations()
    two.district.move("district", theirs, "sign_for")
    laid(two.port, "answer", two.reply(theirs))
    assert carry(two.port.work, at=NOON) == Carried(brought=1, taken=1)
    assert two.port.state(ours) == "signed_for"
    assert (names(two.district, "in"), names(two.district, "done")) == ([], ["from-port.json"])
    assert two.district.log()[-2][:2] == ("packet", "taken")


def test_again_it_changes_nothing_and_both_files_are_kept(two: Two) -> None:
    data = two.packet(two.port.escalated())
    laid(two.district, "a", data)
    assert carry(two.district.work, at=NOON) == Carried(1, 1, 0)
    laid(two.district, "a", data)
    assert carry(two.district.work, at=NOON) == Carried(1, 0, 0)
    assert len(names(two.district, "done")) == 2
    assert len(two.district.escalations()) == 1


def test_a_saved_mail_is_as_good(two: Two) -> None:
    data = two.packet(two.port.escalated())
    mail = mailed_files.letter(
        data, what="packet", mark="1", ends=Ends("a@b.example", "c@d.example", "s"), at=NOON
    )
    laid(two.district, "mail.eml", mail.as_bytes())
    assert carry(two.district.work, at=NOON) == Carried(1, 1, 0)


@pytest.mark.parametrize("what, code", [("changed", "damaged"), ("nonsense", "not_a_packet"), ("key", "not_by_itself"),
                                        ("mail", "no_attachment"), ("long", "too_large")])  # fmt: skip
def test_what_is_refused_lies_beside_the_reason_in_both_languages(two: Two, what: str, code: str) -> None:
    files = {
        "changed": two.packet(two.port.escalated()).replace(b"normal", b"urgent"),
        "nonsense": b"a letter", "key": two.port.end.key_file(at=NOON), "mail": b"From: a@b.example\r\n\r\nHello",
        "long": b"{" * (3 * canonical.MOST_BYTES),
    }  # fmt: skip
    before = two.district.everything()
    laid(two.district, "file", files[what])
    assert carry(two.district.work, at=NOON) == Carried(failed=1)
    assert two.district.everything() == before
    assert names(two.district, "refused") == ["file", "file.txt"]
    reason = (folder(two.district, "refused") / "file.txt").read_text(encoding="utf-8")
    assert f"[{code}]" in reason
    assert any("一" <= sign <= "鿿" for sign in reason)
    assert two.district.log()[-1][1:] == ("refused", [code])
    assert carry(two.district.work, at=NOON) == Carried()


def test_what_is_still_being_copied_is_left_alone(two: Two) -> None:
    data = two.packet(two.port.escalated())
    path = laid(two.district, "half", data[:100], seconds=0)
    laid(two.district, ".hidden", data)
    (folder(two.district, "in") / "link").symlink_to(path)
    (folder(two.district, "in") / "folder").mkdir()
    assert carry(two.district.work, at=NOON) == Carried()
    assert names(two.district, "in") == [".hidden", "folder", "half", "link"]
    laid(two.district, "half", data)
    assert carry(two.district.work, at=NOON) == Carried(1, 1, 0)
