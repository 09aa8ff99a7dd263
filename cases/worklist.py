"""The worklist: what of one machine somebody may see, by tab and filter, in an order of their choice, page by page.

A page ends at what stands there, not at a count of lines, so that whatever is opened meanwhile moves no line to another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    false,
    func,
    not_,
    or_,
    select,
    true,
    union_all,
)
from sqlmodel import Session, col
from sqlmodel.sql.sqltypes import UTCDateTime

from cases import access, gathering, recusals
from cases.deadlines import Deadline
from cases.history import Event
from cases.matters import Matter
from cases.office import Office
from cases.people import Held, Person
from cases.prepared import PreparedByKey
from states.rulebook import Machine, Reach, StateKind

TABS = ("todo", "handled", "done", "passed", "copied", "late", "all")
SORTS = ("due", "received", "number", "changed")
MOST_COUNTED = 1000  # beyond it, a count says only "more"
_kept = PreparedByKey(1000)  # statements of people with some ten different postings


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is asked for; what is empty asks for nothing. The dates are the office's days, both ends included."""

    machine: str = "clue"
    tab: str = "todo"
    state: str = ""
    kind: str = ""
    link: str = ""
    grade: str = ""
    handler: str = ""
    project: str = ""
    organisation: str = ""
    received_from: date | None = None
    received_until: date | None = None
    due_until: date | None = None
    text: str = ""
    sort: str = "due"


@dataclass(frozen=True, slots=True)
class Spot:
    """The last line of a page: what the list is ordered by, as kept, and the line's key."""

    value: str | None
    id: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `due_at` is the first instant at which the nearest of its clocks, `clock`, is late."""

    id: int
    number: str
    machine: str
    rulebook: str
    state: str
    version: int
    title: str
    handler: str | None
    handler_name: str | None
    project: str | None
    organisation: str
    received_on: date | None
    moved_at: datetime
    progressed_at: datetime
    due_at: datetime | None
    clock: str | None
    provisional: bool
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lines:
    """A page, how many lines there are (no further counted than MOST_COUNTED + 1), and where it goes on."""

    lines: tuple[Line, ...]
    total: int
    next: Spot | None


_LOGIN: Any = bindparam("login")


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks, with what they hold: read once for all that one page asks."""

    login: str
    postings: Sequence[Held]
    office: Office

    @classmethod
    def of(cls, session: Session, office: Office, login: str) -> Looker:
        """Whoever has this login now."""
        return cls(login, gathering.standing(session, login, matter=0)[0], office)

    def sees(self, machine: str) -> ColumnElement[bool]:
        """The condition for what of a machine they may see."""
        return access.visible(self.login, self.postings, self.office.rulebook(), machine=machine)

    def branches(self, machine: str) -> list[ColumnElement[bool]]:
        """The same in branches, of which each one index answers; for each matter that may be seen one branch holds."""
        return [branch for branch, _few in self.parted(machine)]

    def parted(self, machine: str) -> list[tuple[ColumnElement[bool], bool]]:
        """The same; with each branch, whether it holds for somebody's own matters alone, where others hold for a body's."""
        ways = access.ways(self.login, self.postings, self.office.rulebook(), machine=machine)
        inside = not_(recusals.keeps_out(self.login))
        return [(and_(one, inside), few) for one, (_, few) in zip(access.apart(ways), ways, strict=True)]

    def ask(
        self,
        session: Session,
        question: tuple[Any, ...] | None,
        at: datetime | None,
        write: Callable[[Looker], Select[Any] | CompoundSelect[Any]],
        **given: Any,
    ) -> list[Sequence[Any]]:
        """The rows of a statement about what they see. It is written once for a question and kept for all who hold the
        same, for somebody without a name; where `question` is None it is not kept: hardly anybody asks that again.
        `given` are values for further parameters that it names."""
        if question is None:
            return list(session.execute(write(self), {"at": at, **given}).tuples())
        books = tuple(self.office.rulebooks.values())
        key = (
            tuple((held.role, held.organisation, held.project) for held in self.postings),
            tuple(map(id, books)),
            self.office.current,
            self.office.zone,
            question,
        )
        anybody = replace(self, login=_LOGIN)
        return _kept.of(key, lambda: write(anybody), alive=books).rows(
            session, {"at": at, "login": self.login, **given}
        )

    def machines(self) -> tuple[str, ...]:
        """The machines of which they may see anything, in the rulebook's order."""
        book = self.office.rulebook()
        held = {posting.role for posting in self.postings} & set(book.roles)
        return tuple(one for one in book.machines if any(one in book.roles[role].sees for role in held))


