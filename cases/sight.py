"""What leaves by coming into sight: a round in its members', a task in a company's, an escalation in its addressee's.

Nothing is handed over then, and yet another body knows it from that moment on. So the ledger of disclosures gets a line
when somebody of another body comes to see a matter, and again when one of ours lets them see more of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, column, exists, or_, select, table
from sqlmodel import Session, col

from cases import canonical, disclosures, opened_opinions, recusals, round_sight, rounds, seat_record
from cases.disclosures import Disclosure, Left
from cases.matters import Matter, OnFile, Seat
from cases.office import Office
from cases.people import Person, Posting
from cases.recusals import IN_FORCE, Recusal
from states.rulebook import Reach, Rulebook

CLUE = "clue"  # what never leaves the discipline channel: who sees clues is one of ours
BRIEF = "brief"  # the kind of a line about a round; of other matters it is their machine
_UNSHOWN = (
    rounds.RULES,
    *rounds.SEAL,
    recusals.SEAL,
    seat_record.CONVENED,
    seat_record.CHANGED,
)  # neither the rules nor who holds a seat are a secret of the matter, and a seal gives nothing away
# By name: what declares this table brings what checks signatures, which no move needs. A test holds the two together.
SITES = table("trusted_site", column("organisations", JSON), column("revoked_at", DateTime))
_COLUMNS = tuple(part.name for part in fields(OnFile))


@dataclass(frozen=True, slots=True)
class _Strangers:
    """The roles of other bodies that see a machine: because they take part, or because it was sent to them."""

    own: tuple[str, ...]
    briefed: tuple[str, ...]
    addressed: tuple[str, ...]

    def taking_part(self, row: OnFile) -> tuple[str, ...]:
        """The roles that see it as it stands now by taking part in it."""
        return (*self.own, *(self.briefed if row.sent_at is not None else ()))


def moved(
    session: Session, office: Office, before: OnFile | None, after: OnFile, *, by: str, at: datetime
) -> None:
    """Note what other bodies come to see by a move, or by the opening of a matter (`before` is None)."""
    book = office.rulebook(after.rulebook)
    strangers = _strangers(book, after.machine)
    if not (strangers.own or after.sent_at is not None):
        return
    shown = content(after)
    changed = before is None or content(before) != shown
    _note(session, office, after, strangers, shown, changed=changed, by=by, at=at)


def seated(session: Session, office: Office, matter: int, *, by: str, at: datetime) -> None:
    """Note what other bodies come to see by a seat that somebody takes without a move of the matter."""
    found = session.execute(
        select(*(getattr(Matter, name) for name in _COLUMNS)).where(col(Matter.id) == matter)
    )
    row = OnFile(*found.one())
    book = office.rulebook(row.rulebook)
    _note(session, office, row, _strangers(book, row.machine), content(row), changed=None, by=by, at=at)


def content(row: OnFile) -> dict[str, Any]:
    """What those who see a matter are shown of it, by the names of its fields; what is empty shows nothing."""
    known: dict[str, Any] = {"title": row.title, "project": row.project} | dict(row.values)
    if row.received_on is not None:
        known["received_on"] = row.received_on.isoformat()
    return {name: value for name, value in known.items()
            if name not in _UNSHOWN and value not in (None, "", [])}  # fmt: skip


def is_shared(book: Rulebook, machine: str) -> bool:
    """Whether people of other bodies come to see such a matter by taking part in it."""
    strangers = _strangers(book, machine)
    return bool(strangers.own or strangers.briefed)


def _strangers(book: Rulebook, machine: str) -> _Strangers:
    reached = [(name, role.sees[machine]) for name, role in book.roles.items()
               if machine in role.sees and CLUE not in role.sees]  # fmt: skip
    return _Strangers(
        own=tuple(name for name, reach in reached if reach is Reach.OWN),
        briefed=tuple(name for name, reach in reached if reach is Reach.BRIEFED),
        addressed=tuple(name for name, reach in reached if reach is Reach.ADDRESSED),
    )


def _note(
    session: Session, office: Office, row: OnFile, strangers: _Strangers, shown: Mapping[str, Any], *,
    changed: bool | None, by: str, at: datetime,
) -> None:  # fmt: skip
    """A line for each body that sees the matter and has none yet; and for the others, if one of another body changed
    what they see (`changed`; None: whoever did)."""
    people = _with_a_part(session, row, strangers.taking_part(row))
    seen = {body: _seen(session, office, row, shown, theirs) for body, theirs in people.items()}
    addressed = _addressed(session, row, strangers.addressed)
    seen |= dict.fromkeys(addressed, shown)
    if not seen:
        return
    if rounds.RULES in row.values:
        readers = people | {body: [] for body in addressed}
        opened_opinions.note(session, office, row, readers, by=by, at=at)
    kind = BRIEF if rounds.RULES in row.values else row.machine
    told = _told_before(session, row.id, kind)
    home = session.execute(select(col(Person.organisation)).where(col(Person.login) == by)).scalar()
    for body, content_ in seen.items():
        mark = canonical.digest(canonical.exact(content_))
        anew = (changed is None or (changed and body != home)) and told.get(body) != mark
        if body not in told or anew:
            left = Left(tuple(content_), sha256=mark)
            disclosures.record(session, row.id, kind, left, told=body, by=by, at=at)


def _seen(
    session: Session, office: Office, row: OnFile, shown: Mapping[str, Any], people: Sequence[str]
) -> Mapping[str, Any]:
    """What these people see of it together: of a round, nothing of the items that all of them are kept out of."""
    if rounds.RULES not in row.values:
        return shown
    names: set[str] = {"title", "project"}
    for login in people:
        names |= round_sight.sight(session, office, row, actor=login).values(row.values).keys()
    return {name: value for name, value in shown.items() if name in names}


def _with_a_part(session: Session, row: OnFile, roles: Sequence[str]) -> dict[str, list[str]]:
    """By body: those of other bodies who handle the matter, opened it, or sit in it, and are not kept out of it."""
    if not roles:
        return {}
    seat = exists(
        select(1).where(col(Seat.matter) == row.id, col(Seat.person) == col(Person.login))
    ).correlate(Person)
    out = exists(select(1).where(col(Recusal.matter) == row.id, col(Recusal.person) == col(Person.login),
                                 col(Recusal.state) == IN_FORCE)).correlate(Person)  # fmt: skip
    query = (
        select(col(Person.organisation), col(Person.login))
        .join(Posting, col(Posting.person) == col(Person.login))
        .where(col(Person.active), col(Person.organisation) != row.organisation, col(Posting.role).in_(roles), ~out,
               or_(seat, col(Person.login).in_([row.handler, row.opener])))
        .distinct()
        .order_by(col(Person.organisation), col(Person.login))
    )  # fmt: skip
    found: dict[str, list[str]] = {}
    for body, login in session.execute(query):
        found.setdefault(body, []).append(login)
    return found


def _addressed(session: Session, row: OnFile, roles: Sequence[str]) -> list[str]:
    """The addressee, once it was sent to it and somebody there works here; a body with a site of its own gets a file."""
    if not roles or row.sent_at is None or row.addressee in (None, row.organisation):
        return []
    held = (
        select(col(Posting.id))
        .join(Person, col(Person.login) == col(Posting.person))
        .where(col(Person.active), col(Posting.role).in_(roles), col(Posting.organisation) == row.addressee)
    )
    if session.execute(held.limit(1)).first() is None:
        return []
    sites = session.execute(select(SITES.c.organisations).where(SITES.c.revoked_at.is_(None))).scalars()
    return [] if any(row.addressee in bodies for bodies in sites) else [str(row.addressee)]


def _told_before(session: Session, matter: int, kind: str) -> dict[str, str]:
    """The hash in the last line of each body that has one."""
    query = (
        select(col(Disclosure.told), col(Disclosure.sha256))
        .where(col(Disclosure.matter) == matter, col(Disclosure.kind) == kind)
        .order_by(col(Disclosure.id))
    )
    return dict(tuple(line) for line in session.execute(query))
