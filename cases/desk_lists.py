"""Which matters stand on a desk, by list: one statement that finds the first of each, the most urgent first.

Among 100,000 matters no single condition for a whole list can be answered from an index. So each list is put together from
branches, each of which one index answers in order: by machine, by the way in which it is seen, by state. The statement
is written once for all who hold the same roles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    and_,
    bindparam,
    distinct,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)
from sqlmodel import Session, col

from cases import access, recusals
from cases.matters import Matter, Seat
from cases.office import Office
from cases.people import Held
from cases.prepared import Prepared, PreparedByKey, PreparedForLists
from cases.round_items import RoundItem
from cases.rounds import GivenOpinion, RoundSeat, SpokenSeat
from cases.unindexed import without_index
from states.rulebook import Machine, State, StateKind

NAMES = ("pressing", "opinions", "put_before", "owed", "mine", "role", "waiting")
MOST_KEPT = 200  # statements, one for each set of roles

Where = ColumnElement[bool]
Branch = tuple[str, list[Where]]
_LOGIN: Any = bindparam("login")
_TOMORROW: Any = bindparam("tomorrow")
_kept = PreparedByKey(MOST_KEPT)


def first(
    session: Session, office: Office, postings: Sequence[Held], *, login: str, tomorrow: datetime, most: int
) -> dict[str, list[int]]:
    """By list, the keys of its first matters, no more than `most`; `tomorrow` is when what is due today becomes late."""
    found: dict[str, dict[int, datetime | None]] = {name: {} for name in NAMES}
    given = {"login": login, "tomorrow": tomorrow}
    machines = _machines(office)
    there = {machine for (machine,) in _KEPT.rows(session, machines=machines)}
    kept = tuple(machine for machine in machines if machine in there)
    for name, key, due_at in _statement(office, postings, most, kept).rows(session, given):
        found[name][key] = due_at
    return {name: sorted(keys, key=lambda key, due=keys: _urgency(due[key], key))[:most]  # type: ignore[misc]
            for name, keys in found.items()}  # fmt: skip


def _urgency(due_at: datetime | None, key: int) -> tuple[bool, float, int]:
    return due_at is None, due_at.timestamp() if due_at else 0.0, key


def _machines(office: Office) -> list[str]:
    """The names of all machines, in the order of the rulebooks."""
    return list({name: None for book in office.rulebooks.values() for name in book.machines})


_KEPT = PreparedForLists(
    lambda lists: union_all(
        *(
            select(select(col(Matter.machine)).where(col(Matter.machine) == one).limit(1).subquery())
            for one in lists["machines"]
        )
    )
)
"""Of some machines those that have matters: an office that keeps no register of risks need not look for any."""


def _statement(office: Office, postings: Sequence[Held], most: int, machines: tuple[str, ...]) -> Prepared:
    """The statement for some machines. To write it takes up to a second, most of it for machines without a matter."""
    books = tuple(office.rulebooks.values())
    held = tuple((one.role, one.organisation, one.project) for one in postings)
    key = (tuple(map(id, books)), office.current, held, most, machines)

    def write() -> CompoundSelect[Any]:
        branches = [*_Branches(office, postings, machines).all()] or [("mine", [false()])]
        return union_all(*(_selected(*one, most=most) for one in branches))

    return _kept.of(key, write, alive=books)


def _selected(name: str, conditions: list[Where], *, most: int) -> Any:
    due, key = col(Matter.due_at), col(Matter.id)
    chosen: Any = select(literal_column(f"'{name}'").label("list"), key, due).where(*conditions)
    # of what is due at one instant the oldest first: in the order of the index, so that nothing is sorted
    return select(chosen.order_by(due.asc().nulls_last(), key.asc()).limit(most).subquery())


@dataclass(frozen=True)
class _Branches:
    """The branches of every list for somebody with these postings."""

    office: Office
    postings: Sequence[Held]
    machines: Sequence[str]

    def all(self) -> Iterator[Branch]:
        """Each with the name of its list."""
        book = self.office.rulebook()
        for name in self.machines:
            ways = access.ways(_LOGIN, self.postings, book, machine=name)
            if ways:
                seen = access.visible(_LOGIN, self.postings, book, machine=name)
                yield from self._of(_OfMachine(self.office, name), seen, ways)

    def _of(self, here: _OfMachine, seen: Where, ways: Sequence[tuple[Where, bool]]) -> Iterator[Branch]:
        open_, owed, speak = not_(here.standing(is_final)), here.owed(), here.wants_opinion()
        waits = and_(here.standing(waits_for_others), col(Matter.moved_by) == _LOGIN)
        inside = not_(recusals.keeps_out(_LOGIN))
        judged = without_index(seen)
        for way, _few in ways:
            yield "pressing", [way, inside, col(Matter.due_at) <= _TOMORROW, open_]
            yield from (("owed", [way, inside, one]) for one in here.owed_states())
        theirs = [judged, *map(without_index, (open_, not_(waits), not_(speak), not_(owed)))]
        handled, seated, opened = access.handled_ways(_LOGIN)
        yield "mine", [handled, here.of_machine, *theirs]
        yield "mine", [seated, *theirs]
        yield "mine", [opened, here.of_machine, *theirs]
        unhandled = not_(
            func.coalesce(or_(*access.handled_ways(_LOGIN)), false())
        )  # SQL would not know where nobody handles it
        rest = [inside, *map(without_index, (open_, unhandled, not_(waits), not_(owed)))]
        for one in self._in_role(here, judged, ways):
            yield "role", [*one, *rest]
        put_before = access.put_before(_LOGIN)
        yield "put_before", [put_before, without_index(and_(here.of_machine, open_)), judged]
        if here.has_rounds:
            yield "opinions", [seen, open_, speak]
        for state in here.states(waits_for_others):
            yield "waiting", [judged, col(Matter.moved_by) == _LOGIN, state, without_index(open_)]

    def _in_role(
        self, here: _OfMachine, judged: Where, ways: Sequence[tuple[Where, bool]]
    ) -> Iterator[list[Where]]:
        """What one of the roles held has to move, in the bodies it is held in, and this person does not handle."""
        for held in self.postings:
            project = [] if held.project is None else [col(Matter.project) == held.project]
            for state in here.states(lambda rule, role=held.role: role in rule.owner):  # type: ignore[misc]
                kept, addressed = (
                    col(one) == held.organisation for one in (Matter.organisation, Matter.addressee)
                )
                for way in [way for way, few in ways if not few]:
                    yield [way, kept, state, *project]
                    yield [without_index(way), here.of_machine, addressed, without_index(state), *project]
                if any(
                    few for _, few in ways
                ):  # of their own, what they neither handle nor sit on they opened
                    here_too = without_index(and_(or_(kept, addressed), state))
                    yield [col(Matter.opener) == _LOGIN, here.of_machine, judged, here_too, *project]


def is_final(rule: State) -> bool:
    """Whether nothing happens there any more."""
    return rule.kind is StateKind.FINAL


def waits_for_others(rule: State) -> bool:
    """Whether somebody else has to move from there."""
    return rule.kind is StateKind.WAITING


@dataclass(frozen=True)
class _OfMachine:
    """The conditions on the matters of one machine, under whichever rulebook each of them lives."""

    office: Office
    name: str

    @property
    def rules(self) -> dict[str, Machine]:
        """The machine in each rulebook that has it."""
        return {key: book.machines[self.name] for key, book in self.office.rulebooks.items()
                if self.name in book.machines}  # fmt: skip

    @property
    def of_machine(self) -> Where:
        """The condition for its matters."""
        return col(Matter.machine) == self.name

    @property
    def has_rounds(self) -> bool:
        """Whether opinions are given in any of them."""
        return any(one.rounds is not None for one in self.rules.values())

    def states(self, wanted: Callable[[State], bool]) -> list[Where]:
        """For each state that `wanted` takes, the condition for what stands there."""
        return [self._standing(state, keys) for state, keys in self._where(wanted).items()]

    def standing(self, wanted: Callable[[State], bool]) -> Where:
        """The condition for what stands in a state that `wanted` takes, to be judged row by row."""
        return self._in_any(self._where(wanted))

    def _where(self, wanted: Callable[[State], bool]) -> dict[str, list[str]]:
        """The states that `wanted` takes, each with the rulebooks in which it does."""
        found: dict[str, list[str]] = {}
        for key, rules in self.rules.items():
            for state, rule in rules.states.items():
                if wanted(rule):
                    found.setdefault(state, []).append(key)
        return found

    def _in_any(self, found: Mapping[str, list[str]]) -> Where:
        """One list for all states that the same rulebooks have: a statement holds this a hundred times, and is as long."""
        alike: dict[tuple[str, ...], list[str]] = {}
        for state, keys in found.items():
            alike.setdefault(tuple(keys), []).append(state)
        return and_(
            self.of_machine,
            or_(
                false(),
                *(
                    and_(
                        col(Matter.state).in_(states),
                        *([] if len(keys) == len(self.rules) else [col(Matter.rulebook).in_(keys)]),
                    )
                    for keys, states in alike.items()
                ),
            ),
        )

    def _standing(self, state: str, keys: list[str]) -> Where:
        here = and_(col(Matter.machine) == self.name, col(Matter.state) == state)
        if len(keys) == len(self.rules):
            return here
        return and_(here, or_(*(col(Matter.rulebook) == key for key in keys)))

    def owed_states(self) -> list[Where]:
        """Reports that a rule opened and nobody has taken up, by the state they lie in."""
        return [self._standing(state, keys) for state, keys in self._owed_where().items()]

    def owed(self) -> Where:
        """The condition for any of them, to be judged row by row."""
        return self._in_any(self._owed_where())

    def _owed_where(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key, book in self.office.rulebooks.items():
            for machine in book.machines.values():
                for duty in machine.mandatory.values():
                    opens = duty.opens
                    if opens is None or opens.by is None or opens.machine != self.name:
                        continue
                    lies = book.machines[self.name].moves[opens.by].to
                    if lies is not None and key not in found.setdefault(lies, []):
                        found[lies].append(key)
        return found

    def wants_opinion(self) -> Where:
        """Rounds that this person sits in, where opinions are given and they have not spoken on every item."""
        giving = [
            self._standing(state, [key])
            for key, machine in self.rules.items() if machine.rounds is not None
            for state in machine.moves[machine.rounds.given_by].from_
        ]  # fmt: skip
        if not giving:
            return false()
        this = col(Matter.id)
        seat = select(1).where(col(RoundSeat.matter) == this, col(RoundSeat.person) == _LOGIN)
        stands_in = select(1).where(col(RoundSeat.matter) == this, col(RoundSeat.substitute) == _LOGIN)
        seated = exists(select(1).where(col(Seat.matter) == this, col(Seat.person) == _LOGIN))
        given = select(func.count(distinct(col(GivenOpinion.item)))).where(
            col(GivenOpinion.matter) == this, col(GivenOpinion.person) == _LOGIN
        )
        before = (
            select(func.count(col(SpokenSeat.id)))
            .join(RoundSeat, col(RoundSeat.id) == col(SpokenSeat.seat))
            .where(col(RoundSeat.matter) == this, col(SpokenSeat.person) != _LOGIN)
            .where(or_(col(RoundSeat.person) == _LOGIN, col(RoundSeat.substitute) == _LOGIN))
        )
        further = select(func.count()).select_from(RoundItem).where(col(RoundItem.matter) == this)
        return and_(
            or_(*giving), or_(exists(seat), and_(exists(stands_in), seated)),
            given.scalar_subquery() + before.scalar_subquery() < 1 + further.scalar_subquery(),
        )  # fmt: skip
