"""The key that seals leaves: made at first use, one of its owner's alone, and nothing is opened with another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from plumbline.file_keys import FILE, FileKeys
from plumbline.key_files import UnusableKey


def test_what_one_key_sealed_no_other_opens(tmp_path: Path) -> None:
    sealed = FileKeys(tmp_path / "a").seal("称职")
    assert "称职" not in sealed
    assert FileKeys(tmp_path / "a").seal("称职") != sealed
    assert FileKeys(tmp_path / "a").opened(sealed) == "称职"
    assert FileKeys(tmp_path / "b").opened(sealed) is None
    assert not (tmp_path / "b").exists()  # a key that is gone is not replaced by one that opens nothing
    assert FileKeys(tmp_path / "a").opened("junk") is None


def test_a_file_that_holds_no_key(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"c2hvcnQ=")
    (tmp_path / FILE).chmod(0o600)
    with pytest.raises(UnusableKey, match="holds no key"):
        FileKeys(tmp_path).seal("x")


@pytest.mark.skipif(os.name != "posix", reason="rights of a file are a matter of POSIX")
def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    FileKeys(tmp_path).seal("x")
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    (tmp_path / FILE).chmod(0o644)
    with pytest.raises(UnusableKey, match="can be read by others"):
        FileKeys(tmp_path).seal("x")
