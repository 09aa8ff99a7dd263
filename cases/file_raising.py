"""What files hear of: each sign that waits is taken up once, in a transaction of its own. A matter that ended flows into the
file of whom it is about, as the rulebook allows; a change of duty has the file updated; a reading that is over is put down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import file_readings, gathering, person_files, sign_sweep
from cases.advance import advance_by_engine
from cases.file_leaves import SOURCE, TOLD
from cases.file_signs import FileSign
from cases.history import Event
from cases.matters import OnFile
from cases.office import Office
from cases.sweep import Unit
from states.file_rules import ACCOUNT, DATED_ON, PART, Flow
from states.rulebook import Machine, StateKind


@dataclass(frozen=True, slots=True)
class Filed:
    """What a sweep did: signs taken up, files that something went into or that are to be updated, readings put down as over.
    `failed` are those that wait for the next sweep, and why."""

    signs: int
    files: int
    lapsed: int
    failed: tuple[tuple[int, str], ...]


def sweep(unit: Unit, office: Office, *, at: datetime) -> Filed:
    """Take up every sign that waits, oldest first, and end the readings that are over. What fails is left for the next."""
    done = sign_sweep.take_all(
        unit, col(FileSign.id), lambda session, key: take_up(session, office, key, at=at)
    )
    return Filed(done.signs, done.led_to, _lapse(unit, office, at=at), done.failed)


def _lapse(unit: Unit, office: Office, *, at: datetime) -> int:
    with unit() as session:
        return sum(
            advance_by_engine(session, office, reading, move, at=at) is not None
            for reading, move in file_readings.lapsed(session, office, at=at)
        )


def take_up(session: Session, office: Office, key: int, *, at: datetime) -> int | None:
    """How many files a sign led to; None where somebody else has taken it up."""
    query = select(FileSign).where(col(FileSign.id) == key).with_for_update(skip_locked=True)
    sign = session.execute(query).scalar_one_or_none()
    if sign is None:
        return None
    if sign.event is not None:
        found = _flow_in(session, office, sign.event, at=at)
    else:
        found = _raise(session, office, str(sign.person), at=at)
    session.delete(sign)
    session.flush()
    return found


def _raise(session: Session, office: Office, person: str, *, at: datetime) -> int:
    """The files of somebody whose duties changed, which are to be updated now."""
    moved = 0
    for organisation in person_files.keepers(session):
        for row in list(person_files.live(session, office, organisation)):
            rules = office.rulebook(row.rulebook).machines[row.machine].file
            if rules is not None and row.values.get(ACCOUNT) == person:
                moved += (
                    advance_by_engine(session, office, int(row.id or 0), rules.raised_by, at=at) is not None
                )
    return moved


def _flow_in(session: Session, office: Office, event: int, *, at: datetime) -> int:
    """The file that a matter flowed into, if there is one of whom it was about and the matter is over still."""
    ended = session.get_one(Event, event)
    source = gathering.load_by_id(session, ended.matter).row
    of_source = office.rulebook(source.rulebook).machines[source.machine]
    if of_source.states[source.state].kind is not StateKind.FINAL:
        return 0  # taken up again since: it flows in once it ends again
    moved = 0
    for row in list(person_files.live(session, office, source.organisation)):
        rules = office.rulebook(row.rulebook).machines[row.machine].file
        flow = rules.flows.get(source.machine, {}).get(ended.move) if rules is not None else None
        part = flow.parts.get(str(source.values.get(flow.by))) if flow is not None else None
        if (
            rules is None
            or flow is None
            or part is None
            or not person_files.is_of(session, row, source.values)
        ):
            continue
        told = _told(of_source, flow, source)
        form = {PART: part, SOURCE: source.number, TOLD: told, DATED_ON: office.day(ended.at).isoformat()}
        moved += (
            advance_by_engine(session, office, int(row.id or 0), rules.flows_in_by, at=at, form=form)
            is not None
        )
    return moved


def _told(machine: Machine, flow: Flow, source: OnFile) -> list[dict[str, str]]:
    """What the leaf tells of it, in both languages: answers that were chosen, and nothing that anybody wrote."""
    return [
        {"zh": f"{field.label.zh}：{answer.zh}", "en": f"{field.label.en}: {answer.en}"}
        for name in flow.tells for field, answer in _chosen(machine, name, source.values.get(name))
    ]  # fmt: skip


def _chosen(machine: Machine, name: str, value: Any) -> Iterator[tuple[Any, Any]]:
    for move in machine.moves.values():
        for field in move.fields:
            if field.name == name and str(value) in field.choices:
                yield field, field.choices[str(value)]
                return
