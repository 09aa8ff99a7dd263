"""The evidence room: the bytes of attachments, each content once, under the name of its SHA-256.

A file is written beside its place, put on disk, and only then moved there: whoever looks sees all of it or nothing. What a
crash leaves beside is a draft that nobody refers to. Nothing here is ever deleted or overwritten.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from states.facts import Reason, Refused
from states.rulebook import Label

PIECE = 1 << 20  # bytes read at once
DRAFTS = "drafts"
Trouble = Literal["missing", "damaged"]


@dataclass(frozen=True, slots=True)
class Draft:
    """Bytes that came in and are not kept yet."""

    path: Path
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class EvidenceRoom:
    """The folder, and how many bytes one file may have."""

    folder: Path
    most: int

    @contextmanager
    def draft(self, source: BinaryIO) -> Iterator[Draft]:
        """What `source` holds, to be examined; gone afterwards unless it is kept.

        Raises Refused: attachment_empty; attachment_too_large, without reading on.
        """
        path = self._beside()
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                mark, size = self._poured(source, stream)
                stream.flush()
                os.fsync(stream.fileno())
            yield Draft(path, mark, size)
        finally:
            path.unlink(missing_ok=True)

    def _beside(self) -> Path:
        drafts = self.folder / DRAFTS
        drafts.mkdir(mode=0o700, parents=True, exist_ok=True)
        return drafts / secrets.token_hex(16)

    def _poured(self, source: BinaryIO, stream: BinaryIO) -> tuple[str, int]:
        mark, size = hashlib.sha256(), 0
        while piece := source.read(PIECE):
            size += len(piece)
            if size > self.most:
                raise too_large(self.most)
            mark.update(piece)
            stream.write(piece)
        if not size:
            raise _empty()
        return mark.hexdigest(), size

    def keep(self, draft: Draft) -> None:
        """Put a draft where it stays, on disk before this returns. The same bytes again are one file, made whole again
        if it had been damaged."""
        place = self.place(draft.sha256)
        if self.trouble(draft.sha256, draft.size) is not None:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.path.replace(place)
        for folder in (place.parent, self.folder, self.folder.parent):
            _on_disk(folder)

    def place(self, sha256: str) -> Path:
        """Where the bytes of this hash lie."""
        return self.folder / sha256[:2] / sha256[2:]

    def trouble(self, sha256: str, size: int, *, read: bool = True) -> Trouble | None:
        """What is wrong with the bytes of this hash; without `read`, as far as their size tells."""
        try:
            with self.place(sha256).open("rb") as stream:
                if os.fstat(stream.fileno()).st_size != size:
                    return "damaged"
                return (
                    None
                    if not read or hashlib.file_digest(stream, "sha256").hexdigest() == sha256
                    else "damaged"
                )
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return "missing"

    @contextmanager
    def opened(self, sha256: str, size: int) -> Iterator[BinaryIO]:
        """The bytes of this hash, checked, from their beginning. Raises Refused("attachment_damaged")."""
        if self.trouble(sha256, size) is not None:
            raise damaged()
        with self.place(sha256).open("rb") as stream:
            yield stream

    def unclaimed(self, known: set[str]) -> int:
        """How many files lie here that none of these hashes names: drafts of a crash, and what was not put on file."""
        places = {self.place(sha256) for sha256 in known}
        return sum(1 for path in self.folder.glob("*/*") if path not in places)


def _on_disk(folder: Path) -> None:
    """A new name in a folder lasts once the folder itself is on disk."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _empty() -> Refused:
    reason = Reason("attachment_empty", Label(zh="文件是空的。", en="The file is empty."),
                    Label(zh="请核对所选文件。", en="See whether it is the right one."))  # fmt: skip
    return Refused(reason.code, (reason,))


def too_large(most: int) -> Refused:
    """The file has more than `most` bytes."""
    shown = f"{most / (1 << 20):g} MB"
    reason = Reason("attachment_too_large",
                    Label(zh=f"文件超过 {shown}。", en=f"The file is larger than {shown}."),
                    Label(zh="请压缩或分成几份。", en="Make it smaller, or hand it in in parts."))  # fmt: skip
    return Refused(reason.code, (reason,))


def damaged() -> Refused:
    """The bytes are not there, or not the ones that were handed in."""
    reason = Reason("attachment_damaged",
                    Label(zh="附件原件缺失或已被改动。", en="The file is missing or not the one that was handed in."),
                    Label(zh="请系统管理员从备份恢复；重新添加同一文件也可修复。",
                          en="The operator restores it from the backup; or add the same file again."))  # fmt: skip
    return Refused(reason.code, (reason,))
