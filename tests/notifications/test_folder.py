"""The folder of .eml files: whole files or none, one per message, and a clear word when it cannot be written."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from notifications.channels import Unreachable
from notifications.channels.folder import FolderChannel, file_name
from tests.notifications.conformance import ANOTHER, LETTER
from tests.notifications.mail_servers import read
from tests.notifications.office import MORNING


def test_a_repeat_is_the_same_file(tmp_path: Path) -> None:
    channel = FolderChannel(tmp_path)
    first = channel.deliver(LETTER, at=MORNING)
    before = (tmp_path / first.answer).read_bytes()
    assert channel.deliver(LETTER, at=MORNING) == first
    assert [path.name for path in tmp_path.iterdir()] == [first.answer]
    assert (tmp_path / first.answer).read_bytes() == before


def test_files_sort_by_when_they_were_planned_and_are_the_owners_alone(tmp_path: Path) -> None:
    name = FolderChannel(tmp_path).deliver(LETTER, at=MORNING).answer
    assert name == f"20260901-0030-{'0' * 31}1.eml"
    assert (tmp_path / name).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "strange", ["<../../etc/passwd@x>", "<a b@x>", "<>", "<notice-xyz@plumbline.invalid>"]
)
def test_a_strange_message_id_makes_no_strange_file_name(strange: str) -> None:
    name = file_name(replace(LETTER, message_id=strange))
    assert Path(name).name == name
    assert name.isascii()
    assert name != file_name(LETTER)


def test_the_text_can_be_read_with_the_naked_eye(tmp_path: Path) -> None:
    channel = FolderChannel(tmp_path)
    raw = (tmp_path / channel.deliver(LETTER, at=MORNING).answer).read_bytes()
    assert "请登录查看".encode() in raw


def test_who_has_no_address_still_has_a_file(tmp_path: Path) -> None:
    channel = FolderChannel(tmp_path)
    name = channel.deliver(replace(LETTER, to=None, recipient="何敏"), at=MORNING).answer
    found = read((tmp_path / name).read_bytes())
    assert found["To"] == "何敏 <no-address@plumbline.invalid>"


def _fails(number: int) -> object:
    def fail(*_given: object) -> NoReturn:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize(
    "number, sentence",
    [
        (errno.ENOSPC, "is full: make room there"),
        (errno.EDQUOT, "is full: make room there"),
        (errno.EACCES, "cannot be written: give Plumbline the right to"),
        (errno.EROFS, "cannot be written: give Plumbline the right to"),
        (errno.EIO, "cannot be written (Input/output error): see to the disk"),
    ],
)
def test_a_disk_that_fails_half_way_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, sentence: str
) -> None:
    channel = FolderChannel(tmp_path)
    channel.deliver(ANOTHER, at=MORNING)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", _fails(number))
        with pytest.raises(Unreachable) as refused:
            channel.deliver(LETTER, at=MORNING)
    assert sentence in str(refused.value)
    assert refused.value.for_all
    assert [path.name for path in tmp_path.iterdir()] == [file_name(ANOTHER)]
    channel.deliver(LETTER, at=MORNING)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "notices").write_text("x")
    with pytest.raises(Unreachable, match="notices is not a folder: remove what is in its place"):
        FolderChannel(tmp_path / "notices").deliver(LETTER, at=MORNING)
    with pytest.raises(Unreachable, match="is not a folder"):
        FolderChannel(tmp_path / "notices" / "deeper").deliver(LETTER, at=MORNING)
