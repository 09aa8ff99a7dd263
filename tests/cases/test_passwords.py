"""What is refused as a password, and that the same work is done for everybody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import passwords

ABOUT = ("officer", "李明", "li.ming", "Port Group Discipline Commission", "港口集团纪委")


def codes(password: str) -> set[str]:
    return {reason.code for reason in passwords.faults(password, about=ABOUT)}


@pytest.mark.parametrize(
    "good",
    [
        "tram violet oven 7",
        "潮水退后三只灰鹭站在滩上",
        "xK9#mPw2&vQz",
        "blauwal fährt Zug",
        "kettle under 9 stars",
    ],
)
def test_good_ones(good: str) -> None:
    assert codes(good) == set()


@pytest.mark.parametrize(
    "poor, why",
    [
        ("tram oven", "password_short"),
        ("a tram in a violet oven" * 6, "password_long"),
        ("P@ssw0rd2026!", "password_common"),
        ("Sunshine1234!", "password_common"),
        ("correcthorsebattery", "password_common"),
        ("woaini5201314", "password_common"),
        ("zhanjiang2026", "password_common"),
        ("!!Dragon!!2020", "password_common"),
        ("aaaaaaaaaaaa", "password_sequence"),
        ("1234567890", "password_sequence"),
        ("qwertyuiop12", "password_sequence"),
        ("0987654321", "password_sequence"),
        ("abcdefghij1", "password_sequence"),
        ("officer-at-7", "password_names_you"),
        ("李明的一个很长很长的密码", "password_names_you"),
        ("LI.MING likes it", "password_names_you"),
    ],
)
def test_poor_ones_and_why(poor: str, why: str) -> None:
    assert why in codes(poor)


def test_the_least_and_the_most() -> None:
    text = "tram violet oven ladder fog marzipan heron cup " * 3
    assert "password_short" in codes(text[: passwords.LEAST - 1])
    assert "password_short" not in codes(text[: passwords.LEAST])
    assert "password_long" not in codes(text[: passwords.MOST])
    assert "password_long" in codes(text[: passwords.MOST + 1])


def test_every_reason_speaks_both_languages_and_repeats_no_password() -> None:
    for reason in passwords.faults("officer1", about=ABOUT):
        assert reason.message.zh
        assert reason.cure.en
        assert "officer1" not in reason.message.en


def test_the_list_is_of_some_size_and_has_a_word_once() -> None:
    assert len(passwords._common()) > 900


@given(st.text(max_size=200))
def test_any_text_is_judged(text: str) -> None:
    found = passwords.faults(text, about=ABOUT)
    assert found or passwords.LEAST <= len(passwords.normalised(text)) <= passwords.MOST


def test_a_hash_is_argon2id_with_46_mib_and_proves_only_its_password() -> None:
    held = passwords.hashed("tram violet oven ①")
    assert held.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert passwords.proves("tram violet oven 1", held), "NFKC: the same signs, however they were typed"
    assert not passwords.proves("tram violet oven 2", held)
    assert not passwords.proves("no password has this hash", None), "not even what nobody's hash was made of"
