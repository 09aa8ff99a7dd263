"""What is taken in as evidence, by its content; every bad file of the table has its answer."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import file_kinds
from cases.evidence import EvidenceRoom
from cases.file_kinds import SHEET, UNSHOWN, WORD
from states.facts import Refused
from tests.cases import bad_files

MOST = 4 << 20


@pytest.fixture
def room(tmp_path: Path) -> EvidenceRoom:
    return EvidenceRoom(tmp_path / "evidence", MOST)


def answer(room: EvidenceRoom, content: bytes) -> str:
    """The media type and what to beware of, or the code of the refusal."""
    try:
        with room.draft(io.BytesIO(content)) as draft:
            kind = file_kinds.examine(draft.path)
    except Refused as refused:
        told = [(one.message.zh, one.message.en, one.cure.zh, one.cure.en) for one in refused.reasons]
        return refused.code if told and all(map(all, told)) else f"{refused.code}, and not in both languages"
    return " ".join((kind.media_type, *kind.flags))


GOOD = {
    "a photograph": (bad_files.photograph(), "image/jpeg"),
    "a png": (bad_files.photograph(form="PNG"), "image/png"),
    "a webp": (bad_files.photograph(form="WEBP"), "image/webp"),
    "a pdf": (bad_files.pdf(), "application/pdf"),
    "a docx": (bad_files.docx(), WORD),
    "a docx with a link to click": (
        bad_files.docx(word___rels__a_rels=b'<Relationship Type="x/hyperlink" TargetMode="External"/>'), WORD),
    "a photograph in which the mark of an archive happens to stand": (
        bad_files.photograph() + b"PK\x05\x06" + b"x" * 40, "image/jpeg"),
    "an xlsx": (bad_files.xlsx(), SHEET),
    "a film": (bad_files.MP4, "video/mp4"),
    "a recording": (b"ID3\x04" + b"\0" * 60, "audio/mpeg"),
    "text": ("隐蔽工程未经验收。\r\n\t𠮷 < 3 & > 1\n".encode(), "text/plain"),
    "text with a mark of its encoding": ("\ufeff是".encode(), "text/plain"),
}  # fmt: skip
FLAGGED = {
    "a photograph cut half-way": (bad_files.photograph(size=(600, 400))[:900], f"{UNSHOWN} broken"),
    "a photograph that is only a beginning": (b"\xff\xd8\xff\xe0junk", f"{UNSHOWN} broken"),
    "a png with a broken sum": (bad_files.photograph(form="PNG")[:-30] + b"x" * 30, f"{UNSHOWN} broken"),
    "macros": (bad_files.docx(word__vbaProject_bin=b"x").replace(b"vbaProject_bin", b"vbaProject.bin"), f"{WORD} macros"),
    "a template from elsewhere": (bad_files.archive(bad_files.WORD_PARTS | {"word/_rels/settings.xml.rels":
        b'<Relationship TargetMode="External" Type="http://x/attachedTemplate" Target="http://x/t.dotm"/>'}),
        f"{WORD} refers_outside"),
    "a pdf with a script": (bad_files.pdf(b"/OpenAction<</S/JavaScript/JS(app)>>"), "application/pdf active"),
    "a pdf with a password": (bad_files.pdf(b"/Encrypt 5 0 R"), "application/pdf encrypted"),
}  # fmt: skip
BAD = {
    "0 bytes": (b"", "attachment_empty"),
    "over the limit": (b"%PDF-" + b" " * MOST, "attachment_too_large"),
    "a program": (b"MZ\x90\0" + b"\0" * 100, "attachment_kind"),
    "a program of Linux": (b"\x7fELF" + b"\0" * 100, "attachment_kind"),
    "a page": (b"<!DOCTYPE html><p>hello", "attachment_kind"),
    "a page far down": (b"x" * (file_kinds.PIECE - 60) + b"\n <ScRiPt>alert(1)</script>", "attachment_kind"),
    "a drawing with scripts": (b'<?xml version="1.0"?><svg onload="x()"/>', "attachment_kind"),
    "a drawing without a head": (b"  <svg xmlns='x'/>", "attachment_kind"),
    "two things at once": (bad_files.polyglot(), "attachment_kind"),
    "a photograph and an archive": (bad_files.photograph() + bad_files.archive(), "attachment_kind"),
    "an archive": (bad_files.archive({"a.txt": b"x"}), "attachment_kind"),
    "slides": (bad_files.archive({"[Content_Types].xml": b"", "ppt/presentation.xml": b""}), "attachment_kind"),
    "an old office file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "attachment_kind"),
    "a gif": (b"GIF89a" + b"\0" * 40, "attachment_kind"),
    "a tiff under a photograph's name": (b"II*\0" + b"\0" * 40, "attachment_kind"),
    "text in GB18030": ("隐蔽工程".encode("gb18030"), "attachment_kind"),
    "text with a zero in it": (b"a\0b", "attachment_kind"),
    "text cut within a letter": ("是".encode()[:2], "attachment_kind"),
    "a bomb": (bad_files.bomb(), "archive_bomb"),
    "an archive in an archive": (bad_files.archive(bad_files.WORD_PARTS | {"word/a.zip": b"PK"}), "archive_nested"),
    "a symbolic link": (bad_files.linking(), "archive_link"),
    "an absolute path": (bad_files.archive(bad_files.WORD_PARTS | {"/etc/passwd": b"x"}), "archive_path"),
    "a path that climbs": (bad_files.archive(bad_files.WORD_PARTS | {"word/../../x": b"x"}), "archive_path"),
    "too many parts": (bad_files.many(), "archive_entries"),
    "more parts than it says": (bad_files.lying_about_its_count(6_000), "archive_entries"),
    "far more parts than it says": (bad_files.lying_about_its_count(20_000), "archive_entries"),
    "an encrypted archive": (bad_files.encrypted(), "archive_encrypted"),
    "an archive without its end": (bad_files.archive()[:-20], "archive_damaged"),
    "900 million pixels": (bad_files.huge_png(), "image_too_large"),
    "61 million pixels": (bad_files.huge_png(6_100, 10_001), "image_too_large"),
}  # fmt: skip


@pytest.mark.parametrize("what", GOOD)
def test_taken_in(room: EvidenceRoom, what: str) -> None:
    content, said = GOOD[what]
    assert answer(room, content) == said


@pytest.mark.parametrize("what", FLAGGED)
def test_taken_in_with_a_warning(room: EvidenceRoom, what: str) -> None:
    content, said = FLAGGED[what]
    assert answer(room, content) == said
    assert set(said.split()[1:]) <= set(file_kinds.FLAGS)


@pytest.mark.parametrize("what", BAD)
def test_refused_and_nothing_of_it_stays(room: EvidenceRoom, what: str) -> None:
    content, code = BAD[what]
    assert answer(room, content) == code
    assert [path for path in room.folder.rglob("*") if path.is_file()] == []


def test_a_file_of_exactly_the_limit_is_taken_in(room: EvidenceRoom) -> None:
    assert answer(room, b"x" * MOST) == "text/plain"
    assert answer(room, b"x" * (MOST + 1)) == "attachment_too_large"


def test_reading_stops_at_the_limit(room: EvidenceRoom) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"x" * size

    endless = Endless()
    with pytest.raises(Refused), room.draft(endless):  # type: ignore[arg-type]
        pass
    assert endless.given <= MOST + 2 * (1 << 20)


@given(
    head=st.sampled_from(
        [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF0000WEBP", b"%PDF-", b"PK\x03\x04", b"ID3"]
    ),
    body=st.binary(max_size=200),
    end=st.sampled_from([b"", b"PK\x05\x06" + b"\0" * 18, b"PK\x05\x06" + b"\x01" * 18]),
)
def test_whatever_comes_in_is_a_kind_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, head: bytes, body: bytes, end: bytes
) -> None:
    room = EvidenceRoom(tmp_path_factory.mktemp("room"), MOST)
    assert answer(room, head + body + end)
