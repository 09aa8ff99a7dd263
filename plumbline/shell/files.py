"""Files that travel between sites, as bytes: read with a limit, written whole or not at all."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from plumbline.shell import given
from plumbline.shell.failures import WrongUsage

MOST_BYTES = 64_000_001  # one more than a file may have, so that a longer one is refused and put on record


def read(path: Path, *, mail: bool = False) -> bytes:
    """The beginning of a file, or of a saved mail with one. Raises WrongUsage where there is none or it cannot be read."""
    from notifications import mailed_files

    given.check_file(path, what="FILE")
    try:
        with path.open("rb") as stream:
            return stream.read(mailed_files.MOST_BYTES + 1 if mail else MOST_BYTES)
    except OSError as fault:
        raise _trouble(path, fault, ("无法读取", "cannot be read")) from None


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file to be read piece by piece. Raises WrongUsage where it cannot be opened."""
    try:
        stream = path.open("rb")
    except OSError as fault:
        raise _trouble(path, fault, ("无法读取", "cannot be read")) from None
    with stream:
        yield stream


def write(path: Path, data: bytes) -> None:
    """The file, in place of one that is there. Raises WrongUsage where it cannot be written."""
    pour(path, io.BytesIO(data))


def pour(path: Path, source: BinaryIO) -> None:
    """As `write`, piece by piece."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            shutil.copyfileobj(source, stream)
        draft.replace(path)
    except OSError as fault:
        draft.unlink(missing_ok=True)
        raise _trouble(path, fault, ("无法写入", "cannot be written")) from None


def _trouble(path: Path, fault: OSError, what: tuple[str, str]) -> WrongUsage:
    shown, why = repr(str(path))[:80], fault.strerror or type(fault).__name__
    return WrongUsage("not_writable" if "written" in what[1] else "unreadable",
                      (f"{shown} {what[0]}（{why}）。", f"{shown} {what[1]} ({why})."),
                      ("请核对路径和权限。", "Check the path and the rights on it."))  # fmt: skip
