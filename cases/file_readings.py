"""Reading a person's integrity file: asked for, approved by somebody else, open for a bounded time to whoever asked.

There is no other way to what a leaf says. The instant decides, not the sweep: from `open_until` on nothing is shown,
whether or not the reading was put down as over yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import access, file_leaves, file_refusals, gathering, person_files, reads, recusals
from cases.errors import NoSuchMatter
from cases.file_leaves import SOURCE, FileLeaf, Leaf
from cases.file_refusals import refused
from cases.history import Event
from cases.matters import Matter, MatterLink, OnFile
from cases.office import Office
from states.facts import Reason
from states.file_rules import ACCOUNT, FILE, LEAF_SEAL, OPEN_UNTIL, FileRules, ReadingRules
from states.hours import hours_end_at
from states.periods import Period
from states.rulebook import Label, Machine

CONTENTS = "contents"  # what the log of reads calls it
OF_FILE = "file_reading"  # the kind of link from a file to its readings


@dataclass(frozen=True, slots=True)
class Contents:
    """What an approved reading shows, the newest leaf of each part first, and until when."""

    reading: str
    file: str
    person: str
    parts: str
    until: datetime
    leaves: Sequence[Leaf]
    labels: Mapping[str, Label]


def faults(
    session: Session, machine: Machine, row: OnFile, move: str, form: Mapping[str, Any]
) -> list[Reason]:
    """What is wrong with an approval: another person's file, or whoever asked is kept out of it."""
    rules = machine.reading
    if rules is None or move != rules.approved_by or not form.get(FILE):
        return []
    file = session.execute(select(Matter).where(col(Matter.number) == form[FILE])).scalar_one_or_none()
    if file is None:
        return []  # the form says so
    if not person_files.may_be_of(session, file, row.values):
        return [file_refusals.FILE_OF_ANOTHER]
    asker = _asker(machine, row)
    if asker in recusals.out_of(session, int(file.id or 0)) or file.values.get(ACCOUNT) == asker:
        return [file_refusals.ASKER_KEPT_OUT]
    return []


def worked_out(machine: Machine, move: str, *, at: datetime) -> dict[str, str]:
    """Until when an approval opens a file."""
    rules = machine.reading
    if rules is None or move != rules.approved_by:
        return {}
    return {OPEN_UNTIL: hours_end_at(at, Period.parse(rules.lasts)).isoformat()}


def example(
    session: Session, office: Office, machine: Machine, row: OnFile, move: str, *, actor: str
) -> dict[str, str]:
    """The file of the person asked for, where whoever approves sees one."""
    rules = machine.reading
    if rules is None or move != rules.approved_by:
        return {}
    theirs = (one for one in person_files.live(session, office, row.organisation)
              if person_files.may_be_of(session, one, row.values))  # fmt: skip
    seen = (person_files.in_sight(session, office, one.number, actor) for one in theirs)
    return {FILE: number} if (number := next(filter(None, seen), None)) else {}


def _asker(machine: Machine, row: OnFile) -> str:
    """Who asked. Not who keeps the request since, as where an account ended: approved was a person."""
    return row.acts[machine.register_move][0]


def contents(
    session: Session, office: Office, number: str, *, actor: str, door: str, at: datetime
) -> Contents:
    """What the reading `number` shows `actor` at this instant; that they were shown it is on record before.

    Raises NoSuchMatter for what is not theirs, is about them, or they are kept out of; Refused: not_the_asker,
    reading_closed, leaf_altered, leaf_unreadable, no_vault.
    """
    row = gathering.load(session, office, number, login=actor, for_change=True).row
    machine = office.rulebook(row.rulebook).machines[row.machine]
    rules = machine.reading
    if rules is None:
        raise NoSuchMatter(number)
    _check_open(rules, machine, row, actor=actor, at=at)
    file = _file(session, row)
    if actor in recusals.out_of(session, file.id) or file.values.get(ACCOUNT) == actor:
        raise NoSuchMatter(number)
    of_file = office.rulebook(file.rulebook).machines[file.machine]
    kept = of_file.file
    if kept is None:
        raise NoSuchMatter(number)
    asked = str(row.values.get(rules.asks))
    found = [leaf for leaf in _untouched(session, office, file) if _is_asked(rules, kept, asked, leaf.part)]
    shown = [leaf for leaf in found if not _kept_out(session, leaf, actor)]
    reads.note(session, file.number, login=actor, what=CONTENTS, door=door, at=at)
    order = [part for parts in kept.groups.values() for part in parts]
    shown.sort(key=lambda leaf: (order.index(leaf.part), -leaf.leaf))
    return Contents(row.number, file.number, str(file.values.get("subject", "")), asked,
                    datetime.fromisoformat(str(row.values[OPEN_UNTIL])), shown,
                    file_leaves.part_labels(of_file, kept))  # fmt: skip


