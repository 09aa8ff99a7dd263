"""By hand: files that somebody lays into PLUMBLINE_HOME/exchange/in, from a stick or a mailbox, are taken in by themselves.

Each then lies in `done`, or in `refused` beside a text that says why. Like by wire, the file's signature is its pass; a
site's key is never taken in this way, because trusting it is for a person to do.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from cases import canonical
from cases.canonical import NotCanonical
from cases.exchange import BY_FOLDER
from cases.packets import refused
from notifications import mailed_files
from plumbline import clock
from plumbline.carrying.told import Carried
from plumbline.exchange import Exchanger
from states.facts import Refused

MOST = 200  # files in one round
SETTLED_FOR = timedelta(seconds=5)  # a file that is still being copied is left alone


def take_in(end: Exchanger, *, at: datetime) -> Carried:
    """Take in every file that lies there, and lay it aside."""
    inbox = end.work.settings.home / "exchange" / "in"
    done = Carried()
    for path in _lying(inbox):
        try:
            with path.open("rb") as stream:
                data = stream.read(mailed_files.MOST_BYTES + 1)
        except OSError:  # taken away meanwhile, or not ours to read: it stays where it is
            continue
        done += _one(end, path, data, at=at)
    return done


def _lying(inbox: Path) -> Iterator[Path]:
    """The files in it, the oldest first, that nobody is writing to any more."""
    try:
        found = [entry for entry in os.scandir(inbox) if entry.is_file(follow_symlinks=False)]
    except (FileNotFoundError, NotADirectoryError):
        return
    latest = (clock.now() - SETTLED_FOR).timestamp()
    ages = {}
    for entry in found:
        with suppress(FileNotFoundError):
            ages[entry.path] = entry.stat(follow_symlinks=False).st_mtime
    settled = sorted((age, path) for path, age in ages.items()
                     if age <= latest and not Path(path).name.startswith("."))  # fmt: skip
    yield from (Path(path) for _, path in settled[:MOST])


def _one(end: Exchanger, path: Path, data: bytes, *, at: datetime) -> Carried:
    try:
        new = _taken(end, data, at=at)
    except Refused as refusal:
        kept = _lay(path, path.parent.parent / "refused")
        if kept is not None:
            _write_why(kept, refusal)
        return Carried(failed=1)
    _lay(path, path.parent.parent / "done")
    return Carried(brought=1, taken=int(new))


def _taken(end: Exchanger, data: bytes, *, at: datetime) -> bool:
    """Whether the file said anything new. Raises Refused."""
    kind = _kind(data)
    if kind == "packet":
        return end.receive(data, actor=None, by=BY_FOLDER, at=at).new
    if kind == "reply":
        return end.take_reply(data, actor=None, by=BY_FOLDER, at=at).new
    if kind == "site-key":
        refusal = refused("not_by_itself", "公钥须由人核对后导入。", "A key is not taken in by itself.",
                          zh="请核对站点编号后用 site trust 导入。",
                          en="Compare the site's name, then run `site trust`.")  # fmt: skip
        end.refuse(data, refusal, by=BY_FOLDER, at=at)
        raise refusal
    end.receive(data, actor=None, by=BY_FOLDER, at=at)  # says what is wrong with it, and puts that on record
    return False


def _kind(data: bytes) -> str:
    """What it says it is; nothing of it is believed yet."""
    try:
        found = canonical.read(mailed_files.opened(data))
    except (NotCanonical, Refused):
        return ""
    return str(found.get("plumbline", "")) if isinstance(found, dict) else ""


def _lay(path: Path, folder: Path) -> Path | None:
    """Move a file there, beside others of its name. None where somebody else moved it first."""
    folder.mkdir(parents=True, exist_ok=True)
    to = folder / path.name
    if to.exists():
        to = folder / f"{clock.now():%Y%m%dT%H%M%S%f}-{path.name}"
    try:
        path.replace(to)
    except FileNotFoundError:
        return None
    return to


def _write_why(path: Path, refusal: Refused) -> None:
    lines = [f"{one.message.zh}{one.cure.zh}\n{one.message.en} {one.cure.en}\n[{one.code}]\n"
             for one in refusal.reasons]  # fmt: skip
    path.with_name(f"{path.name}.txt").write_text("\n".join(lines), encoding="utf-8")