def page(
    session: Session, looker: Looker, wanted: Wanted, *, at: datetime, limit: int = 50, after: Spot | None = None,
    total: int | None = None,
) -> Lines:  # fmt: skip
    """A page of what is wanted. `total`: how many there are, where that is known."""
    if total is None:
        ((total,),) = looker.ask(
            session, None if wanted.text else ("total", wanted), at, lambda who: select(_capped(who, wanted))
        )
    if not total:
        return Lines((), 0, None)

    def first(who: Looker) -> Select[Any]:
        such = [*_wanted(who, wanted)] + ([] if after is None else [beyond(wanted.sort, after)])
        chosen = _first(who, wanted.machine, such, sort=wanted.sort, limit=limit + 1)
        return _lines(chosen, wanted.sort)

    found = [
        *map(_line, looker.ask(session, None if wanted.text or after else ("page", wanted, limit), at, first))
    ]
    following = _spot(wanted.sort, found[limit - 1]) if len(found) > limit else None
    return Lines(tuple(found[:limit]), int(total), following)


def counts(session: Session, looker: Looker, machine: str, *, at: datetime) -> dict[str, int]:
    """How many stand under each tab, no further counted than MOST_COUNTED + 1; in one query."""

    def each(who: Looker) -> Select[Any]:
        return select(*(_capped(who, Wanted(machine=machine, tab=tab)).label(tab) for tab in TABS))

    (found,) = looker.ask(session, ("counts", machine), at, each)
    return {tab: int(count) for tab, count in zip(TABS, found, strict=True)}


def condition(looker: Looker, wanted: Wanted, *, at: datetime) -> ColumnElement[bool]:
    """The condition on `matter` for all that is wanted, as an export takes it."""
    return and_(looker.sees(wanted.machine), *_wanted(looker, wanted, at=at))


def _capped(looker: Looker, wanted: Wanted) -> Any:
    most, such = MOST_COUNTED + 1, [*_wanted(looker, wanted)]
    some = [select(col(Matter.id)).where(seen, *such).limit(most) for seen in looker.branches(wanted.machine)]
    return select(func.count()).select_from(_together(some).limit(most).subquery()).scalar_subquery()


def _first(
    looker: Looker, machine: str, such: Sequence[ColumnElement[bool]], *, sort: str, limit: int
) -> Select[Any]:
    """The keys of the first that fit and may be seen: the first of each branch, and of these again the first."""
    firsts = [
        select(col(Matter.id)).where(seen, *such).order_by(*_order(sort)).limit(limit)
        for seen in looker.branches(machine)
    ]
    if len(firsts) == 1:
        return firsts[0]
    return (
        select(col(Matter.id))
        .where(col(Matter.id).in_(_together(firsts)))
        .order_by(*_order(sort))
        .limit(limit)
    )


def _together(chosen: Sequence[Select[Any]]) -> Select[Any]:
    """What any of these chooses. Each is a query within: SQLite knows no limit of a branch."""
    every = union_all(*(select(one.subquery().c.id) for one in chosen)) if chosen else None
    return select(col(Matter.id)).where(false()) if every is None else select(every.subquery().c.id)


def lines_of(session: Session, looker: Looker, machine: str, numbers: Sequence[str]) -> tuple[Line, ...]:
    """The lines of these numbers, as far as they may be seen, by number."""
    chosen = select(col(Matter.id)).where(looker.sees(machine), col(Matter.number).in_(numbers))
    return tuple(_line(row) for row in session.execute(_lines(chosen, "number")))


def longest_still(
    session: Session,
    looker: Looker,
    machine: str,
    states: Sequence[str],
    *,
    of_each: int,
    such: Sequence[ColumnElement[bool]] = (),
    of_all: int | None = None,
    question: tuple[Any, ...] | None = None,
    **given: Any,
) -> tuple[Line, ...]:
    """Of each of these states the lines that may be seen and stand there the longest without a substantive act; with
    `such`, of those alone for which all of it holds; with `of_all`, of all of them the first so many.

    `question` names what `such` asks, which is kept then; `given` are the values of the parameters in it.
    """

    def firsts(who: Looker) -> Select[Any]:
        chosen = _together([
            _first(who, machine, [col(Matter.state) == state, *such], sort="still", limit=of_each)
            for state in states
        ])  # fmt: skip
        if of_all is not None:
            within = select(col(Matter.id)).where(col(Matter.id).in_(chosen))
            chosen = within.order_by(*_order("still")).limit(of_all)
        return _lines(chosen, "still")

    asked = ("still", machine, *states, of_each, of_all, *(question or ()))
    kept = asked if question is not None or not such else None
    return tuple(map(_line, looker.ask(session, kept, None, firsts, **given)))


