"""The form of a message: the same bytes each time, and no way to slip in a header or a second recipient."""

from __future__ import annotations

from dataclasses import replace
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.mail import BadAddress, address
from tests.notifications.conformance import LETTER
from tests.notifications.mail_servers import read


@pytest.mark.parametrize(
    "given_address", ["a@b", "li.ming@example.org", "plumbline@localhost", "o'neill+x@例子.公司"]
)
def test_addresses_mail_can_go_to(given_address: str) -> None:
    assert address(given_address).addr_spec.isascii()


@pytest.mark.parametrize(
    "given_address",
    ["", "a", "a@", "@b", "a@b@c", "a b@c", "<a@b>", "a@b, c@d", "a@b\r\nBcc: c@d", "a@b\n", "a@b\0", "张@b.cn",
     "a@" + "b" * 64 + ".cn", "a" * 250 + "@b.cn", "a@b..cn", "李明 <a@b.cn>", "undisclosed-recipients:;"],
)  # fmt: skip
def test_what_is_no_address_is_said_to_be_none(given_address: str) -> None:
    with pytest.raises(BadAddress, match="is not an e-mail address: correct it in the person's account"):
        address(given_address)


@given(st.text(max_size=40))
def test_whatever_stands_in_an_account_becomes_one_address_or_a_sentence(text: str) -> None:
    try:
        found = address(text)
    except BadAddress:
        return
    assert found.addr_spec.isascii()
    assert found.addr_spec.isprintable()
    assert found.addr_spec.count("@") >= 1


@given(
    st.text(st.characters(codec="utf-8"), max_size=200), st.text(st.characters(codec="utf-8"), max_size=60)
)
def test_a_message_has_one_header_of_each_kind_whatever_stands_in_it(subject: str, recipient: str) -> None:
    message = replace(LETTER, to=None, subject=subject, recipient=recipient)
    try:
        raw = message.as_bytes()
    except BadAddress:
        assert any(category(character) in ("Cc", "Zl", "Zp") for character in subject + recipient)
        return
    found = read(raw)
    assert sorted(found.keys()) == [
        "Auto-Submitted", "Content-Language", "Content-Transfer-Encoding", "Content-Type", "Date", "From",
        "MIME-Version", "Message-ID", "Subject", "To",
    ]  # fmt: skip
    assert raw == message.as_bytes()


def test_the_bytes_travel_through_every_server() -> None:
    raw = LETTER.as_bytes()
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