def _check_open(rules: ReadingRules, machine: Machine, row: OnFile, *, actor: str, at: datetime) -> None:
    if _asker(machine, row) != actor:
        raise refused(file_refusals.NOT_THE_ASKER)
    if row.state != machine.moves[rules.approved_by].to or not _is_open(row, at):
        raise refused(file_refusals.CLOSED)


def _is_open(row: OnFile, at: datetime) -> bool:
    until = row.values.get(OPEN_UNTIL)
    return isinstance(until, str) and at < datetime.fromisoformat(until)


def _file(session: Session, row: OnFile) -> OnFile:
    named = select(col(Matter.id)).where(col(Matter.number) == row.values.get(FILE))
    return gathering.load_by_id(session, int(session.execute(named).scalar_one() or 0)).row


def _untouched(session: Session, office: Office, file: OnFile) -> list[Leaf]:
    """The leaves, each as its event in the history holds a seal of it. Raises Refused (leaf_altered)."""
    query = (
        select(FileLeaf, col(Event.data))
        .join(Event, col(Event.id) == col(FileLeaf.event))
        .where(col(FileLeaf.matter) == file.id)
    )
    for one, data in session.execute(query):
        if data.get(LEAF_SEAL) != file_leaves.seal(file.number, one.leaf, one.sealed):
            raise refused(file_refusals.ALTERED)
    return file_leaves.opened(session, office, file.id, file.number)


def _is_asked(rules: ReadingRules, kept: FileRules, asked: str, part: str) -> bool:
    return asked == rules.everything or part in kept.groups.get(asked, ())


def _kept_out(session: Session, leaf: Leaf, actor: str) -> bool:
    """Whether a leaf came out of a matter that this person is kept out of."""
    if not (source := leaf.holds.get(SOURCE)):
        return False
    key = session.execute(select(col(Matter.id)).where(col(Matter.number) == source)).scalar_one_or_none()
    return key is not None and actor in recusals.out_of(session, int(key))


def of_file(session: Session, office: Office, file: int, *, actor: str) -> list[dict[str, Any]]:
    """The readings of a file that this person sees, the newest first."""
    seen = access.visible_to(session, actor, office.rulebook(), machine=OF_FILE)
    linked = select(col(MatterLink.child)).where(
        col(MatterLink.parent) == file, col(MatterLink.kind) == OF_FILE
    )
    query = select(Matter).where(seen, col(Matter.id).in_(linked)).order_by(col(Matter.id).desc())
    return [_line(row) for row in session.execute(query).scalars()]


def _line(row: Matter) -> dict[str, Any]:
    return {"number": row.number, "state": row.state, "title": row.title, "by": row.opener,
            "parts": row.values.get("read_parts"), "until": row.values.get(OPEN_UNTIL)}  # fmt: skip


def lapsed(session: Session, office: Office, *, at: datetime) -> list[tuple[int, str]]:
    """The readings whose time is over and that are not put down as such, each with the move that does."""
    found = []
    for name, machine in office.rulebook().machines.items():
        if (rules := machine.reading) is None:
            continue
        query = select(col(Matter.id), col(Matter.values)).where(
            col(Matter.machine) == name, col(Matter.state) == machine.moves[rules.approved_by].to
        )
        for key, values in session.execute(query.order_by(col(Matter.id))):
            if datetime.fromisoformat(values[OPEN_UNTIL]) <= at:
                found.append((int(key or 0), rules.lapses_by))
    return found
