"""Every matter's history recomputed event by event, and the matter's row held against what its history amounts to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session, col

from cases import history, linking
from cases.history import Event
from cases.matters import Matter, Subject
from states.rulebook import FormField, Label, Machine, Rulebook

STREAM = {"yield_per": 2000}
IMPORT = "import"  # the event of a clue that came in with a ledger
ORIGIN = ("ledger_row", "ledger_sha256")  # where it stood there: part of the event, not of the clue


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written: whose history, which event (its id) if it is one, and why."""

    subject: str
    event: int | None
    code: str
    why: Label

    def as_dict(self, lang: str) -> dict[str, Any]:
        """The form of contract.md, with a stable code besides."""
        return {"subject": self.subject, "event": self.event, "code": self.code, "why": self.why.in_(lang)}


@dataclass
class Fold:
    """What a history amounts to."""

    seq: int = 0
    head: str = ""
    state: str | None = None
    version: int = 0
    moved_by: str = ""
    moved_at: datetime | None = None
    values: dict[str, Any] = field(default_factory=dict)
    acts: dict[str, list[str]] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)
    opened_at: datetime | None = None
    opener: str | None = None
    sent_at: datetime | None = None


def faults(session: Session, books: Mapping[str, Rulebook]) -> Iterator[Fault]:
    """What is wrong with any matter: its chain, or its row against its chain."""
    columns = [getattr(Matter, name) for name in (
        "id", "number", "machine", "rulebook", "state", "version", "values", "acts", "handler", "addressee", "project",
        "title", "received_on", "moved_by", "moved_at", "opened_at", "opener", "sent_at", "head_seq",
        "head_hash")]  # fmt: skip
    rows = session.execute(select(*columns).order_by(col(Matter.id)), execution_options=STREAM)
    histories = _histories(session)
    key, events = next(histories, (None, []))
    for row in rows:
        while key is not None and key < row.id:
            yield _orphan(events[0])
            key, events = next(histories, (None, []))
        own: Sequence[Any] = []
        if key == row.id:
            own = events
            key, events = next(histories, (None, []))
        yield from _of_matter(row, own, books.get(row.rulebook))
    while key is not None:
        yield _orphan(events[0])
        key, events = next(histories, (None, []))


def subjects(session: Session) -> Iterator[Fault]:
    """Whom a clue is about stands in a table of its own: it is whom history names."""
    named = col(Matter.values)["subject"].as_string()
    query = (
        select(col(Matter.number))
        .outerjoin(Subject, col(Subject.matter) == col(Matter.id))
        .where(func.coalesce(named, "") != func.coalesce(col(Subject.name), ""))
        .distinct()
        .order_by(col(Matter.number))
    )
    for number in session.execute(query, execution_options=STREAM).scalars():
        yield Fault(number, None, "subject_changed", Label(
            en="Whom it is about is not whom its history names.", zh="被反映人与历史记录不符。"))  # fmt: skip


def _histories(session: Session) -> Iterator[tuple[int, list[Any]]]:
    """The events of one matter after the other, in the order of their chains."""
    columns = [getattr(Event, name) for name in (
        "id", "matter", "seq", "at", "actor", "move", "from_state", "to_state", "version", "data", "prev_hash",
        "hash")]  # fmt: skip
    query = select(*columns).order_by(col(Event.matter), col(Event.seq))
    for matter, events in groupby(session.execute(query, execution_options=STREAM), key=attrgetter("matter")):
        yield matter, list(events)


def _orphan(event: Any) -> Fault:
    return Fault(f"matter {event.matter}", event.id, "matter_missing", Label(
        en="There is history of a matter that is no longer on file.", zh="有历史记录，但其事项已不在册。"))  # fmt: skip


def _of_matter(row: Any, events: Sequence[Any], book: Rulebook | None) -> Iterator[Fault]:
    if not events:
        yield Fault(row.number, None, "history_missing", Label(
            en="The matter has no history at all.", zh="该事项没有任何历史记录。"))  # fmt: skip
        return
    fold = Fold()
    for event in events:
        yield from _of_event(row.number, event, fold)
        _add(fold, event, book.machines.get(row.machine) if book else None, book.zone if book else None)
    last = events[-1]
    yield from _end(row, fold, last)
    yield from _changed(row, fold, last, known=book is not None)


