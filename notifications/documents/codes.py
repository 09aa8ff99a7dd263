"""The code on a paper: the place in the matter's history it was made from, and the last checkpoint before that.

Whoever holds the paper holds a witness: a history that is written anew later no longer matches it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import segno
from sqlalchemy import select
from sqlmodel import Session, col

from cases.history import Checkpoint, Event
from cases.matters import Matter

WORD = "PLUMBLINE1"
NONE = "-"


class NotACode(ValueError):
    """This is not the code of one of our papers: it begins with PLUMBLINE1 and has six parts."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a matter's history, and the last checkpoint then; without one, `checkpoint` is None."""

    matter: str
    seq: int
    hash: str
    checkpoint: int | None = None
    checkpoint_hash: str = ""

    def __str__(self) -> str:
        """What the QR holds."""
        last = (NONE, NONE) if self.checkpoint is None else (str(self.checkpoint), self.checkpoint_hash)
        return " ".join((WORD, self.matter, str(self.seq), self.hash, *last))


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether history is still what the paper says: the event, and the checkpoint (None where it names none)."""

    mark: Mark
    event_stands: bool
    checkpoint_stands: bool | None

    @property
    def ok(self) -> bool:
        """Whether everything the code names stands."""
        return self.event_stands and self.checkpoint_stands is not False


def mark_of(session: Session, *, number: str, seq: int, head: str) -> Mark:
    """The mark of a matter whose history ends at `seq` with the hash `head`."""
    query = select(col(Checkpoint.id), col(Checkpoint.hash)).order_by(col(Checkpoint.id).desc()).limit(1)
    last = session.execute(query).first()
    return Mark(number, seq, head, *(last or ()))


def read(code: str) -> Mark:
    """The mark a QR holds. Raises NotACode."""
    parts = code.split()
    try:
        word, matter, seq, mark, checkpoint, checkpoint_hash = parts
        if word != WORD or len(mark) != 64:
            raise ValueError(code)
        last = None if checkpoint == NONE else int(checkpoint)
        return Mark(matter, int(seq), mark, last, "" if last is None else checkpoint_hash)
    except ValueError:
        raise NotACode(NotACode.__doc__) from None


def check(session: Session, mark: Mark) -> Checked:
    """Hold a code against the history on file."""
    event = select(col(Event.hash)).join(Matter, col(Matter.id) == col(Event.matter)).where(
        col(Matter.number) == mark.matter, col(Event.seq) == mark.seq)  # fmt: skip
    stands = session.execute(event).scalar() == mark.hash
    if mark.checkpoint is None:
        return Checked(mark, stands, None)
    checkpoint = select(col(Checkpoint.hash)).where(col(Checkpoint.id) == mark.checkpoint)
    return Checked(mark, stands, session.execute(checkpoint).scalar() == mark.checkpoint_hash)


def svg(code: str) -> str:
    """The QR as SVG; the same code is the same text. Empty for none."""
    return _drawn(code, kind="svg", scale=4, xmldecl=False).decode() if code else ""


def png(code: str) -> bytes:
    """The QR as PNG, for Word."""
    return _drawn(code, kind="png", scale=8)


def _drawn(code: str, **how: Any) -> bytes:
    kept = io.BytesIO()
    segno.make(code, error="m", micro=False).save(kept, border=1, **how)
    return kept.getvalue()
