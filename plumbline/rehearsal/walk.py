"""One case played through: every row judged, every clock kept, every rung fired at its instant.

The judge, the clocks, the ladders and the chain are those of the gate and the sweep; only where they read and write
differs. A move that is refused is counted, and the case goes on from the state the log says it is in: what happened,
happened, so its clocks follow it too. In the history such an event is called `log.MOVE` and says why it was refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from cases import advance, clocks, gathering, history, opening, sweep
from cases.matters import OnFile
from cases.office import Occurred, Office, occurred
from plumbline.rehearsal.held import Held
from plumbline.rehearsal.log import UnreadableLog
from plumbline.rehearsal.rows import Case, Reader, Row, Step
from plumbline.rehearsal.store import Store
from plumbline.rehearsal.tally import Tally
from states import forms, guards
from states.calendars import DayOutsideCalendar
from states.facts import ENGINE, Act, Actor, Facts, Made, Refused
from states.machine import Judge
from states.rulebook import FormField, Machine

UNMAPPED = "unmapped"  # the code of a row that no rule of the mapping makes a move of
LOG = "log"


@dataclass(frozen=True, slots=True)
class Stage:
    """What every case is played on."""

    office: Office
    judge: Judge
    machine_name: str
    organisation: str
    reader: Reader
    store: Store
    tally: Tally
    ends_at: datetime

    @property
    def machine(self) -> Machine:
        """The machine the cases move in."""
        return self.judge.machine


@dataclass(slots=True)
class Walk:
    """One case on its way."""

    stage: Stage
    case: Case
    row: OnFile
    held: Held
    at: datetime
    refusals: int = 0
    told: list[Occurred] = field(default_factory=list)
    course: list[Made] = field(default_factory=list)


def play(stage: Stage, case: Case) -> None:
    """Play a case from its first row to the end of the log, and put down what became of it. Raises UnreadableLog."""
    try:
        walk = _opened(stage, case)
        for row, step in stage.reader.steps(case):
            _fire(walk, until=row.at)
            _make(walk, row, step)
            stage.tally.weeks[_monday(stage, row.at)].moves += 1
        _fire(walk, until=stage.ends_at)
    except DayOutsideCalendar as fault:
        raise UnreadableLog(f"Case {case.name}, from line {case.rows[0].number}: {fault}") from None
    _close(walk)


def _opened(stage: Stage, case: Case) -> Walk:
    first = case.rows[0]
    role, given = stage.reader.opening(first.cells)
    form, refusal = _opening_form(stage, role, given, at=first.at)
    birth = opening.Birth(stage.machine_name, stage.organisation, role or ENGINE, first.at, form, stage.machine.register_,
                          opener=role or None)  # fmt: skip
    born = replace(
        opening.newborn(stage.office, stage.machine, birth, number=case.name), id=next(stage.store.matters)
    )
    walk = Walk(stage, case, born, Held(stage.store.deadlines), first.at)
    if refusal is not None:
        _refuse(walk, stage.machine.register_move, "", refusal.code)
    _land(
        walk,
        None,
        born,
        move=stage.machine.register_move,
        event=stage.machine.register_move,
        data=form,
        by=birth.actor,
    )
    stage.tally.weeks[_monday(stage, first.at)].opened += 1
    return walk


def _opening_form(
    stage: Stage, role: str, given: Mapping[str, str], *, at: datetime
) -> tuple[dict[str, Any], Refused | None]:  # fmt: skip
    """The form of opening, judged as the gate judges it; what can be read of it, and the refusal if there is one."""
    facts = Facts(at=at, today=stage.office.day(at), state=stage.machine.initial, actor=_actor(role))
    form: dict[str, Any] = {}
    try:
        form = _read(stage, stage.machine.register_, given, values={}, today=facts.today)
        stage.judge.check_opening(facts)
        found = [guards.GUARDS[use.name].holds(replace(facts, form=form), use.argument)
                 for use in stage.machine.register_guards]  # fmt: skip
        if reasons := tuple(reason for reason in found if reason is not None):
            raise Refused(reasons[0].code, reasons)
    except Refused as refusal:
        return form, refusal
    return form, None


def _read(
    stage: Stage, fields: tuple[FormField, ...], given: Mapping[str, str], *, values: Mapping[str, Any], today: date
) -> dict[str, Any]:  # fmt: skip
    return forms.read_form(fields, given, values=values, today=today, zone=stage.office.zone)


def _actor(role: str) -> Actor:
    """Whoever holds this role: a log seldom names people, and a rehearsal needs none."""
    return Actor(role or LOG, frozenset({role} if role else ()))


def _make(walk: Walk, row: Row, step: Step) -> None:
    """Judge a row; let it happen either way."""
    walk.at = row.at
    if step.move is None:
        _refuse(walk, step.said, walk.row.state, UNMAPPED)
        _overrule(walk, step, UNMAPPED, to=step.state or walk.row.state)
        return
    today = walk.stage.office.day(row.at)
    try:
        to, form = _judge(walk, step, step.move, today=today)
    except Refused as refusal:
        _refuse(walk, step.move, walk.row.state, refusal.code)
        _overrule(walk, step, refusal.code, to=_said_by_the_log(walk.stage.machine, step, walk.row.state))
        return
    rule = walk.stage.machine.moves[step.move]
    after = advance.after_move(walk.row, rule, step.move, to, form, actor=step.role, at=row.at, today=today)
    walk.stage.tally.made(step.move)
    _land(walk, walk.row, after, move=step.move, event=step.move, data=form, by=step.role)


def _judge(walk: Walk, step: Step, move: str, *, today: date) -> tuple[str, dict[str, Any]]:
    """The next state and the form as read. Where the mapping fills in nothing, the form is not judged."""
    row, stage = walk.row, walk.stage
    values = row.values | gathering.columns(stage.office, row)
    form = None
    if step.form is not None:
        form = _read(stage, stage.machine.moves[move].fields, step.form, values=values, today=today)
    acts = {name: Act(act[0], date.fromisoformat(act[1])) for name, act in row.acts.items()}
    facts = Facts(
        at=walk.at, today=today, state=row.state, actor=_actor(step.role), values=values, acts=acts, form=form,
        course=walk.course, owners=frozenset(stage.machine.states[row.state].owner),
    )  # fmt: skip
    return stage.judge.fire(move, facts), form or {}


def _said_by_the_log(machine: Machine, step: Step, state: str) -> str:
    """Where a refused move left the case all the same: as the mapping has it, or where the move would have led."""
    if step.state is not None or step.move is None:
        return step.state or state
    rule = machine.moves[step.move]
    if rule.to is not None:
        return rule.to
    return rule.from_[0] if len(rule.from_) == 1 else state


def _refuse(walk: Walk, move: str, state: str, code: str) -> None:
    walk.refusals += 1
    walk.stage.tally.refusal(move, state, code)


def _overrule(walk: Walk, step: Step, code: str, *, to: str) -> None:
    """The case goes on from where the log says it is; the event says so, and why the rules would not have it."""
    row, name = walk.row, f"{LOG}.{step.move or UNMAPPED}"
    data = {"refused": code}
    day = walk.stage.office.day(walk.at).isoformat()
    by = step.role or LOG
    after = replace(row, state=to, version=row.version + 1, values=row.values | data, acts=row.acts | {name: [by, day]},
                    moved_at=walk.at, moved_by=by, progressed_at=walk.at, head_seq=row.head_seq + 1)  # fmt: skip
    _land(walk, row, after, move=step.move or name, event=name, data=data, by=by)


def _land(
    walk: Walk, before: OnFile | None, after: OnFile, *, move: str, event: str, data: Mapping[str, Any], by: str
) -> None:  # fmt: skip
    """Chain the event, keep the clocks, note whom it concerns: as the gate does, in the same order."""
    stage = walk.stage
    hashed = history.chained(after, at=walk.at, actor=by, move=event, from_state=before.state if before else None,
                             data=data)  # fmt: skip
    key = stage.store.event(hashed)
    clocks.keep_in(
        walk.held, stage.office, stage.machine, before, after, move=move, actor=by, at=walk.at, event=key
    )
    walk.row = replace(after, head_hash=hashed.hash)
    if move == event:
        walk.course.append(Made(move, by, before.state if before else None, data))
        walk.told.append(occurred(walk.row, event=key, move=move, at=walk.at, by=by))


def _fire(walk: Walk, *, until: datetime) -> None:
    """Every rung that is due, at its instant; one that a clock was born too late for, at once."""
    while (clock := walk.held.next_due(until=until)) is not None:
        stage, row = walk.stage, walk.row
        due = sweep.Due(
            clock["id"], clock["name"], clock["due_on"], clock["rungs_fired"], clock["next_at"], row.id, row.machine,
            row.number, row.rulebook, row.state, row.version, row.organisation, row.addressee, row.project, row.handler,
            row.opener, row.head_seq, row.head_hash,
        )  # fmt: skip
        walk.at = max(walk.at, due.next_at)
        rung, following = sweep.rung_of(stage.office, due)
        (event,) = sweep.chain([due], [(rung, following)], at=walk.at)
        key = stage.store.event(event)
        stage.store.firing(due.deadline, rung.name, at=walk.at, event=key)
        clock.update(rungs_fired=due.rungs_fired + 1, next_at=following)
        walk.row = replace(row, head_seq=event.seq, head_hash=event.hash)
        walk.told.append(sweep.occurrence(due, rung, key, at=walk.at))
        stage.tally.rung(due.name, rung, monday=_monday(stage, walk.at))


def _close(walk: Walk) -> None:
    stage = walk.stage
    for clock in walk.held.rows.values():
        if stage.tally.clock(clock, ends_at=stage.ends_at) and clock["due_on"] is not None:
            due_on: date = clock["due_on"]
            stage.tally.weeks[due_on - timedelta(days=due_on.weekday())].missed += 1
    stage.tally.case(walk.case, whole=not walk.refusals)
    stage.store.matter(walk.row, walk.held, walk.told)


def _monday(stage: Stage, at: datetime) -> date:
    day = stage.office.day(at)
    return day - timedelta(days=day.weekday())
