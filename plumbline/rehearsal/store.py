"""The rehearsal store: a database of its own, written in bulk, to look through a rehearsal afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session, col

from cases import rulebooks
from cases.deadlines import Deadline, DeadlineEntry, Firing
from cases.history import Event, Hashed
from cases.matters import Matter, OnFile
from cases.office import Occurred, Office
from cases.organisations import Organisation
from cases.people import Person, Posting
from cases.rulebooks import Installation
from notifications.notices import Notice
from plumbline.database import engine_for
from plumbline.rehearsal.held import Held
from plumbline.rehearsal.mapping import Body
from plumbline.setup import upgrade
from states.rulebook import Rulebook

BATCH = 20_000  # rows of all tables together, before they are written
ABOVE = "above"  # the login of whoever receives what is sent to the body above

_MATTER = tuple(part.name for part in fields(OnFile))
_EVENT = tuple(part.name for part in fields(Hashed))
_TABLES: tuple[tuple[str, Any], ...] = (
    ("matter", insert(Matter)), ("event", insert(Event)), ("deadline", insert(Deadline)),
    ("entry", insert(DeadlineEntry)), ("firing", insert(Firing)),
)  # fmt: skip


class UnusableStore(Exception):
    """The rehearsal store cannot be made there; the message says why and what to do."""


@dataclass(slots=True)
class Store:
    """Rows on their way into the store. Nothing is written until a case is whole, and then in batches."""

    session: Session
    office: Office
    matters: Iterator[int] = field(default_factory=lambda: count(1))
    events: Iterator[int] = field(default_factory=lambda: count(1))
    deadlines: Iterator[int] = field(default_factory=lambda: count(1))
    _rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name, _ in _TABLES})
    _told: list[Occurred] = field(default_factory=list)

    def event(self, hashed: Hashed) -> int:
        """An event; its id."""
        key = next(self.events)
        self._rows["event"].append({"id": key, **{name: getattr(hashed, name) for name in _EVENT}})
        return key

    def firing(self, deadline: int, rung: str, *, at: datetime, event: int) -> None:
        """A rung that fired."""
        self._rows["firing"].append({"deadline": deadline, "rung": rung, "at": at, "event": event})

    def matter(self, row: OnFile, held: Held, told: Sequence[Occurred]) -> None:
        """A case that was played to its end, with its clocks and whom it concerned."""
        self._rows["matter"].append({name: getattr(row, name) for name in _MATTER})
        self._rows["deadline"] += held.rows.values()
        self._rows["entry"] += held.lines
        self._told += told
        if sum(map(len, self._rows.values())) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting, plan its notices, and commit."""
        connection = self.session.connection()
        for name, statement in _TABLES:
            if self._rows[name]:
                connection.execute(statement, self._rows[name])
                self._rows[name] = []
        self.office.announce(self.session, self.office, self._told)
        self._told = []
        self.session.commit()

    def notices(self) -> Iterator[tuple[str, str, datetime]]:
        """Every notice planned: its document, whom it is for, and when it was planned."""
        query = select(col(Notice.document), col(Notice.recipient), col(Notice.planned_at)).order_by(
            col(Notice.id)
        )
        for row in self.session.execute(query, execution_options={"yield_per": 2000}):
            yield row.document, row.recipient, row.planned_at


@contextmanager
def opened(url: str, office: Office, body: Body, *, at: datetime) -> Iterator[Store]:
    """A new store at this URL with the rulebook and a person for each role. Raises UnusableStore.

    What goes wrong on the way leaves no store behind.
    """
    path = _free_place(url)
    engine = engine_for(url)
    try:
        upgrade(engine)
        with Session(engine, expire_on_commit=False) as session:
            _staff(session, office.rulebook(), body, at=at)
            session.commit()
            yield Store(session, office)
    except BaseException:
        _clear(engine, path)
        raise
    engine.dispose()


def _free_place(url: str) -> Path:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UnusableStore(
            "The rehearsal store is not a database URL: write sqlite:///rehearsal.db."
        ) from None
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise UnusableStore("A rehearsal store is a SQLite file of its own: write sqlite:///rehearsal.db.")
    path = Path(parsed.database)
    if path.exists():
        raise UnusableStore(
            f"{path} exists already: a rehearsal begins with an empty store. Name another file."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise UnusableStore(
            f"{path.parent} cannot be made ({fault.strerror}): name another folder."
        ) from None
    return path


def _clear(engine: Engine, path: Path) -> None:
    engine.dispose()
    for each in (path, *(path.with_name(path.name + ending) for ending in ("-wal", "-shm"))):
        each.unlink(missing_ok=True)


def _staff(session: Session, rulebook: Rulebook, body: Body, *, at: datetime) -> None:
    """The body that keeps the cases, one above it, and whoever holds each role, called by the role's name."""
    key = rulebooks.publish(session, rulebook, at=at)
    uid = str(uuid.uuid5(uuid.NAMESPACE_URL, f"rehearsal:{key}"))
    session.add(Installation(uid=uid, rehearsal=True, rulebook=key, created_at=at))
    above = f"{body.code[:28]}-UP"
    session.add(
        Organisation(code=above, kind="commission", name_zh=f"{body.zh}的上级", name_en=f"Above {body.en}")
    )
    session.flush()
    session.add(Organisation(code=body.code, kind="unit", name_zh=body.zh, name_en=body.en, parent=above))
    session.flush()
    holders = [(name, role.label.zh, name, body.code) for name, role in rulebook.roles.items()]
    for login, name, role, code in [*holders, (ABOVE, "上级", rulebook.receives, above)]:
        session.add(Person(login=login, name=name[:100], organisation=code))
        session.flush()
        session.add(Posting(person=login, role=role, organisation=code))
    session.flush()
