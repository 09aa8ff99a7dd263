"""Imported clues as rows: matter, first event, subject, reporter, clocks. Many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlmodel import Session

from cases import history
from cases.deadlines import Deadline, DeadlineEntry
from cases.ledger_bulk import Same, reserve, write
from cases.ledger_clocks import DEADLINE, ENTRY, MOVE, ImportedClocks
from cases.ledger_values import Clue
from cases.matters import Matter, Reporter, Subject
from cases.office import Office

Columns = dict[str, Sequence[Any] | Same]


@dataclass(frozen=True, slots=True)
class Placed:
    """A clue with what it needs of the office: the login of its handler, the code of its project."""

    clue: Clue
    handler: str | None
    project: str | None

    @property
    def values(self) -> dict[str, Any]:
        """What the clue keeps; a handler who has no account here is kept by name."""
        if self.clue.handler and self.handler is None:
            return self.clue.values | {"handler_text": self.clue.handler}
        return self.clue.values


@dataclass(frozen=True)
class Tables:
    """Writes batches of one import. `sha256` is the ledger's, so that every clue says where it came from."""

    session: Session
    office: Office
    clocks: ImportedClocks
    organisation: str
    actor: str
    at: datetime
    sha256: str

    def write(self, batch: Sequence[Placed]) -> dict[str, int]:
        """Put a batch on file; the new ids by number."""
        keys = reserve(self.session, Matter, len(batch))
        kept = [placed.values for placed in batch]
        said = [values | {"ledger_row": placed.clue.row, "ledger_sha256": self.sha256}
                for placed, values in zip(batch, kept, strict=True)]  # fmt: skip
        marks = [self._mark(placed.clue, data) for placed, data in zip(batch, said, strict=True)]
        self._matters(batch, keys, kept, marks)
        events = self._events(batch, keys, said, marks)
        self._subjects(batch, keys)
        self._clocks(batch, keys, events)
        return dict(zip((placed.clue.number for placed in batch), keys, strict=True))

    def _mark(self, clue: Clue, data: dict[str, Any]) -> str:
        """The first link of the clue's chain."""
        return history.digest(
            number=clue.number, seq=1, at=self.at, actor=self.actor, move=MOVE, from_state=None,
            to_state=clue.state, version=1, data=data, prev_hash="",
        )  # fmt: skip

    def _matters(
        self,
        batch: Sequence[Placed],
        keys: Sequence[int],
        kept: Sequence[dict[str, Any]],
        marks: Sequence[str],
    ) -> None:
        clues = [placed.clue for placed in batch]
        noon, zone = time(12), self.office.zone
        columns: Columns = {
            "id": keys, "machine": Same("clue"), "number": [clue.number for clue in clues],
            "rulebook": Same(self.office.current), "state": [clue.state for clue in clues], "version": Same(1),
            "organisation": Same(self.organisation), "project": [placed.project for placed in batch],
            "handler": [placed.handler for placed in batch], "title": [clue.title for clue in clues],
            "received_on": [clue.received_on for clue in clues], "opened_at": Same(self.at),
            "moved_at": Same(self.at), "moved_by": Same(self.actor),
            "progressed_at": [datetime.combine(clue.known_on, noon, zone) for clue in clues],
            "values": kept, "acts": Same({MOVE: [self.actor, self.office.day(self.at).isoformat()]}),
            "head_seq": Same(1), "head_hash": marks,
        }  # fmt: skip
        write(self.session, Matter, columns)

    def _events(
        self,
        batch: Sequence[Placed],
        keys: Sequence[int],
        said: Sequence[dict[str, Any]],
        marks: Sequence[str],
    ) -> Sequence[int]:
        ids = reserve(self.session, history.Event, len(batch))
        columns: Columns = {
            "id": ids, "matter": keys, "seq": Same(1), "at": Same(self.at), "actor": Same(self.actor),
            "move": Same(MOVE), "to_state": [placed.clue.state for placed in batch], "version": Same(1),
            "data": said, "prev_hash": Same(""), "hash": marks,
        }  # fmt: skip
        write(self.session, history.Event, columns)
        return ids

    def _subjects(self, batch: Sequence[Placed], keys: Sequence[int]) -> None:
        """Whom each clue is about; and, in a table of its own, who reported."""
        named = [(key, placed.clue.values) for key, placed in zip(keys, batch, strict=True)
                 if "subject" in placed.clue.values]  # fmt: skip
        subjects: Columns = {
            "matter": [key for key, _ in named], "name": [values["subject"] for _, values in named],
            "unit": [values.get("subject_unit", "") for _, values in named],
            "post": [values.get("subject_post", "") for _, values in named],
            "managed_by": [values.get("managed_by", "") for _, values in named],
        }  # fmt: skip
        write(self.session, Subject, subjects)
        told = [
            (key, placed.clue.private) for key, placed in zip(keys, batch, strict=True) if placed.clue.private
        ]
        write(
            self.session,
            Reporter,
            {"matter": [key for key, _ in told], "details": [what for _, what in told]},
        )

    def _clocks(self, batch: Sequence[Placed], keys: Sequence[int], events: Sequence[int]) -> None:
        made = [(key, event, clock) for key, event, placed in zip(keys, events, batch, strict=True)
                for clock in self.clocks.of(placed.clue)]  # fmt: skip
        ids = reserve(self.session, Deadline, len(made))
        deadlines: Columns = dict(
            zip(DEADLINE, zip(*(clock.deadline for _, _, clock in made), strict=True), strict=False)
        )
        write(self.session, Deadline, deadlines | {"id": ids, "matter": [key for key, _, _ in made]})
        lines = [
            (key, event, line)
            for key, (_, event, clock) in zip(ids, made, strict=True)
            for line in clock.entries
        ]
        entries: Columns = dict(zip(ENTRY, zip(*(line for _, _, line in lines), strict=True), strict=False))
        write(self.session, DeadlineEntry, entries | {
            "deadline": [key for key, _, _ in lines], "event": [event for _, event, _ in lines],
            "at": Same(self.at), "by": Same(self.actor),
        })  # fmt: skip
