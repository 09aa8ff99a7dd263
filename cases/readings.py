"""Why somebody reads a matter that was put before them, and what ends it: an answer, a release, or a matter that is over or
elsewhere. What is on file follows from the history alone (`cases.audit_readers`); a reading that has ended stays ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, insert, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from cases import gathering, history, linking, people
from cases.history import Event
from cases.matters import Reader
from cases.office import Office
from cases.prepared import Prepared
from states.rulebook import FormField, Machine, Reach, Rulebook, StateKind, Until

ENDED = "reading.ended"  # noted where no move of the matter ends it
ANSWERED, RELEASED, NOT_ASKED, HANDED_ON, OVER = "answered", "released", "not_asked", "handed_on", "over"
ACCOUNT, POSTING = "account", "posting"
WAITED_FOR = (NOT_ASKED, HANDED_ON, OVER, ACCOUNT, POSTING)  # ended, and yet an answer may be waited for
_OPEN = Prepared(
    select(col(Reader.person), col(Reader.ground), col(Reader.since))
    .where(col(Reader.matter) == bindparam("matter"), col(Reader.ended).is_(None))
    .order_by(col(Reader.since), col(Reader.person))
)  # fmt: skip


class Reading(NamedTuple):
    """That a move put a matter before somebody, who has read it since that event of its history."""

    person: str
    ground: str
    since: int


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a matter, as far as it decides who reads."""

    seq: int
    move: str
    actor: str
    from_state: str | None
    to_state: str
    form: Mapping[str, Any]


def asked_by(machine: Machine, ground: str) -> FormField | None:
    """The field by which this move puts a matter before somebody."""
    fields = machine.moves[ground].fields if ground in machine.moves else ()
    return next((field for field in fields if field.sets == "readers"), None)


def ended(machine: Machine, reading: Iterable[Reading], happened: Happened) -> Iterator[tuple[Reading, str]]:
    """Who of those that read it no longer does, and why."""
    for one in reading:
        if (why := _end(machine, one, happened)) is not None:
            yield one, why


def _end(machine: Machine, one: Reading, happened: Happened) -> str | None:
    if happened.move == ENDED:
        return str(happened.form["why"]) if happened.form.get("person") == one.person else None
    field = asked_by(machine, one.ground)
    until = field.until if field is not None else None
    if field is not None and until is not None:
        if one.person in _released_by(until, happened):
            return RELEASED
        if until.answered and (happened.move, happened.actor) == (field.answers, one.person):
            return ANSWERED
    return _end_of_state(machine, field, happened) if happened.from_state != happened.to_state else None


def _released_by(until: Until, happened: Happened) -> Sequence[str]:
    named = happened.form.get(until.released_by.get(happened.move, "")) or ()
    return (named,) if isinstance(named, str) else named


def _end_of_state(machine: Machine, field: FormField | None, happened: Happened) -> str | None:
    """What the change of a matter's state ends: it is over, another body has it, or nothing is asked any more."""
    state = machine.states.get(happened.to_state)
    if state is not None and state.kind is StateKind.FINAL:
        return OVER
    if state is not None and state.ends_reading:
        return HANDED_ON
    able = machine.moves[field.answers].from_ if field is not None and field.answers is not None else ()
    return NOT_ASKED if happened.from_state in able and happened.to_state not in able else None


def begun(machine: Machine, reading: Iterable[Reading], happened: Happened) -> list[Reading]:
    """Who reads it from now on, besides those who read it on the same ground already."""
    field = asked_by(machine, happened.move)
    if field is None:
        return []
    known = {one.person for one in reading if one.ground == happened.move}
    return [Reading(person, happened.move, happened.seq)
            for person in linking.named([field], happened.form) if person not in known]  # fmt: skip


def keep(session: Session, machine: Machine, matter: int, happened: Happened) -> None:
    """Let those no longer read a matter whose ground this move ends, and those read it before whom it puts it."""
    if not _decides(machine, happened):
        return
    reading = open_(session, matter)
    over = dict(ended(machine, reading, happened))
    for one, why in over.items():
        _end_one(session, matter, one, seq=happened.seq, why=why)
    if new := begun(machine, [one for one in reading if one not in over], happened):
        session.execute(insert(Reader), [{"matter": matter, **one._asdict()} for one in new])


def _decides(machine: Machine, happened: Happened) -> bool:
    """Whether a move can begin or end a reading at all: most cannot, and ask nothing."""
    if not machine.puts_before:
        return False
    return happened.from_state != happened.to_state or happened.move in machine.decides_readers


def open_(session: Session, matter: int) -> list[Reading]:
    """Who reads a matter because it was put before them."""
    return [Reading(*row) for row in _OPEN.rows(session, {"matter": matter})]