def _of_event(number: str, event: Any, before: Fold) -> Iterator[Fault]:
    """Whether an event is as it was written, and follows the one before it."""
    if event.seq != before.seq + 1:
        yield Fault(number, event.id, "gap", Label(
            en=f"Events are missing or out of order before it: number {event.seq} follows number {before.seq}.",
            zh=f"之前的记录缺失或次序被改动：第 {before.seq} 条之后是第 {event.seq} 条。"))  # fmt: skip
    elif event.prev_hash != before.head:
        yield Fault(number, event.id, "broken_chain", Label(
            en="It does not follow the event before it: one of the two was replaced.",
            zh="与前一条记录不相衔接：其中之一被替换。"))  # fmt: skip
    mark = history.digest(number=number, seq=event.seq, at=event.at, actor=event.actor, move=event.move,
                          from_state=event.from_state, to_state=event.to_state, version=event.version,
                          data=event.data, prev_hash=event.prev_hash)  # fmt: skip
    if mark != event.hash:
        yield Fault(number, event.id, "altered", Label(en="The event was altered.", zh="该条记录被改动。"))
    elif before.seq and (event.from_state != before.state or event.version - before.version not in (0, 1)):
        yield Fault(number, event.id, "does_not_fit", Label(
            en=f"It leaves {event.from_state}, version {event.version}, but the matter was in {before.state}, "
               f"version {before.version}.",
            zh=f"该条记录自 {event.from_state}（版本 {event.version}）出发，而当时为 {before.state}"
               f"（版本 {before.version}）。"))  # fmt: skip


def _add(fold: Fold, event: Any, machine: Machine | None, zone: str | None) -> None:
    """One more event. What keeps the version (a rung that fired, a note) changes nothing of the matter itself."""
    moves = event.version != fold.version
    fold.seq, fold.head, fold.state, fold.version = event.seq, event.hash, event.to_state, event.version
    if not moves:
        return
    imported = event.move == IMPORT
    if fold.opened_at is None:
        fold.opened_at = event.at
        fold.opener = event.actor if not imported and history.is_person(event.actor) else None
    fold.moved_by, fold.moved_at = event.actor, event.at
    fold.values |= {name: value for name, value in event.data.items() if not (imported and name in ORIGIN)}
    if zone is not None:
        fold.acts[event.move] = [event.actor, event.at.astimezone(ZoneInfo(zone)).date().isoformat()]
    if machine is not None and event.move in machine.moves and machine.moves[event.move].sends:
        fold.sent_at = fold.sent_at or event.at
    if machine is not None and not imported:
        fold.columns |= linking.columns_set(_fields(machine, event.move), event.data)


def _fields(machine: Machine, move: str) -> Sequence[FormField]:
    if move in machine.moves:
        return machine.moves[move].fields
    return machine.register_


def _end(row: Any, fold: Fold, last: Any) -> Iterator[Fault]:
    if row.head_seq > fold.seq:
        yield Fault(row.number, None, "cut_off", Label(
            en=f"{row.head_seq - fold.seq} events at the end of its history are gone.",
            zh=f"历史末尾缺少 {row.head_seq - fold.seq} 条记录。"))  # fmt: skip
    elif row.head_seq < fold.seq or row.head_hash != fold.head:
        yield Fault(row.number, last.id, "head_differs", Label(
            en="The end of its history is not the one the matter knows of: an event was added, replaced or rewritten.",
            zh="历史末端与事项所记不符：有记录被添加、替换或重写。"))  # fmt: skip


def _changed(row: Any, fold: Fold, last: Any, *, known: bool) -> Iterator[Fault]:
    """Whether the row was changed behind its history's back."""
    expected: dict[str, Any] = {"state": fold.state, "version": fold.version, "moved_by": fold.moved_by,
                                "moved_at": fold.moved_at, "opened_at": fold.opened_at,
                                "opener": fold.opener}  # fmt: skip
    if known:
        expected |= {"values": fold.values, "acts": fold.acts, "sent_at": fold.sent_at} | fold.columns
    for name, value in expected.items():
        found = getattr(row, name)
        if found != value:
            where = _difference(name, found, value)
            yield Fault(row.number, last.id, "row_changed", Label(
                en=f"Its row was changed without a move: {where} differs from what its history says.",
                zh=f"事项未经办理而被改动：{where} 与历史不符。"))  # fmt: skip


def _difference(name: str, found: Any, expected: Any) -> str:
    """What differs, by name. What stands there is told of states and versions only: a report repeats no title."""
    if name in ("state", "version"):
        return f"{name} ({found} ≠ {expected})"
    if not isinstance(expected, dict):
        return name
    names = sorted(each for each in {*found, *expected} if found.get(each) != expected.get(each))
    return f"{name} ({', '.join(names[:10])})"
