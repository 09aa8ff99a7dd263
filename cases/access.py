"""Who may see what, as a query filter. What one may not see does not exist: deny by default."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select
from sqlmodel import Session, col

from cases import recusals
from cases.matters import Matter, OnFile, Reader, Seat
from cases.people import Held, postings_of
from cases.unindexed import without_index
from states.facts import Actor
from states.rulebook import Reach, Rulebook


class Looked(Protocol):
    """What of a matter decides who sees it."""

    @property
    def machine(self) -> str: ...
    @property
    def organisation(self) -> str: ...
    @property
    def addressee(self) -> str | None: ...
    @property
    def project(self) -> str | None: ...
    @property
    def handler(self) -> str | None: ...
    @property
    def opener(self) -> str | None: ...
    @property
    def sent_at(self) -> datetime | None: ...


def visible(
    login: str, postings: Sequence[Held], rulebook: Rulebook, *, machine: str | None = None
) -> ColumnElement[bool]:
    """The condition on `matter` that holds for exactly what these postings let `login` see: what is within their
    reach, but nothing they are recused from. With `machine`, of its matters alone: an index can then be used.

    A role that no posting carries, or that names no reach for a machine, shows nothing of it.
    """
    return and_(reach(login, postings, rulebook, machine=machine), not_(recusals.keeps_out(login)))


def reach(
    login: str, postings: Sequence[Held], rulebook: Rulebook, *, machine: str | None = None
) -> ColumnElement[bool]:
    """What `visible` would hold for, were there no recusals."""
    views = {(of, held, posting.organisation, posting.project): _view(login, posting, of, held)
             for posting in postings if posting.role in rulebook.roles
             for of, held in rulebook.roles[posting.role].sees.items() if machine in (None, of)}  # fmt: skip
    return or_(*views.values()) if views else false()


def ways(
    login: str, postings: Sequence[Held], rulebook: Rulebook, *, machine: str
) -> list[tuple[ColumnElement[bool], bool]]:
    """Conditions of which at least one holds for what is within reach of a machine, each of them answered by one index;
    with each, whether it holds for few matters: for somebody's own, where others hold for all of a body's."""
    found: list[tuple[ColumnElement[bool], bool]] = []
    for posting, held in _of_machine(postings, rulebook, machine):
        if held in (Reach.OWN, Reach.BRIEFED):
            sent = [] if held is Reach.OWN else [col(Matter.sent_at).is_not(None)]
            found += [(and_(one, *sent), True) for one in _own_of(login, machine, posting)]
        else:
            found.append((_view(login, posting, machine, held), False))
    return found


def apart(ways: Sequence[tuple[ColumnElement[bool], bool]]) -> list[ColumnElement[bool]]:
    """The same ways, each without what an earlier one holds for: together they hold for each matter exactly once."""
    conditions = [condition for condition, _few in ways]
    return [and_(one, *(not_(func.coalesce(without_index(before), false())) for before in conditions[:place]))
            for place, one in enumerate(conditions)]  # fmt: skip


def _of_machine(postings: Sequence[Held], rulebook: Rulebook, machine: str) -> Iterator[tuple[Held, Reach]]:
    known = set()
    for posting in postings:
        held = rulebook.roles[posting.role].sees.get(machine) if posting.role in rulebook.roles else None
        if held is not None and (one := (held, posting.organisation, posting.project)) not in known:
            known.add(one)
            yield posting, held


def visible_to(
    session: Session, login: str, rulebook: Rulebook, *, machine: str | None = None
) -> ColumnElement[bool]:
    """`visible` for whoever has this login now."""
    return visible(login, postings_of(session, login), rulebook, machine=machine)


def seated(login: str) -> ColumnElement[bool]:
    """The condition on `matter` that holds where this person has a seat."""
    return col(Matter.id).in_(select(col(Seat.matter)).where(col(Seat.person) == login))


def handled_by(login: str) -> ColumnElement[bool]:
    """The condition for what this person handles or sits on, and what they opened that nobody handles yet."""
    return or_(*handled_ways(login))


def handled_ways(login: str) -> tuple[ColumnElement[bool], ColumnElement[bool], ColumnElement[bool]]:
    """The same one by one: handled, sat on, opened and handled by nobody yet; an index each."""
    unhandled = and_(col(Matter.opener) == login, col(Matter.handler).is_(None))
    return col(Matter.handler) == login, seated(login), unhandled


def put_before(login: str) -> ColumnElement[bool]:
    """The condition for what is before this person: copied, delegated, or for their signature, until that ended."""
    theirs = select(col(Reader.matter)).where(col(Reader.person) == login, col(Reader.ended).is_(None))
    return col(Matter.id).in_(theirs)


def _view(login: str, posting: Held, machine: str, reach: Reach) -> ColumnElement[bool]:
    of_machine = col(Matter.machine) == machine
    if reach in (Reach.OWN, Reach.BRIEFED):
        own = and_(of_machine, or_(*_own(login, posting)))
        return own if reach is Reach.OWN else and_(own, col(Matter.sent_at).is_not(None))
    if reach is Reach.ADDRESSED:
        return and_(
            of_machine, col(Matter.addressee) == posting.organisation, col(Matter.sent_at).is_not(None)
        )
    kept = col(Matter.organisation) == posting.organisation
    if posting.project is not None:
        return and_(of_machine, kept, col(Matter.project) == posting.project)
    # a reach of one project without a project shows nothing: SQL would take "= NULL" for "has none"
    return false() if reach is Reach.PROJECT else and_(of_machine, kept)


def _own(login: str, posting: Held) -> tuple[ColumnElement[bool], ...]:
    """What makes a matter somebody's own, or is before them as somebody of the body that keeps it; an index each."""
    kept = [col(Matter.organisation) == posting.organisation]
    kept += [col(Matter.project) == posting.project] if posting.project is not None else []
    read = and_(put_before(login), *map(without_index, kept))
    return col(Matter.opener) == login, col(Matter.handler) == login, seated(login), read


