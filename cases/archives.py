"""Office files are archives: looked at by their list of contents, which is judged before anything in them is unpacked."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from states.facts import Reason, Refused
from states.rulebook import Label

BEGINS = b"PK\x03\x04"
MOST_ENTRIES = 5_000
LONGEST_LIST = 1 << 20  # bytes of the list of contents
MOST_UNPACKED = 300 << 20  # bytes, of all together
MOST_RATIO = 200  # unpacked to packed, of one entry
SMALL = 1 << 20  # what unpacks to less may do so at any ratio
LONGEST_PART = 1 << 20  # bytes of a part that is read

_END = struct.Struct("<4s4H2LH")  # the record at the end of an archive
_NESTED = (".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tar", ".jar", ".cab", ".iso")
_OUTSIDE = re.compile(
    rb'<Relationship\b[^>]*(?:attachedTemplate|oleObject|externalLinkPath|frame)"[^>]*>', re.IGNORECASE
)


def is_one(path: Path) -> bool:
    """Whether an archive ends this file, whatever its beginning says: with an end record that leads to a list."""
    end = _end_of(path)
    if end is None:
        return False
    with path.open("rb") as stream:
        for place in (end.at - end.size, end.offset):  # programs look at one or the other
            stream.seek(max(place, 0))
            if stream.read(4) == b"PK\x01\x02":
                return True
    return False


def listed(path: Path) -> zipfile.ZipFile:
    """The archive, once its list of contents was found harmless.

    Raises Refused: archive_damaged, archive_entries, archive_encrypted, archive_link, archive_path, archive_nested,
    archive_bomb; every reason once.
    """
    end = _end_of(path)
    if end is None:
        raise Refused("archive_damaged", (reason_of("archive_damaged"),))
    if (
        end.entries > MOST_ENTRIES or end.size > LONGEST_LIST
    ):  # also the mark of a list too long for its field
        raise Refused("archive_entries", (reason_of("archive_entries"),))
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as fault:
        raise Refused("archive_damaged", (reason_of("archive_damaged"),)) from fault
    if codes := list(dict.fromkeys(_faults(archive.infolist()))):
        archive.close()
        raise Refused(codes[0], tuple(reason_of(code) for code in codes))
    return archive


class _End(NamedTuple):
    """The record at the end of an archive: where it stands, how many entries it counts, how long their list is and
    where that is said to begin."""

    at: int
    entries: int
    size: int
    offset: int


def _end_of(path: Path) -> _End | None:
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        start = max(0, size - _END.size - 0xFFFF)
        stream.seek(start)
        tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        return None
    record = _END.unpack_from(tail, at)
    return _End(start + at, record[4], record[5], record[6])


def _faults(entries: Sequence[zipfile.ZipInfo]) -> Iterator[str]:
    if len(entries) > MOST_ENTRIES:
        yield "archive_entries"
    if len({entry.filename for entry in entries}) != len(entries):
        yield "archive_damaged"
    for entry in entries:
        if entry.flag_bits & 0x1:
            yield "archive_encrypted"
        if stat.S_ISLNK(entry.external_attr >> 16):
            yield "archive_link"
        if (
            entry.filename.startswith(("/", "\\"))
            or ".." in re.split(r"[/\\]", entry.filename)
            or ":" in entry.filename
        ):
            yield "archive_path"
        if entry.filename.lower().endswith(_NESTED):
            yield "archive_nested"
        if entry.file_size > SMALL and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            yield "archive_bomb"
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        yield "archive_bomb"


def refers_outside(archive: zipfile.ZipFile) -> bool:
    """Whether a program that opens it would fetch a template or an object from elsewhere. A link to click does not count."""
    for entry in archive.infolist():
        if entry.filename.endswith(".rels"):
            parts = _OUTSIDE.findall(_read(archive, entry))
            if any(b'TargetMode="External"' in part for part in parts):
                return True
    return False


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The beginning of a part. Raises Refused("archive_damaged")."""
    try:
        with archive.open(entry) as stream:
            return stream.read(LONGEST_PART)
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,
        NotImplementedError,
        EOFError,
        RuntimeError,
        zlib.error,
    ) as fault:
        raise Refused("archive_damaged", (reason_of("archive_damaged"),)) from fault


_SAYS = {
    "archive_damaged": ("文件内部结构损坏。", "What is in the file is damaged."),
    "archive_entries": ("文件内含条目过多。", "The file holds too many parts."),
    "archive_encrypted": ("文件已加密，无法查看。", "The file is encrypted: nobody here could read it."),
    "archive_link": ("文件内含符号链接。", "The file holds a symbolic link."),
    "archive_path": ("文件内含指向外部的路径。", "The file holds a path that leads out of it."),
    "archive_nested": ("文件内含压缩包。", "The file holds another archive."),
    "archive_bomb": ("文件解压后过大。", "The file would unpack to far too much."),
}


def reason_of(code: str) -> Reason:
    """Why an archive is refused."""
    zh, en = _SAYS[code]
    cure = Label(
        zh="请另存为普通 docx、xlsx 或 PDF 后再添加。",
        en="Save it anew as a plain docx, xlsx or PDF, then add that.",
    )
    return Reason(code, Label(zh=zh, en=en), cure)
