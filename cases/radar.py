"""The radar: what stands still, for how many working days, since which act, by body; from the rows in somebody's sight.

Nothing of it is stored and nothing here changes anything. Only a substantive act counts, the one that set the matter's
`progressed_at`: neither a look, nor a reminder, nor a pause of a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any, Protocol

from sqlalchemy import ColumnElement, CompoundSelect, and_, bindparam, case, func, or_, select, union_all
from sqlmodel import Session, col

from cases.history import Event
from cases.matters import Matter
from cases.office import Office
from cases.unindexed import without_index
from cases.worklist import Line, Looker, live_states, longest_still
from states import radar
from states.facts import Reason, Refused
from states.form_values import label
from states.radar import Stillness
from states.radar_rules import Radar
from states.rulebook import Rulebook

MOST = 1000


@dataclass(frozen=True, slots=True)
class Act:
    """A substantive act: its number in the history, its move, who made it, when it counts from."""

    seq: int
    move: str
    by: str
    at: datetime


class Stood(Protocol):
    """What of a matter its last act is looked up by."""

    @property
    def id(self) -> int: ...
    @property
    def machine(self) -> str: ...
    @property
    def rulebook(self) -> str: ...
    @property
    def progressed_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Blip:
    """A matter that stands still, and the act since which it does."""

    line: Line
    still: Stillness
    act: Act


@dataclass(frozen=True, slots=True)
class Body:
    """What one body keeps of one machine. `still` counts those that have reached each step and no later one; `longest` is
    the one that stands the longest, `last_act_at` the last substantive act of all, those at their end included."""

    organisation: str
    machine: str
    live: int
    still: tuple[int, ...]
    last_act_at: datetime
    longest: Line | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """The radar as one person may see it: bodies by code, and of what stands still the first, the longest first."""

    rules: Radar
    bodies: tuple[Body, ...]
    blips: tuple[Blip, ...]
    more: bool


def rules_of(book: Rulebook) -> Radar:
    """When something stands still. Raises Refused where the rulebook says nothing of it."""
    if book.radar is None:
        raise Refused("no_radar", (Reason(
            "no_radar", label("规则未规定停滞天数。", "The rulebook does not say when something stands still."),
            label("请在规则中增加 radar 部分。", "Give it a section `radar`."),
        ),))  # fmt: skip
    return book.radar


def of(
    session: Session, office: Office, *, actor: str, at: datetime, organisation: str | None = None,
    machine: str | None = None, limit: int = 50,
) -> Picture:  # fmt: skip
    """What `actor` sees standing still at `at`, of every body or machine or of one. Raises Refused."""
    rules = rules_of(office.rulebook())
    looker = Looker.of(session, office, actor)
    today = office.day(at)
    bodies: list[Body] = []
    lines: list[Line] = []
    for name in _machines(looker, rules, machine):
        keeping = list(_bodies(session, looker, name, rules, today, organisation))
        bodies += keeping
        if any(sum(body.still) for body in keeping):
            lines += _longest(session, looker, name, rules, today, organisation, most=limit + 1)
    lines.sort(key=lambda line: (line.progressed_at, line.id))
    blips = _blips(session, office, rules, lines[:limit], today)
    bodies.sort(key=lambda body: body.organisation)
    return Picture(rules, tuple(bodies), tuple(blips), len(lines) > limit)


def states(book: Rulebook, rules: Radar, machine: str) -> list[str]:
    """The states in which something of this machine can stand still."""
    left_out = rules.leaves_out.get(machine, ())
    return [name for name in live_states(book.machines[machine]) if name not in left_out]


def _machines(looker: Looker, rules: Radar, machine: str | None) -> Iterator[str]:
    """Those on the radar of which they may see anything; `machine` alone, where it is given. Raises Refused."""
    if machine is not None and machine not in rules.steps:
        known = ", ".join(rules.steps)
        raise Refused("not_a_choice", (Reason(
            "not_a_choice", label(f"“{machine[:40]}”不在停滞监测范围内。", f"{machine[:40]!r} does not stand on the radar."),
            label(f"可选：{known}。", f"There is {known}."), "machine",
        ),))  # fmt: skip
    yield from (one for one in looker.machines() if one in rules.steps and machine in (None, one))


def before(office: Office, days: int, today: date) -> datetime:
    """What had its last act before this instant has stood still for so many working days."""
    day = radar.reached_before(office.calendar, today, days)
    return datetime.combine(day, time(), office.zone)


def days_still(office: Office, rules: Radar, machine: str, *, last: date, today: date) -> int:
    """Whole working days since an act on `last`."""
    return radar.stillness(office.calendar, rules.steps[machine], last=last, today=today).days


def _kept_by(organisation: str | None) -> list[ColumnElement[bool]]:
    """To be judged row by row: who sees their own matters alone has fewer of them than the body."""
    return [] if organisation is None else [without_index(col(Matter.organisation) == _BODY)]


_BODY: Any = bindparam("body")
_SINCE: Any = bindparam("since")


def _longest(
    session: Session, looker: Looker, machine: str, rules: Radar, today: date, organisation: str | None, *, most: int
) -> tuple[Line, ...]:  # fmt: skip
    """Of what stands still the first, the longest first; the statement is the same every day and for every body."""
    return longest_still(
        session, looker, machine, states(looker.office.rulebook(), rules, machine), of_each=most, of_all=most,
        such=[col(Matter.progressed_at) < _SINCE, *_kept_by(organisation)],
        question=("radar", organisation is None),
        since=before(looker.office, rules.steps[machine][0], today), body=organisation,
    )  # fmt: skip


def _bodies(
    session: Session, looker: Looker, machine: str, rules: Radar, today: date, organisation: str | None
) -> Iterator[Body]:
    """By body, from one index alone: each way of seeing is counted by its own, and the counts are added up."""
    live = states(looker.office.rulebook(), rules, machine)
    since = col(Matter.progressed_at)
    bounds = {
        f"step_{step}": before(looker.office, days, today) for step, days in enumerate(rules.steps[machine])
    }
    place: tuple[Any, ...] = (col(Matter.organisation), col(Matter.state))

    # an index in the order of bodies and states holds everybody's, and is no help with one's own
    apart = tuple(without_index(one.expression) for one in place)

    def write(who: Looker) -> CompoundSelect[Any]:
        counts = [func.sum(case((since < bindparam(step), 1), else_=0)).label(step) for step in bounds]
        counted = [func.max(since).label("last"), func.count().label("live"), *counts]
        return union_all(*(
            select(*by, *counted).where(*_kept_by(organisation), seen).group_by(*by)
            for seen, few in who.parted(machine) for by in (apart if few else place,)
        ))  # fmt: skip

    found: dict[str, list[Sequence[Any]]] = {}
    question = ("radar's bodies", machine, organisation is None, *bounds)
    for row in looker.ask(session, question, None, write, **bounds, body=organisation):
        found.setdefault(row[0], []).append(row)
    for body, rows in found.items():
        sums = [sum(int(row[at]) for row in rows if row[1] in live) for at in range(3, 4 + len(bounds))]
        reached = [*sums[1:], 0]
        still = tuple(here - beyond for here, beyond in pairwise(reached))
        longest = _longest(session, looker, machine, rules, today, body, most=1) if reached[0] else ()
        yield Body(body, machine, sums[0], still, max(row[2] for row in rows), next(iter(longest), None))


def _blips(
    session: Session, office: Office, rules: Radar, lines: Sequence[Line], today: date
) -> Iterator[Blip]:
    acts = last_acts(session, office, lines)
    for line in lines:
        still = radar.stillness(
            office.calendar, rules.steps[line.machine], last=office.day(line.progressed_at), today=today
        )
        yield Blip(line, still, acts[line.id])


def last_acts(session: Session, office: Office, lines: Iterable[Stood]) -> Mapping[int, Act]:
    """The last substantive act of each of these matters, by its key; one that was never moved so counts from its opening.

    What was imported counts from the day that the ledger knew, not from the import.
    """
    by_rules: dict[tuple[str, str], list[Stood]] = {}
    for line in lines:
        by_rules.setdefault((line.rulebook, line.machine), []).append(line)
    found: dict[int, Act] = {}
    for (key, machine), some in by_rules.items():
        moves = office.rulebook(key).machines[machine].moves
        acts = [name for name, move in moves.items() if move.substantive]
        since = {line.id: line.progressed_at for line in some}
        of_these = col(Event.matter).in_(since)
        last = select(func.max(col(Event.seq)).label("seq"), col(Event.matter).label("matter")).where(
            of_these, or_(col(Event.seq) == 1, col(Event.move).in_(acts))
        ).group_by(col(Event.matter)).subquery()  # fmt: skip
        query = select(col(Event.matter), col(Event.seq), col(Event.move), col(Event.actor)).join(
            last, and_(col(Event.matter) == last.c.matter, col(Event.seq) == last.c.seq)
        )
        found |= {
            matter: Act(seq, move, by, since[matter]) for matter, seq, move, by in session.execute(query)
        }
    return found


def document(office: Office, found: Picture, *, actor: str, at: datetime) -> dict[str, Any]:
    """For JSON: the bodies and what stands still, as `actor` may see it."""
    return {
        "as_of": office.day(at).isoformat(), "as_seen_by": actor, "calendar": office.calendar.version,
        "steps": {name: list(steps) for name, steps in found.rules.steps.items()},
        "organisations": [_body(office, found.rules, one, office.day(at)) for one in found.bodies],
        "matters": [_blip(one) for one in found.blips], "more": found.more,
    }  # fmt: skip


def _body(office: Office, rules: Radar, body: Body, today: date) -> dict[str, Any]:
    steps = rules.steps[body.machine]
    longest = None
    if body.longest is not None:
        last = office.day(body.longest.progressed_at)
        days = days_still(office, rules, body.machine, last=last, today=today)
        longest = {"number": body.longest.number, "days": days}
    return {
        "organisation": body.organisation, "machine": body.machine, "live": body.live,
        "still": [{"step": step, "days": days, "count": count}
                  for step, (days, count) in enumerate(zip(steps, body.still, strict=True), start=1)],
        "longest": longest, "last_act_at": body.last_act_at.isoformat(),
    }  # fmt: skip


def _blip(one: Blip) -> dict[str, Any]:
    line, still, act = one.line, one.still, one.act
    return {
        "number": line.number, "machine": line.machine, "state": line.state, "title": line.title,
        "organisation": line.organisation, "project": line.project, "handler": line.handler, "days": still.days,
        "step": still.step, "next_on": still.next_on.isoformat() if still.next_on else None,
        "provisional": still.provisional,
        "act": {"seq": act.seq, "move": act.move, "by": act.by, "at": act.at.isoformat()},
    }  # fmt: skip
