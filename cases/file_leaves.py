"""The leaves of a person's integrity file: sealed with a key that is not in the database, each a row that nothing changes.

The history holds a leaf's number and a seal over what is stored. So an audit finds a leaf that was changed, put in or taken
out, without reading any; and no history, list, notice or search can tell what a leaf says, or of which part it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col

from cases import file_refusals
from cases.file_refusals import refused
from cases.matters import OnFile
from cases.office import Office
from cases.sealing import Sealing
from states.facts import Reason
from states.file_rules import (
    DATED_ON,
    LEAF,
    LEAF_SEAL,
    PART,
    SIGNED_BY,
    SIGNED_ON,
    STAMPED_BY,
    SUBJECT,
    TEXT,
    TITLE,
    FileRules,
)
from states.names import key_of, of_person, same
from states.rulebook import Machine, Move

SIGNED_AS = "leaf_signed_as"  # of one that was signed here: the account
SOURCE, TOLD = "source", "told"  # of a leaf that flowed in: the number of the matter, and what it came to


class FileLeaf(SQLModel, table=True):
    """A leaf: its number within the file, what it holds, sealed, and the event by which it was put in."""

    __tablename__ = "file_leaf"
    __table_args__ = (UniqueConstraint("matter", "leaf"),)

    id: int | None = Field(default=None, primary_key=True)
    matter: int = Field(foreign_key="matter.id")
    leaf: int
    sealed: str
    event: int = Field(foreign_key="event.id", unique=True)


@dataclass(frozen=True, slots=True)
class Written:
    """A leaf about to be put in."""

    leaf: int
    sealed: str
    seal: str

    def kept(self) -> dict[str, Any]:
        """What the history holds of it."""
        return {LEAF: self.leaf, LEAF_SEAL: self.seal}


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf that was opened: what it holds, by the names of its fields."""

    leaf: int
    event: int
    holds: Mapping[str, Any]

    @property
    def part(self) -> str:
        """The part of the file it belongs to."""
        return str(self.holds.get(PART))

    @property
    def on(self) -> date:
        """Its date: of the signature, or of the paper."""
        return date.fromisoformat(str(self.holds.get(SIGNED_ON) or self.holds.get(DATED_ON)))


def faults(machine: Machine, row: OnFile, move: str, form: Mapping[str, Any]) -> list[Reason]:
    """What is wrong with a leaf that somebody puts in: signed by another, or nothing for a file."""
    rules = machine.file
    if rules is not None and move == rules.own_by:
        theirs = same(of_person(str(form[SIGNED_BY])), of_person(str(row.values.get(SUBJECT, ""))))
        return [] if theirs else [file_refusals.SIGNED_BY_ANOTHER]
    return _never(rules, form) if rules is not None and move == rules.supplied_by else []


def incomplete(machine: Machine, move: str, given: Mapping[str, Any]) -> list[Reason]:
    """What a form lacks that makes no leaf: by the rule it breaks, beside the field that is missing."""
    rules = machine.file
    if rules is None:
        return []
    asked = {rules.own_by: (SIGNED_BY, SIGNED_ON), rules.supplied_by: (STAMPED_BY, DATED_ON)}
    if all(given.get(name) for name in asked.get(move, ())):
        return []
    return [file_refusals.UNSIGNED if move == rules.own_by else file_refusals.UNSTAMPED]


def example(machine: Machine, row: OnFile, move: str) -> dict[str, str]:
    """Who signs a part that the person fills in."""
    own = machine.file is not None and move == machine.file.own_by
    return {SIGNED_BY: str(row.values.get(SUBJECT, ""))} if own else {}


def _never(rules: FileRules, form: Mapping[str, Any]) -> list[Reason]:
    called = [str(form.get(TITLE, "")), str(form.get(TEXT, "")).strip().partition("\n")[0]]
    found = any(key_of(word) in key_of(text) for word in rules.never for text in called)
    return [file_refusals.NOT_FOR_THE_FILE] if found else []