def _own_of(login: str, machine: str, posting: Held) -> Iterator[ColumnElement[bool]]:
    """The same of one machine. Beside a list of keys, the machine is judged row by row: its index would find far more."""
    of_machine = col(Matter.machine) == machine
    opened, handled, sat, read = _own(login, posting)
    yield from (and_(of_machine, handled), and_(of_machine, opened))
    yield from (and_(without_index(of_machine), one) for one in (sat, read))


def sees(
    login: str, postings: Sequence[Held], rulebook: Rulebook, matter: Looked, *, seated: bool, recused: bool,
    reads: bool = False,
) -> bool:  # fmt: skip
    """Whether `visible` holds for this one matter, judged without a query. A property test holds the two together.

    `seated`: they have a seat in it; `reads`: it was put before them, and that has not ended.
    """
    if recused:
        return False
    own = login in (matter.opener, matter.handler) or seated
    for posting in postings:
        role = rulebook.roles.get(posting.role)
        held = role.sees.get(matter.machine) if role else None
        theirs = own or (reads and _keeps(posting, matter))
        if held is not None and _reaches(held, posting, matter, own=theirs):
            return True
    return False


def _keeps(posting: Held, matter: Looked) -> bool:
    """Whether the posting is in the body that keeps the matter, and bears on its project."""
    return matter.organisation == posting.organisation and posting.project in (None, matter.project)


def _reaches(reach: Reach, posting: Held, matter: Looked, *, own: bool) -> bool:
    if reach in (Reach.OWN, Reach.BRIEFED):
        return own and (reach is Reach.OWN or matter.sent_at is not None)
    if reach is Reach.ADDRESSED:
        return matter.addressee == posting.organisation and matter.sent_at is not None
    kept = matter.organisation == posting.organisation
    if reach is Reach.PROJECT or posting.project is not None:
        return kept and posting.project is not None and matter.project == posting.project
    return kept


def actor_towards(login: str, postings: Sequence[Held], matter: OnFile, *, seated: bool) -> Actor:
    """The person as a judge sees them: with the roles that bear on this matter.

    A role bears on a matter when it is held in the organisation that keeps it or is addressed by it, for all projects
    or for the matter's own; or when the person has a seat in it or handles it, as a company's member does a task.
    """
    bodies = (matter.organisation, matter.addressee)
    own = seated or matter.handler == login
    roles = frozenset(
        posting.role
        for posting in postings
        if own or (posting.organisation in bodies and posting.project in (None, matter.project))
    )
    return Actor(
        id=login,
        roles=roles,
        organisation=postings[0].organisation if postings else None,
        is_handler=matter.handler == login,
        is_opener=matter.opener == login,
    )
