"""The key that seals what accounts keep secret."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from plumbline.account_keys import FILE, AccountKeys
from plumbline.key_files import UnusableKey
from tests.plumbline.shell import NOON


def test_what_is_sealed_opens_with_the_same_key_alone(tmp_path: Path) -> None:
    sealed = AccountKeys(tmp_path / "a").seal("秘密")
    assert "秘密" not in sealed
    assert AccountKeys(tmp_path / "a").opened(sealed) == "秘密"
    assert AccountKeys(tmp_path / "b").opened(sealed) is None
    assert AccountKeys(tmp_path / "a").opened("junk") is None


def test_names_are_the_same_for_the_same_text_and_apart_for_each_use(tmp_path: Path) -> None:
    keys = AccountKeys(tmp_path)
    assert keys.named("source", "192.0.2.1") == AccountKeys(tmp_path).named("source", "192.0.2.1")
    assert keys.named("source", "192.0.2.1") != keys.named("csrf", "192.0.2.1")
    assert keys.named("source", "192.0.2.1") != keys.named("source", "192.0.2.2")


@pytest.mark.parametrize("after, good", [(600, True), (601, False)])
def test_what_a_browser_brings_back_is_good_for_a_while(tmp_path: Path, after: int, good: bool) -> None:
    keys = AccountKeys(tmp_path)
    held = keys.pass_for("state", at=NOON)
    back = keys.brought_back(held, at=NOON + timedelta(seconds=after), within=timedelta(minutes=10))
    assert back == ("state" if good else None)
    assert keys.brought_back("\udcff junk", at=NOON, within=timedelta(minutes=10)) is None


@pytest.mark.parametrize("content", [b"", b"not base64 !", b"c2hvcnQ="])
def test_a_file_that_holds_no_key(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    (tmp_path / FILE).chmod(0o600)
    with pytest.raises(UnusableKey, match="holds no key"):
        AccountKeys(tmp_path).seal("x")


@pytest.mark.skipif(os.name != "posix", reason="rights of a file are a matter of POSIX")
def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    AccountKeys(tmp_path).seal("x")
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    (tmp_path / FILE).chmod(0o644)
    with pytest.raises(UnusableKey, match="can be read by others"):
        AccountKeys(tmp_path).seal("x")