def _end_one(session: Session, matter: int, one: Reading, *, seq: int, why: str) -> None:
    this = (col(Reader.matter) == matter, col(Reader.person) == one.person, col(Reader.ground) == one.ground,
            col(Reader.since) == one.since)  # fmt: skip
    session.execute(
        update(Reader).where(*this).values(ended=seq, why=why).execution_options(synchronize_session=False)
    )


def end_with_account(session: Session, login: str, *, by: str, at: datetime) -> None:
    """Let somebody whose account ends read nothing more of what was put before them."""
    for matter in _read_by(session, login):
        _note_end(session, matter, login, ACCOUNT, by=by, at=at)


def end_with_posting(session: Session, office: Office, login: str, *, by: str, at: datetime) -> None:
    """Let somebody whose posting ended read no more of what a ground has put before them that their roles no longer bear."""
    held = people.postings_of(session, login)
    for matter in _read_by(session, login):
        row = gathering.load_by_id(session, matter).row
        book = office.rulebook(row.rulebook)
        grounds = [one.ground for one in open_(session, matter) if one.person == login]
        fields = [asked_by(book.machines[row.machine], ground) for ground in grounds]
        able = [able_roles(book, row.machine, field) for field in fields if field is not None]
        here = {
            one.role
            for one in held
            if one.organisation == row.organisation and one.project in (None, row.project)
        }
        if not all(here & roles for roles in able):
            _note_end(session, matter, login, POSTING, by=by, at=at)


def able_roles(book: Rulebook, machine: str, field: FormField) -> set[str]:
    """The roles in which somebody of the keeping body can read a matter put before them, and answer what they are asked."""
    roles = {
        name for name, role in book.roles.items() if role.sees.get(machine) in (Reach.OWN, Reach.ORGANISATION)
    }
    return roles & set(book.machines[machine].moves[field.answers].roles) if field.answers else roles


def _read_by(session: Session, login: str) -> Sequence[int]:
    query = select(col(Reader.matter)).where(col(Reader.person) == login, col(Reader.ended).is_(None))
    return sorted(set(session.execute(query).scalars()))


def _note_end(session: Session, matter: int, login: str, why: str, *, by: str, at: datetime) -> None:
    """Note that somebody no longer reads a matter, on whatever ground they did."""
    row = gathering.load_by_id(session, matter).row
    history.note(session, row, at=at, actor=by, move=ENDED, data={"person": login, "why": why})
    for one in open_(session, matter):
        if one.person == login:
            _end_one(session, matter, one, seq=row.head_seq + 1, why=why)


_EVER = Prepared(
    select(col(Reader.person), col(Reader.ground), col(Reader.ended), col(Reader.why))
    .where(col(Reader.matter) == bindparam("matter"))
    .order_by(col(Reader.since))
)


def released(session: Session, machine: Machine, matter: int, field: FormField) -> list[str]:
    """Whom this field may name: those put before whom its move releases, as far as they read it or are waited for."""
    asking = {name: asked_by(machine, name) for name in machine.puts_before}
    grounds = {name: each for name, each in asking.items()
               if each and each.until and field.name in each.until.released_by.values()}  # fmt: skip
    last = {
        (person, ground): (end, why) for person, ground, end, why in _EVER.rows(session, {"matter": matter})
    }
    return sorted({
        person for (person, ground), (end, why) in last.items()
        if (not grounds or ground in grounds)
        and (end is None or (ground in grounds and grounds[ground].answers is not None and why in WAITED_FOR))
    })  # fmt: skip


def listed(session: Session, machine: Machine, matter: int) -> list[dict[str, Any]]:
    """Before whom a matter was put, on what ground and by whom; and of what has ended when, by whom and why."""
    return [
        {"person": person, "ground": ground, "label": machine.moves[ground].label.model_dump(),
         "since": since.isoformat(), "by": by, "ended_at": until.isoformat() if until else None, "ended_by": ended_by,
         "why": why}
        for person, ground, why, since, by, until, ended_by in _LISTED.rows(session, {"matter": matter})
        if ground in machine.moves
    ]  # fmt: skip


_BEGUN, _ENDED = aliased(Event), aliased(Event)
_LISTED = Prepared(
    select(col(Reader.person), col(Reader.ground), col(Reader.why), col(_BEGUN.at), col(_BEGUN.actor),
           col(_ENDED.at), col(_ENDED.actor))
    .join(_BEGUN, and_(col(_BEGUN.matter) == col(Reader.matter), col(_BEGUN.seq) == col(Reader.since)))
    .outerjoin(_ENDED, and_(col(_ENDED.matter) == col(Reader.matter), col(_ENDED.seq) == col(Reader.ended)))
    .where(col(Reader.matter) == bindparam("matter"))
    .order_by(col(Reader.since), col(Reader.person))
)  # fmt: skip
