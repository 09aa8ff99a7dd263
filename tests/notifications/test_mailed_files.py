"""A signed file in a mail: the mail says nothing of it, and the file is found again to the last byte."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from cases.canonical import MOST_BYTES
from notifications import mailed_files
from notifications.mailed_files import Ends
from states.facts import Refused
from tests.notifications.mail_servers import read
from tests.notifications.office import MORNING

FILE = '{"content":{"title":"秘密的标题"},"plumbline":"packet","version":1}\n'.encode()
OTHER = FILE.replace(b"1}", b"2}")
ENDS = Ends("clues@port.example", "exchange@district.example", "a" * 32)


def mailed(content: bytes = FILE, mark: str = "1") -> bytes:
    return mailed_files.letter(content, what="packet", mark=mark, ends=ENDS, at=MORNING).as_bytes()


def with_files(*contents: bytes, name: str = "letter.json") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "somebody@district.example"
    mail.set_content("Please find attached.")
    for content in contents:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail


def test_a_mail_says_nothing_of_what_is_in_it() -> None:
    raw = mailed()
    mail = read(raw)
    assert mail["Subject"] == mailed_files.SUBJECT
    assert (mail["From"], mail["To"]) == (ENDS.sender, ENDS.to)
    body = mail.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == mailed_files.TEXT
    [attached] = mail.iter_attachments()
    assert "packet" not in str(attached.get_filename())
    assert all(word not in raw.replace(b"\r\n", b"") for word in ("秘密的标题".encode(), b"title"))


def test_the_same_file_is_the_same_mail_and_another_is_another() -> None:
    assert mailed() == mailed()
    assert read(mailed())["Message-ID"] != read(mailed(mark="2"))["Message-ID"]


@pytest.mark.parametrize("forwarded", [False, True])
def test_the_file_is_found_in_a_saved_mail(forwarded: bool) -> None:
    raw = mailed()
    if forwarded:
        outer = with_files()
        outer.add_attachment(message_from_bytes(raw, policy=policy.default))
        raw = outer.as_bytes()
    assert mailed_files.opened(raw) == FILE


def test_other_files_beside_it_do_not_matter_and_twice_the_same_is_once() -> None:
    assert mailed_files.opened(with_files(b"\x89PNG", FILE, b'{"a":1}', FILE).as_bytes()) == FILE


@pytest.mark.parametrize(
    "contents, code",
    [
        ((), "no_attachment"),
        ((b"\x89PNG", b'{"a":1}'), "no_attachment"),
        ((FILE, OTHER), "several_attachments"),
    ],
)
def test_a_mail_without_one_and_a_mail_with_several(contents: tuple[bytes, ...], code: str) -> None:
    with pytest.raises(Refused) as refused:
        mailed_files.opened(with_files(*contents).as_bytes())
    assert refused.value.code == code


@pytest.mark.parametrize(
    "data", [FILE, b"", b"\xff\xfe", b"a letter: without headers", b" " * (3 * MOST_BYTES)],
    ids=["the file", "empty", "bytes", "text", "too long"],
)  # fmt: skip
def test_what_is_no_mail_stays_as_it_is(data: bytes) -> None:
    assert mailed_files.opened(data) == data
