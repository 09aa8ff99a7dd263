"""Imported clues as rows: matter, first event, subject, reporter, clocks. Many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlmodel import Session

from cases import history
from cases.deadlines import Deadline, DeadlineEntry
from cases.ledger_bulk import Same, preparer, reserve, write, write_prepared
from cases.ledger_clocks import DEADLINE, ENTRY, MOVE, Clock, ImportedClocks
from cases.ledger_distinct import Distinct
from cases.ledger_values import Clue
from cases.matters import Matter, Reporter, Subject
from cases.office import Office

Columns = dict[str, Sequence[Any] | Distinct | Same]


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


@dataclass
class Tables:
    """Writes batches of one import. `sha256` is the ledger's, so that every clue says where it came from."""

    session: Session
    office: Office
    clocks: ImportedClocks
    organisation: str
    actor: str
    at: datetime
    sha256: str

    def __post_init__(self) -> None:
        self._known: dict[int, tuple[tuple[Any, ...], list[tuple[Any, ...]]]] = {}
        self._deadline = preparer(self.session, Deadline, DEADLINE)
        self._entry = preparer(self.session, DeadlineEntry, ENTRY)

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
        known = Distinct.of(clue.known_on for clue in clues)
        columns: Columns = {
            "id": keys, "machine": Same("clue"), "number": [clue.number for clue in clues],
            "rulebook": Same(self.office.current), "state": [clue.state for clue in clues], "version": Same(1),
            "organisation": Same(self.organisation), "project": [placed.project for placed in batch],
            "handler": [placed.handler for placed in batch], "title": [clue.title for clue in clues],
            "received_on": [clue.received_on for clue in clues], "opened_at": Same(self.at),
            "moved_at": Same(self.at), "moved_by": Same(self.actor),
            "progressed_at": known.map(lambda day: datetime.combine(day, noon, zone)),
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
        """Every clock with the lines of its ledger. Clues that share their dates share what is written of them."""
        made = [(key, event, clock) for key, event, placed in zip(keys, events, batch, strict=True)
                for clock in self.clocks.of(placed.clue)]  # fmt: skip
        ids = reserve(self.session, Deadline, len(made))
        ready = [self._ready(clock) for _, _, clock in made]
        own = [(key, event) for key, (_, event, _) in zip(ids, made, strict=True)]
        deadlines = [
            (key, matter, *row) for key, (matter, _, _), (row, _) in zip(ids, made, ready, strict=True)
        ]
        entries = [(*of, *line) for of, (_, lines) in zip(own, ready, strict=True) for line in lines]
        write_prepared(self.session, Deadline, ("id", "matter", *DEADLINE), deadlines)
        write_prepared(self.session, DeadlineEntry, ("deadline", "event", *ENTRY), entries)

    def _ready(self, clock: Clock) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
        """A clock as the driver takes it."""
        if clock.key not in self._known:
            self._known[clock.key] = (
                self._deadline(clock.deadline),
                [self._entry(line) for line in clock.entries],
            )
        return self._known[clock.key]
