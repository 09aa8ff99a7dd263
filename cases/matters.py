"""Matters: whatever a machine of the rulebook moves: a clue, a consultation, an escalation, a task, an inspection, a risk.

All of them live in one table, because they travel the same stairs: one gate, one history, one deadline ledger.
What is particular to a noun stands in `values`, as the rulebook's form fields named it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel, UniqueConstraint


class Matter(SQLModel, table=True):
    """One clue, consultation, escalation, task, inspection or risk point.

    `state` and `version` change in `cases.advance` alone. `values` holds the latest value of every form field that any
    move set; `acts` the latest act per move (`{move: [login, local day]}`). `head_seq` and `head_hash` are the end of
    its history's chain. `due_at` is when the nearest of its open clocks is late; triggers keep it (`cases.deadlines`), so
    that lists are ordered by an index, and nothing else writes it.
    """

    __tablename__ = "matter"
    __table_args__ = (
        Index("matter_by_state", "machine", "organisation", "state", "progressed_at"),
        Index("matter_by_due", "machine", "organisation", "due_at"),
        Index("matter_by_change", "machine", "organisation", "moved_at"),
        Index("matter_by_number", "machine", "organisation", "number"),
        Index("matter_by_receipt", "machine", "organisation", "received_on"),
        Index("matter_by_state_due", "machine", "organisation", "state", "due_at"),
        Index("matter_by_handler", "handler", "machine", "due_at"),
        Index("matter_by_handler_state", "handler", "machine", "state", "progressed_at"),
        Index("matter_by_mover", "moved_by", "machine", "state", "due_at"),
        Index("matter_by_addressee", "addressee", "machine"),
        Index("matter_by_project", "machine", "organisation", "project"),
        Index("matter_by_opener", "opener", "machine", "handler"),
    )

    id: int | None = Field(default=None, primary_key=True)
    machine: str = Field(max_length=64)
    number: str = Field(unique=True, max_length=64)
    rulebook: str = Field(max_length=128)
    state: str = Field(max_length=64)
    version: int = 1
    organisation: str = Field(foreign_key="organisation.code", max_length=32)
    addressee: str | None = Field(default=None, foreign_key="organisation.code", max_length=32)
    project: str | None = Field(default=None, foreign_key="project.code", max_length=32)
    opener: str | None = Field(default=None, foreign_key="person.login", max_length=64)
    handler: str | None = Field(default=None, foreign_key="person.login", max_length=64)
    title: str = Field(default="", max_length=200)
    received_on: date | None = None
    opened_at: datetime
    moved_at: datetime
    moved_by: str = Field(max_length=64)
    progressed_at: datetime
    sent_at: datetime | None = None  # when it became visible to the addressee
    due_at: datetime | None = None
    values: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    acts: dict[str, list[str]] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    head_seq: int = 0
    head_hash: str = Field(default="", max_length=64)


@dataclass(frozen=True, slots=True)
class OnFile:
    """A matter's row as it was read, for judging: plain, frozen, and apart from any session."""

    id: int
    machine: str
    number: str
    rulebook: str
    state: str
    version: int
    organisation: str
    addressee: str | None
    project: str | None
    opener: str | None
    handler: str | None
    title: str
    received_on: date | None
    opened_at: datetime
    moved_at: datetime
    moved_by: str
    progressed_at: datetime
    sent_at: datetime | None
    values: dict[str, Any]
    acts: dict[str, list[str]]
    head_seq: int
    head_hash: str


class MatterLink(SQLModel, table=True):
    """That one matter came out of another: a clue's consultation, its escalation, a round's task, a finding's clue."""

    __tablename__ = "matter_link"
    __table_args__ = (UniqueConstraint("parent", "child", "kind"),)

    id: int | None = Field(default=None, primary_key=True)
    parent: int = Field(foreign_key="matter.id", index=True)
    child: int = Field(foreign_key="matter.id", index=True)
    kind: str = Field(max_length=64)


class Seat(SQLModel, table=True):
    """A person who takes part in a matter: a consultation member, an inspector, the owner of a task."""

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("matter", "person"),)

    id: int | None = Field(default=None, primary_key=True)
    matter: int = Field(foreign_key="matter.id")
    person: str = Field(foreign_key="person.login", index=True, max_length=64)


class Reader(SQLModel, table=True):
    """That a matter was put before a person: a copy, a delegated piece of work, a signature. They may read it, as far as
    their role could see such a matter at all, and answer what they were asked; they take no other part in it.

    `ground` is the move that did it and `since` its number in the history; `ended` is the number of the event that ended
    it, and `why` a word for that. Who has ended reads nothing: to read again takes another row.
    """

    __tablename__ = "reader"
    __table_args__ = (UniqueConstraint("matter", "person", "ground", "since"),)

    id: int | None = Field(default=None, primary_key=True)
    matter: int = Field(foreign_key="matter.id")
    person: str = Field(foreign_key="person.login", index=True, max_length=64)
    ground: str = Field(max_length=64)
    since: int
    ended: int | None = None
    why: str | None = Field(default=None, max_length=16)


class Subject(SQLModel, table=True):
    """Whom or what a clue is about, and which body manages that person."""

    __tablename__ = "subject"

    id: int | None = Field(default=None, primary_key=True)
    matter: int = Field(foreign_key="matter.id", index=True)
    name: str = Field(index=True, max_length=200)
    unit: str = Field(default="", max_length=200)
    post: str = Field(default="", max_length=200)
    managed_by: str = Field(default="", max_length=64)


class Reporter(SQLModel, table=True):
    """Who reported. Kept apart: no list, log, notice, export or history holds any of this."""

    __tablename__ = "reporter"

    matter: int = Field(primary_key=True, foreign_key="matter.id")
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class RequestKey(SQLModel, table=True):
    """An idempotency key and what was answered to it, kept in the same transaction as the move."""

    __tablename__ = "request_key"

    actor: str = Field(primary_key=True, max_length=64)
    key: str = Field(primary_key=True, max_length=200)
    fingerprint: str = Field(max_length=64)
    answer: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    at: datetime


class Counter(SQLModel, table=True):
    """The last number given out under a prefix, e.g. "MGJ-2026"."""

    __tablename__ = "counter"

    name: str = Field(primary_key=True, max_length=64)
    value: int = 0