def taken_out(machine: Machine, rule: Move, form: dict[str, Any]) -> dict[str, Any]:
    """What of the form is the leaf; the form holds it no longer."""
    if machine.file is None and machine.sheet is None:
        return {}
    vaulted = [field.name for field in rule.fields if field.vaulted]
    found = {name: form.pop(name) for name in (*vaulted, SOURCE, TOLD, DATED_ON, SIGNED_AS) if name in form}
    return {name: value for name, value in found.items() if value is not None}


def written(session: Session, office: Office, row: OnFile, holds: Mapping[str, Any]) -> Written:
    """The next leaf of a file that is held for change. Raises Refused where this place has no key to seal with, or another
    one than the leaves on file were sealed with: a file under two keys is never read as a whole."""
    _check_key(session, office)
    last = session.execute(
        select(func.max(col(FileLeaf.leaf))).where(col(FileLeaf.matter) == row.id)
    ).scalar()
    leaf = int(last or 0) + 1
    plain = {"of": row.number, LEAF: leaf} | dict(holds)
    sealed = vault_of(office).seal(orjson.dumps(plain).decode())
    return Written(leaf, sealed, seal(row.number, leaf, sealed))


def _check_key(session: Session, office: Office) -> None:
    newest = session.execute(select(col(FileLeaf.sealed)).order_by(col(FileLeaf.id).desc()).limit(1)).scalar()
    if newest is not None and vault_of(office).opened(newest) is None:
        raise refused(file_refusals.UNREADABLE)


def seal(number: str, leaf: int, sealed: str) -> str:
    """SHA-256 (hex) over the file's number, the leaf's, and what is stored of it: nobody can guess from it what it says."""
    return hashlib.sha256(orjson.dumps([number, leaf, sealed])).hexdigest()


def keep(session: Session, matter: int, one: Written, *, event: int) -> None:
    """Put it down."""
    session.add(FileLeaf(matter=matter, leaf=one.leaf, sealed=one.sealed, event=event))
    session.flush()


def opened(session: Session, office: Office, matter: int, number: str) -> list[Leaf]:
    """Every leaf of a file, oldest first. For whoever checked that it may be read. Raises Refused (leaf_unreadable)."""
    vault = vault_of(office)
    query = select(FileLeaf).where(col(FileLeaf.matter) == matter).order_by(col(FileLeaf.leaf))
    found = []
    for one in session.execute(query).scalars():
        text = vault.opened(one.sealed)
        holds = orjson.loads(text) if text is not None else {}
        if (holds.get("of"), holds.get(LEAF)) != (number, one.leaf):
            raise refused(file_refusals.UNREADABLE)
        found.append(Leaf(one.leaf, one.event, holds))
    return found


def lacking(
    session: Session, office: Office, machine: Machine, matter: int, number: str, *, today: date
) -> dict[str, list[str]]:
    """The parts every file has that this one lacks, or whose newest leaf is older than a year: their labels."""
    rules = machine.file
    if rules is None or not rules.yearly:
        return {}
    newest: dict[str, date] = {}
    for leaf in opened(session, office, matter, number) if office.vault is not None else ():
        newest[leaf.part] = max(leaf.on, newest.get(leaf.part, leaf.on))
    labels = part_labels(machine, rules)
    return {
        part: [labels[part].zh, labels[part].en] for part in rules.yearly
        if part not in newest or _over_a_year(newest[part], today)
    }  # fmt: skip


def _over_a_year(on: date, today: date) -> bool:
    return (today.year - on.year, today.month - on.month, today.day - on.day) > (1, 0, 0)


def part_labels(machine: Machine, rules: FileRules) -> dict[str, Any]:
    """The names of the parts for people."""
    moves = (machine.moves[name] for name in (rules.own_by, rules.supplied_by))
    return {part: said for move in moves for field in move.fields if field.name == PART
            for part, said in field.choices.items()}  # fmt: skip


def vault_of(office: Office) -> Sealing:
    """What seals and opens leaves here. Raises Refused (no_vault) where this place has no key."""
    if office.vault is None:
        raise refused(file_refusals.NO_VAULT)
    return office.vault


def numbered(session: Session, matter: int) -> Sequence[int]:
    """The numbers of a file's leaves, which say nothing of what they hold."""
    query = select(col(FileLeaf.leaf)).where(col(FileLeaf.matter) == matter).order_by(col(FileLeaf.leaf))
    return session.execute(query).scalars().all()
