"""The one gate. Every change of a state anywhere goes through `advance`, or it does not happen.

A move is judged by the rulebook the matter is on, and lands with its history, clocks and notices in one transaction,
which the edge commits. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import Session, col

from cases import (
    checklist_answers,
    clocks,
    convening,
    drawn_rounds,
    file_leaves,
    file_readings,
    file_sheets,
    file_signs,
    finding_photographs,
    gathering,
    history,
    linking,
    near_matches,
    person_files,
    readings,
    recusal_notices,
    recusing,
    redaction,
    references,
    requests,
    risk_grading,
    risk_points,
    risk_signs,
    round_moves,
    sight,
)
from cases.consequences import Landing, consequences_of
from cases.convening import Release
from cases.errors import moved_meanwhile
from cases.gathering import Loaded
from cases.matters import Matter, OnFile
from cases.moved import Moved
from cases.office import Office, occurred
from cases.prepared import Prepared
from cases.readings import Happened
from cases.references import Looks
from cases.rounds import RoundSeat
from states import forms
from states.facts import Actor, Facts, Reason, Refused
from states.machine import judge
from states.rulebook import Machine, Move

_ALWAYS = (
    "state",
    "version",
    "values",
    "acts",
    "moved_at",
    "moved_by",
    "progressed_at",
    "head_seq",
    "head_hash",
)
_SOMETIMES = (
    "handler",
    "opener",
    "addressee",
    "project",
    "title",
    "received_on",
    "sent_at",
)  # most of them with an index
_WHICH = attrgetter(*_SOMETIMES)


@cache
def _update(sometimes: tuple[str, ...]) -> Prepared:
    """The conditional update of what every move changes, and of these columns."""
    changing: dict[str, Any] = {name: bindparam(f"new_{name}") for name in (*_ALWAYS, *sometimes)}
    seen = col(Matter.version) == bindparam("seen")
    return Prepared(update(Matter).where(col(Matter.id) == bindparam("matter"), seen).values(changing))


def advance(
    session: Session,
    office: Office,
    number: str,
    move: str,
    *,
    actor: str,
    at: datetime,
    expected_version: int | None = None,
    key: str | None = None,
    fields: Mapping[str, Any] | None = None,
    typed: bool = False,
    release: Release | None = None,
) -> Moved:
    """Make `move` on the matter `number` as the person `actor`, at the instant `at` (aware).

    `expected_version` refuses a matter that somebody moved meanwhile; `key` makes the request safe to repeat: the same
    answer, nothing done twice. `typed`: the fields come from a program, which sends a number as a number. `release`
    releases the photographs that the form names (`cases.convening`); without it such a form is refused.
    Raises NoSuchMatter, Refused (with every reason at once), KeyReused.
    """
    given = dict(fields or {})
    request = requests.Request(actor, key, (number, move, given))
    if (answered := requests.answered(session, request)) is not None:
        return Moved(**answered)
    loaded = gathering.load(session, office, number, login=actor, for_change=True)
    _check_version(office, loaded, expected_version)
    moved = _make(session, office, loaded, move, given, at=at, typed=typed)
    machine = office.rulebook(loaded.row.rulebook).machines[loaded.row.machine]
    convening.release_named(machine, move, given, moved, release)
    finding_photographs.travel(
        session, office, loaded.row, move, given, moved, release=release, at=at, actor=actor
    )
    requests.remember(session, request, moved.kept(), at=at)
    return moved


def advance_by_engine(
    session: Session,
    office: Office,
    matter: int,
    move: str,
    *,
    at: datetime,
    form: Mapping[str, Any] | None = None,
    behind: str | None = None,
) -> Moved | None:
    """Make an engine move, as another matter's move or a clock causes it; in the name of `behind`, who made that move.

    None when the matter is in a state the move does not leave from: what drives it came too late, and that is no fault.
    """
    loaded = gathering.load_by_id(session, matter)
    if behind is not None:
        loaded = replace(loaded, actor=Actor(id=behind, is_behind=True))
    machine = office.rulebook(loaded.row.rulebook).machines[loaded.row.machine]
    if move not in machine.moves or loaded.row.state not in machine.moves[move].from_:
        return None
    return _make(session, office, loaded, move, dict(form or {}), at=at)


def advance_for_site(
    session: Session,
    office: Office,
    matter: int,
    move: str,
    *,
    site: str,
    at: datetime,
    form: Mapping[str, Any],
) -> Moved:
    """Make the move that a signed file of another site brings, in the name of that site ("site:BHJ").

    `form` was read before. Raises Refused, as `advance` does.
    """
    loaded = replace(gathering.load_by_id(session, matter), actor=Actor(id=site, is_site=True))
    return _make(session, office, loaded, move, dict(form), at=at)


def _make(
    session: Session, office: Office, loaded: Loaded, move: str, given: Mapping[str, Any], *, at: datetime,
    typed: bool = False,
) -> Moved:  # fmt: skip
    row = loaded.row
    machine = office.rulebook(row.rulebook).machines[row.machine]
    known = gathering.facts(session, office, loaded, at=at)
    rule, to, form = _judge(session, office, loaded, move, given, known, typed=typed)
    private = {f.name: form.pop(f.name) for f in rule.fields if f.private and f.name in form}
    holds = file_leaves.taken_out(machine, rule, form)
    leaf = file_leaves.written(session, office, row, holds) if holds and machine.file is not None else None
    form |= (leaf.kept() if leaf else {}) | file_readings.worked_out(machine, move, at=at)
    if machine.rounds is not None:
        round_moves.land(session, office, row, rule, move, form, actor=loaded.actor.id, at=at)
    if rule.recuses:
        form |= recusing.by_move(
            session, office, row, who=loaded.actor.id, reason=", ".join(map(str, private.values())), at=at,
            item=round_moves.item_of(machine, form),
        )  # fmt: skip
    else:
        linking.keep_private(session, row.id, private)
    after = after_move(row, rule, move, to, form, actor=loaded.actor.id, at=at, today=known.today)
    found = recusing.match(session, office, after, at=at) if recusing.TOUCHING.intersection(form) else []
    moved = _land(session, office, Landing(row, after, machine, rule, move, form, loaded.actor.id, at))
    if leaf is not None:
        file_leaves.keep(session, row.id, leaf, event=moved.event)
    elif holds:
        file_sheets.sign_in(session, office, machine, after, holds, drive=advance_by_engine, at=at)
    recusing.note_matches(session, office, row.id, found, at=at)
    return moved


def after_move(
    row: OnFile,
    rule: Move,
    move: str,
    to: str,
    form: Mapping[str, Any],
    *,
    actor: str,
    at: datetime,
    today: date,
) -> OnFile:
    """The matter as it will stand."""
    changes = linking.columns_set(rule.fields, form)
    if rule.sends and row.sent_at is None:
        changes["sent_at"] = at
    if rule.substantive:
        changes["progressed_at"] = at
    return replace(row, state=to, version=row.version + 1, values=row.values | dict(form),
                   acts=row.acts | {move: [actor, today.isoformat()]}, moved_at=at, moved_by=actor,
                   head_seq=row.head_seq + 1, **changes)  # fmt: skip


def _judge(
    session: Session, office: Office, loaded: Loaded, move: str, given: Mapping[str, Any], known: Facts, *, typed: bool
) -> tuple[Move, str, dict[str, Any]]:  # fmt: skip
    """The rule, the next state and the form as read; refuses with what is wrong with the form and the move together."""
    judging = judge(office.rulebook(loaded.row.rulebook), loaded.row.machine)
    rule = judging.machine.moves.get(move)
    reasons: list[Reason] = []
    form: dict[str, Any] | None = None
    if rule is not None and not known.actor.is_engine:
        try:
            form = forms.read_form(
                rule.fields, given, values=known.values, today=known.today, zone=office.zone, typed=typed
            )
            reasons += references.faults(
                session, rule.fields, form, matter=loaded.row, looks=_looks(office, loaded)
            )
            reasons += drawn_rounds.faults(session, loaded.row, move, form)
            reasons += near_matches.faults(session, office, loaded.row, rule, form, by=known.actor.id)
            reasons += redaction.faults(session, office, loaded.row, rule, form, known)
            if judging.machine.checklist is not None:
                reasons += checklist_answers.read(session, office, loaded.row, move, form, known)
            reasons += risk_grading.read(judging.machine, move, form)
            reasons += file_leaves.faults(judging.machine, loaded.row, move, form)
            if judging.machine.file is not None:
                reasons += person_files.keeps_their_own(session, loaded.row.values, form)
            reasons += file_sheets.faults(session, office, judging.machine, loaded.row, move)
            reasons += file_readings.faults(session, judging.machine, loaded.row, move, form)
            if judging.machine.rounds is not None:
                reasons += round_moves.faults(session, office, loaded.row, move, rule, form=form, known=known)
        except Refused as refusal:
            reasons += refusal.reasons
            reasons += file_leaves.incomplete(judging.machine, move, given)
    elif rule is not None:
        form = dict(given)
    try:
        to = judging.fire(move, _with_form(known, form if not reasons else None))
    except Refused as refusal:
        if refusal.code == "wrong_state":
            raise _wrong_state(loaded, judging.machine, refusal) from None
        raise Refused(refusal.code, (*refusal.reasons, *reasons)) from None
    if reasons or rule is None or form is None:
        raise Refused("bad_form", tuple(reasons))
    return rule, to, form


def _looks(office: Office, loaded: Loaded) -> Looks | None:
    """Who fills the form in; a file of another site names what stands with it, and nobody looks."""
    if loaded.actor.is_site:
        return None
    return Looks(loaded.actor.id, office.rulebook(loaded.row.rulebook))


def _with_form(known: Facts, form: Mapping[str, Any] | None) -> Facts:
    return Facts(at=known.at, today=known.today, state=known.state, actor=known.actor, values=known.values,
                 acts=known.acts, links=known.links, course=known.course, owners=known.owners, form=form)  # fmt: skip


def _wrong_state(loaded: Loaded, machine: Machine, refusal: Refused) -> Refused:
    """A move from the wrong state often means that somebody was first: say who moved it and to what."""
    row = loaded.row
    state = machine.states[row.state].label
    who = moved_meanwhile(
        row.number, by=row.moved_by, at=row.moved_at, state=state, version=row.version
    ).reasons[0]
    last = Reason("last_moved", who.message, who.cure)
    return Refused("wrong_state", (*refusal.reasons, last))


def _check_version(office: Office, loaded: Loaded, expected: int | None) -> None:
    row = loaded.row
    if expected is not None and expected != row.version:
        state = office.rulebook(row.rulebook).machines[row.machine].states[row.state].label
        raise moved_meanwhile(row.number, by=row.moved_by, at=row.moved_at, state=state, version=row.version)


def _land(session: Session, office: Office, landing: Landing) -> Moved:
    """Write the judged move down: matter, history, clocks, links, notices; in that order, in one transaction."""
    before, after = landing.before, landing.after
    hashed = history.chained(after, at=landing.at, actor=landing.actor, move=landing.move, from_state=before.state,
                             data=landing.form)  # fmt: skip
    _write(session, office, before, after, head_hash=hashed.hash)
    event = history.append(session, hashed)
    linking.keep_seats(session, after.id, landing.rule.fields, landing.form)
    readings.keep(session, landing.machine, after.id, Happened(
        after.head_seq, landing.move, landing.actor, before.state, after.state, landing.form))  # fmt: skip
    linking.keep_links(session, after.id, landing.rule.fields, landing.form)
    linking.amend_subject(session, after.id, after.values, landing.form)
    clocks.keep(session, office, landing.machine, before, after, move=landing.move, actor=landing.actor, at=landing.at,
                event=event)  # fmt: skip
    sight.moved(session, office, before, after, by=landing.actor, at=landing.at)
    risk_points.moved(session, landing.machine, after, move=landing.move, at=landing.at)
    risk_signs.of_move(
        session, office, after, move=landing.move, form=landing.form, event=event, at=landing.at
    )
    file_signs.of_move(session, office, after, move=landing.move, event=event, at=landing.at)
    if landing.machine.rounds is not None:
        recusal_notices.empty_seats(session, office, col(RoundSeat.matter) == after.id, at=landing.at)
    consequences = consequences_of(session, office, landing, drive=advance_by_engine)
    happened = occurred(after, event=event, move=landing.move, at=landing.at, by=landing.actor,
                        named=linking.named(landing.rule.fields, landing.form))  # fmt: skip
    office.announce(
        session, office, [risk_grading.told(landing.machine, landing.move, after.values, happened)]
    )
    return Moved(after.number, after.machine, landing.move, before.state, after.state, after.version, event,
                 consequences)  # fmt: skip


def _write(session: Session, office: Office, before: OnFile, after: OnFile, *, head_hash: str) -> None:
    """The one conditional update. No row means that somebody was first."""
    pairs = zip(_SOMETIMES, _WHICH(before), _WHICH(after), strict=True)
    changed = tuple(name for name, old, new in pairs if old != new)
    values = {f"new_{name}": getattr(after, name) for name in (*_ALWAYS, *changed)}
    values |= {"matter": before.id, "seen": before.version, "new_head_hash": head_hash}
    if _update(changed).change(session, values) != 1:
        found = gathering.load_by_id(session, before.id).row
        label = office.rulebook(found.rulebook).machines[found.machine].states[found.state].label
        raise moved_meanwhile(
            found.number, by=found.moved_by, at=found.moved_at, state=label, version=found.version
        )
