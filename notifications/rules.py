"""Whom an event concerns. The rulebook names roles and places; here they become people who are there and may know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Select, literal, select, union
from sqlmodel import Session, col

from cases import access
from cases.matters import Matter, Reader, Seat
from cases.office import PERSON, Occurred, Office
from cases.organisations import Organisation
from cases.people import Held, Person, Posting
from cases.prepared import PreparedForLists
from cases.recusals import IN_FORCE, Recusal
from states.references import RECIPIENTS
from states.rulebook import Reach

_TREE = PreparedForLists(lambda _lists: select(col(Organisation.code), col(Organisation.parent)))
_SEATS = PreparedForLists(
    lambda lists: select(col(Seat.matter), col(Seat.person)).where(col(Seat.matter).in_(lists["matters"]))
)
_READERS = PreparedForLists(
    lambda lists: select(col(Reader.matter), col(Reader.person)).where(
        col(Reader.matter).in_(lists["matters"]), col(Reader.ended).is_(None)
    )
)
_RECUSED = PreparedForLists(
    lambda lists: select(col(Recusal.matter), col(Recusal.person)).where(
        col(Recusal.matter).in_(lists["matters"]), col(Recusal.state) == literal(IN_FORCE)
    )
)
_SENT = PreparedForLists(
    lambda lists: select(col(Matter.id), col(Matter.sent_at)).where(col(Matter.id).in_(lists["matters"]))
)


def _people(lists: Mapping[str, Sequence[BindParameter[Any]]]) -> Select[Any]:
    # one list of logins, however each came into it: of two conditions joined by "or", a database reads everybody
    named = select(col(Person.login)).where(col(Person.login).in_(lists["logins"]))
    holding = select(col(Posting.person)).where(
        col(Posting.role).in_(lists["roles"]), col(Posting.organisation).in_(lists["bodies"])
    )
    meant = union(named, holding).subquery()
    return (
        select(col(Person.login), col(Person.email), col(Person.lang), col(Person.channel),
               col(Posting.role), col(Posting.organisation), col(Posting.project))
        .join(Posting, col(Posting.person) == col(Person.login), isouter=True)
        .where(col(Person.active), col(Person.login).in_(select(meant.c.login)))
        .order_by(col(Person.login))
    )  # fmt: skip


_PEOPLE = PreparedForLists(_people)


class Concerned(NamedTuple):
    """That an event concerns a person, and the kind of message that tells them."""

    occurred: Occurred
    login: str
    has_address: bool
    lang: str
    document: str
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Someone:
    """An active person with all their postings."""

    login: str
    has_address: bool
    lang: str
    channel: str | None = None
    postings: list[Held] = field(default_factory=list)


class Known(NamedTuple):
    """A matter, as access looks at it."""

    machine: str
    organisation: str
    addressee: str | None
    project: str | None
    handler: str | None
    opener: str | None
    sent_at: datetime | None


class Directive(NamedTuple):
    """One rule that applies to an event: who is to be told what."""

    to: tuple[str, ...]
    document: str


def concerned(session: Session, office: Office, occurrences: Sequence[Occurred]) -> list[Concerned]:
    """Everyone these events concern, each person once per event however many rules name them; the first rule counts.

    Left out: who has no active account, who may not see the matter, and who made the move (a clock tells everybody).
    The body above is told of what a rung or rule sends it by name, though it does not see the matter: a ladder that
    ended in silence would be no ladder, and a message carries a number and no content.
    """
    ruled = [(one, directives(office, one)) for one in occurrences]
    ruled = [(one, rules) for one, rules in ruled if rules]
    if not ruled:
        return []
    directory = Directory(session, office, ruled)
    return [found for one, rules in ruled for found in _told(directory, one, rules)]


def directives(office: Office, one: Occurred) -> tuple[Directive, ...]:
    """What is to be told about an event: by the rung that fired, or by the notice rules of its machine."""
    if one.document is not None:
        return (Directive(one.to, one.document),)
    rules = office.rulebook(one.rulebook).machines[one.machine].notices_on.get(one.move, ())
    return tuple(Directive(rule.to, rule.document) for rule in rules)


def _told(directory: Directory, one: Occurred, rules: Iterable[Directive]) -> Iterator[Concerned]:
    told: set[str] = {one.actor} if one.document is None else set()
    for rule in rules:
        for name in rule.to:
            for who in directory.named(name, one):
                if who.login not in told:
                    told.add(who.login)
                    yield Concerned(one, who.login, who.has_address, who.lang, rule.document, who.channel)


class Directory:
    """Everybody whom some events may concern, read at once and asked for each of them.

    `ruled` are the events with the rules that apply to them. One query finds the people; seats, the tree of
    organisations and what was sent are read only if somebody asks.
    """

    def __init__(
        self, session: Session, office: Office, ruled: Sequence[tuple[Occurred, tuple[Directive, ...]]]
    ) -> None:  # fmt: skip
        self._session = session
        self._office = office
        self._occurrences = [one for one, _ in ruled]
        self._names = {name for _, rules in ruled for rule in rules for name in rule.to}
        self._people = self._read()
        self._holders: dict[tuple[str, str], list[tuple[str | None, Someone]]] = defaultdict(list)
        for who in self._people.values():
            for held in who.postings:
                self._holders[held.role, held.organisation].append((held.project, who))

    def named(self, name: str, one: Occurred) -> list[Someone]:
        """The active people a rule means by `name` towards this event, who may know of it; by login.

        Whoever is named in person may: that was judged where they were named.
        """
        if name.startswith(PERSON):
            return self._those([name.removeprefix(PERSON)])
        if name == "above":
            return self._above(one, one.organisation)
        if name == "higher":
            return self._above(one, one.addressee or one.organisation)
        if name == "seats":
            found = self._those(self._seats[one.matter])
        elif name == "owner":
            found = self._owners(one)
        elif name == "named":
            found = self._those(one.named)
        elif name in RECIPIENTS:
            found = self._those([one.handler if name == "handler" else one.opener])
        else:
            found = self.holders(name, (one.organisation, one.addressee), one.project)
        matter = self._known(one)
        return [who for who in found if self._may_see(who, one, matter)]

    def _owners(self, one: Occurred) -> list[Someone]:
        """Whoever the state waits for: holders of the roles that own it; of a role that the handler holds, the handler
        alone."""
        handler = self._people.get(one.handler or "")
        found: dict[str, Someone] = {}
        for role in self._owning(one):
            here = self.holders(role, (one.organisation, one.addressee), one.project)
            if handler is not None and any(held.role == role for held in handler.postings):
                here = [handler]
            found |= {who.login: who for who in here}
        return [found[login] for login in sorted(found)]

    def _owning(self, one: Occurred) -> tuple[str, ...]:
        return self._office.rulebook(one.rulebook).machines[one.machine].states[one.state].owner

    def holders(self, role: str, bodies: Iterable[str | None], project: str | None) -> list[Someone]:
        """Those who hold `role` in one of these bodies, for this project or for all of them; by login."""
        found = {
            who.login: who
            for body in bodies if body is not None
            for held_for, who in self._holders.get((role, body), ())
            if held_for is None or held_for == project
        }  # fmt: skip
        return [found[login] for login in sorted(found)]

    def _known(self, one: Occurred) -> Known:
        return Known(one.machine, one.organisation, one.addressee, one.project, one.handler, one.opener,
                     self._sent.get(one.matter) if self._asks_when_sent(one) else None)  # fmt: skip

    def _asks_when_sent(self, one: Occurred) -> bool:
        """Whether anybody's sight of it hangs on its having been sent."""
        roles = self._office.rulebook(one.rulebook).roles.values()
        return one.addressee is not None or any(role.sees.get(one.machine) is Reach.BRIEFED for role in roles)

    def may_know(self, who: Someone, one: Occurred) -> bool:
        """Whether the matter exists for this person."""
        return self._may_see(who, one, self._known(one))

    def _may_see(self, who: Someone, one: Occurred, matter: Known) -> bool:
        """The same. Recusal and other walls come in here, through `cases.access`."""
        if who.login in self._recused[one.matter]:
            return False
        rulebook = self._office.rulebook(one.rulebook)
        if access.sees(who.login, who.postings, rulebook, matter, seated=False, recused=False):
            return True
        seated, reads = who.login in self._seats[one.matter], who.login in self._readers[one.matter]
        return (seated or reads) and access.sees(
            who.login, who.postings, rulebook, matter, seated=seated, reads=reads, recused=False
        )

    def _above(self, one: Occurred, code: str) -> list[Someone]:
        """Who receives what is sent up, in the nearest body above `code` that has anybody who does."""
        role = self._office.rulebook(one.rulebook).receives
        for body in self._line(code):
            found = self.holders(role, (body,), one.project)
            if found:
                return [who for who in found if who.login not in self._recused[one.matter]]
        return []

    def _line(self, code: str) -> Iterator[str]:
        seen = {code}
        here = self._parents.get(code)
        while here is not None and here not in seen:
            yield here
            seen.add(here)
            here = self._parents.get(here)

    def _those(self, logins: Iterable[str | None]) -> list[Someone]:
        return [self._people[login] for login in sorted(filter(None, logins)) if login in self._people]

    @cached_property
    def _parents(self) -> Mapping[str, str | None]:
        return dict(tuple(row) for row in self._ask(_TREE))

    @cached_property
    def _seats(self) -> Mapping[int, set[str]]:
        found: dict[int, set[str]] = defaultdict(set)
        for matter, person in self._ask(_SEATS, matters=[one.matter for one in self._occurrences]):
            found[matter].add(person)
        return found

    @cached_property
    def _readers(self) -> Mapping[int, set[str]]:
        found: dict[int, set[str]] = defaultdict(set)
        for matter, person in self._ask(_READERS, matters=[one.matter for one in self._occurrences]):
            found[matter].add(person)
        return found

    @cached_property
    def _recused(self) -> Mapping[int, set[str]]:
        found: dict[int, set[str]] = defaultdict(set)
        for matter, person in self._ask(_RECUSED, matters=[one.matter for one in self._occurrences]):
            found[matter].add(person)
        return found

    @cached_property
    def _sent(self) -> Mapping[int, datetime | None]:
        asked = [one.matter for one in self._occurrences if self._asks_when_sent(one)]
        return dict(tuple(row) for row in self._ask(_SENT, matters=asked))

    def _read(self) -> dict[str, Someone]:
        """Every active person that one of the names may mean, with all their postings."""
        found: dict[str, Someone] = {}
        for login, email, lang, channel, *held in self._ask(_PEOPLE, **self._meant()):
            who = found.setdefault(login, Someone(login, bool(email), lang, channel))
            if held[0] is not None:
                who.postings.append(Held(*held))
        return found

    def _meant(self) -> dict[str, list[str]]:
        """Logins, and roles in bodies, that include everybody the names mean; more is no harm."""
        logins: set[str | None] = set()
        logins.update(name.removeprefix(PERSON) for name in self._names if name.startswith(PERSON))
        roles = {name for name in self._names.difference(RECIPIENTS) if not name.startswith(PERSON)}
        if "owner" in self._names:
            roles |= {role for one in self._occurrences for role in self._owning(one)}
        bodies = (
            {body for one in self._occurrences for body in (one.organisation, one.addressee)}
            if roles
            else set()
        )
        if "named" in self._names:
            logins.update(login for one in self._occurrences for login in one.named)
        if not self._names.isdisjoint(("handler", "owner")):
            logins.update(one.handler for one in self._occurrences)
        if "opener" in self._names:
            logins.update(one.opener for one in self._occurrences)
        if "seats" in self._names:
            logins.update(login for seated in self._seats.values() for login in seated)
        if not self._names.isdisjoint(("above", "higher")):
            roles |= {self._office.rulebook(one.rulebook).receives for one in self._occurrences}
            below = {code for one in self._occurrences for code in (one.organisation, one.addressee) if code}
            bodies |= {body for code in below for body in self._line(code)}
        return {"logins": [*filter(None, logins)], "roles": [*roles], "bodies": [*filter(None, bodies)]}

    def _ask(self, query: PreparedForLists, **lists: Sequence[Any]) -> list[Sequence[Any]]:
        return query.rows(self._session, **lists)