_OWN = ("id", "number", "machine", "rulebook", "state", "version", "title", "handler", "project", "organisation",
        "received_on", "moved_at", "progressed_at", "due_at", "values")  # fmt: skip
_SHOWN = (*_OWN, "handler_name", "clock", "provisional")


def _line(row: Sequence[Any]) -> Line:
    read = dict(zip(_SHOWN, row, strict=True))
    return Line(**read | {"provisional": bool(read["provisional"])})


def _lines(chosen: Any, sort: str) -> Select[Any]:
    """The columns of `_SHOWN` of the matters with these keys."""
    nearest = (
        col(Deadline.matter) == col(Matter.id),
        col(Deadline.status) == "open",
        col(Deadline.due_at) == col(Matter.due_at),
    )
    clock = select(col(Deadline.name)).where(*nearest).order_by(col(Deadline.id)).limit(1).scalar_subquery()
    unsure = (
        select(col(Deadline.provisional))
        .where(*nearest)
        .order_by(col(Deadline.id))
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(*(getattr(Matter, name) for name in _OWN), col(Person.name).label("handler_name"),
               clock.label("clock"), unsure.label("provisional"))
        .join(Person, col(Person.login) == col(Matter.handler), isouter=True)
        .where(col(Matter.id).in_(chosen))
        .order_by(*_order(sort))
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------- what is wanted


_AT: Any = bindparam("at", type_=UTCDateTime())


def _wanted(looker: Looker, wanted: Wanted, *, at: Any = _AT) -> Iterator[ColumnElement[bool]]:
    """What is asked of a matter that may be seen."""
    tab = _TABS.get(wanted.tab)
    if tab is not None:
        yield tab(looker, wanted.machine, at)
    for name in ("state", "handler", "project", "organisation"):
        if value := getattr(wanted, name):
            yield getattr(Matter, name) == value
    for name in ("kind", "link", "grade"):
        if value := getattr(wanted, name):
            yield col(Matter.values)[name].as_string() == value
    yield from _dated(wanted, looker.office)
    if wanted.text:
        yield or_(col(Matter.number).icontains(wanted.text, autoescape=True),
                  col(Matter.title).icontains(wanted.text, autoescape=True))  # fmt: skip


def _dated(wanted: Wanted, office: Office) -> Iterator[ColumnElement[bool]]:
    if wanted.received_from is not None:
        yield col(Matter.received_on) >= wanted.received_from
    if wanted.received_until is not None:
        yield col(Matter.received_on) <= wanted.received_until
    if wanted.due_until is not None:
        yield col(Matter.due_at) <= end_of(wanted.due_until, office)


def end_of(day: date, office: Office) -> datetime:
    """The first instant after a day of the office: what is due that day is late from then on."""
    return datetime.combine(day + timedelta(days=1), time(), office.zone)


def _todo(looker: Looker, machine: str, _at: datetime) -> ColumnElement[bool]:
    """What waits for this person: what they handle in a state that is not waiting for others, what they sit on, what
    they opened that nobody handles yet, and what stands in a state that a role they hold owns."""
    rules = looker.office.rulebook().machines[machine]
    live, acting = live_states(rules), _states(rules, StateKind.OPEN)
    login = looker.login
    ways = [
        and_(col(Matter.handler) == login, col(Matter.state).in_(acting)),
        and_(access.seated(login), col(Matter.state).in_(live)),
        and_(col(Matter.opener) == login, col(Matter.handler).is_(None), col(Matter.state).in_(acting)),
    ]
    return or_(*ways, *_owned(looker, rules, machine))


def _owned(looker: Looker, rules: Machine, machine: str) -> Iterator[ColumnElement[bool]]:
    """By posting, the states its role owns. A role that sees only its own holders' matters owns nothing in common."""
    roles = looker.office.rulebook().roles
    for posting in looker.postings:
        reach = roles[posting.role].sees.get(machine) if posting.role in roles else None
        owned = [name for name in live_states(rules) if posting.role in rules.states[name].owner]
        if reach in (None, Reach.OWN) or not owned:
            continue
        body = Matter.addressee if reach is Reach.ADDRESSED else Matter.organisation
        yield and_(col(body) == posting.organisation, col(Matter.state).in_(owned))


def _handled(looker: Looker, machine: str, _at: datetime) -> ColumnElement[bool]:
    rules = looker.office.rulebook().machines[machine]
    mine = select(col(Matter.id)).where(col(Matter.handler) == looker.login, col(Matter.machine) == machine)
    return and_(
        col(Matter.id).in_(mine), col(Matter.state).in_(live_states(rules))
    )  # few of what a body keeps


def _done(looker: Looker, machine: str, at: datetime) -> ColumnElement[bool]:
    """What this person had a hand in, and what does not wait for them any more."""
    touched = select(col(Event.matter)).where(col(Event.actor) == looker.login)
    waiting = select(col(Matter.id)).where(col(Matter.machine) == machine, _todo(looker, machine, at))
    return and_(col(Matter.id).in_(touched), col(Matter.id).not_in(waiting))


def _passed(looker: Looker, machine: str, _at: datetime) -> ColumnElement[bool]:
    """What this person has passed on to others, all of it or a part, as far as they still see it."""
    moves = {move for book in looker.office.rulebooks.values() if machine in book.machines
             for move, rule in book.machines[machine].moves.items() if rule.passes_on}  # fmt: skip
    made = select(col(Event.matter)).where(col(Event.actor) == looker.login, col(Event.move).in_(moves))
    return col(Matter.id).in_(made)


def _copied(looker: Looker, _machine: str, _at: datetime) -> ColumnElement[bool]:
    """What was put before this person: copies, delegated work, signatures."""
    return access.put_before(looker.login)


def _late(_looker: Looker, _machine: str, at: datetime) -> ColumnElement[bool]:
    return col(Matter.due_at) <= at


_TABS: Mapping[str, Callable[[Looker, str, datetime], ColumnElement[bool]]] = {
    "todo": _todo, "handled": _handled, "done": _done, "passed": _passed, "copied": _copied, "late": _late,
}  # fmt: skip


def tab(looker: Looker, machine: str, name: str, *, at: datetime) -> ColumnElement[bool]:
    """The condition on `matter` for what stands under a tab. Raises KeyError where there is none of that name."""
    return true() if name == "all" else _TABS[name](looker, machine, at)


def live_states(rules: Machine) -> list[str]:
    """The states in which something may still happen."""
    return [name for name, state in rules.states.items() if state.kind is not StateKind.FINAL]


def _states(rules: Machine, kind: StateKind) -> list[str]:
    return [name for name, state in rules.states.items() if state.kind is kind]


# ------------------------------------------------------------------------------------------------------- the order

_NEWEST = col(Matter.id).desc()
_ORDERS: Mapping[str, tuple[Any, ...]] = {
    "due": (
        col(Matter.due_at).asc().nulls_last(),
        col(Matter.id),
    ),  # in the order of the index: nothing is sorted
    "received": (col(Matter.received_on).desc().nulls_last(), _NEWEST),
    "number": (col(Matter.number),),
    "changed": (col(Matter.moved_at).desc(), _NEWEST),
    "still": (col(Matter.progressed_at), col(Matter.id)),
}
_COLUMNS: Mapping[str, Any] = {
    "due": Matter.due_at,
    "received": Matter.received_on,
    "changed": Matter.moved_at,
}


def _order(sort: str) -> tuple[Any, ...]:
    return _ORDERS[sort]


def _spot(sort: str, line: Line) -> Spot:
    value = {
        "due": line.due_at,
        "received": line.received_on,
        "number": line.number,
        "changed": line.moved_at,
    }[sort]
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    return Spot(value if isinstance(value, str) else value.isoformat() if value else None, line.id)


def beyond(sort: str, spot: Spot) -> ColumnElement[bool]:
    """The condition for what follows this spot. Raises ValueError for one that this order cannot have."""
    if sort == "number":
        return col(Matter.number) > (spot.value or "")
    column, key = col(_COLUMNS[sort]), col(Matter.id)
    later = key > spot.id if sort == "due" else key < spot.id
    if spot.value is None:
        return and_(column.is_(None), later)
    value: Any = date.fromisoformat(spot.value) if sort == "received" else datetime.fromisoformat(spot.value)
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(spot.value)
    further = column > value if sort == "due" else column < value
    return or_(further, and_(column == value, later), column.is_(None))
