"""The channel that works everywhere: a folder of `.eml` files, to be opened, printed, or carried on."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from notifications.channels import Receipt, Undeliverable, Unreachable
from notifications.mail import BadAddress, Message


@dataclass(frozen=True, slots=True)
class FolderChannel:
    """Lays each message into `folder` as a file of its own, whole or not at all."""

    folder: Path

    def deliver(self, message: Message, *, at: datetime) -> Receipt:  # noqa: ARG002 - the protocol's
        """The file is on the disk when this returns. Raises Undeliverable, Unreachable (not writable, disk full)."""
        try:
            content = message.as_bytes(encoding="8bit")
        except BadAddress as fault:
            raise Undeliverable(str(fault)) from fault
        path = self.folder / file_name(message)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _write(path, content)
        except OSError as fault:
            raise Unreachable(_sentence(self.folder, fault), for_all=True) from fault
        return Receipt(path.name)


def file_name(message: Message) -> str:
    """When it was planned (UTC) and the mark of its Message-ID: the same message is the same file."""
    return f"{message.dated_at.astimezone(UTC):%Y%m%d-%H%M}-{message.mark}.eml"


def _write(path: Path, content: bytes) -> None:
    """Write aside, sync, then rename: nobody ever sees half a message, also after the power went."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Make the new name itself durable, where a folder can be synced."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sentence(folder: Path, fault: OSError) -> str:
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk of {folder} is full: make room there; what waits goes out by itself then."
    if fault.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{folder} cannot be written: give Plumbline the right to, or choose another PLUMBLINE_HOME."
    if fault.errno in (errno.EEXIST, errno.ENOTDIR):
        return f"{folder} is not a folder: remove what is in its place."
    return f"{folder} cannot be written ({fault.strerror}): see to the disk."
