"""The digest: on working mornings, one message per person with how much waits for them. Counts and a link, no list."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from cases.deadlines import Deadline
from cases.matters import Matter
from cases.office import Occurred, Office
from notifications import outbox
from notifications.notices import DIGEST, PENDING
from notifications.outbox import FOLDER
from notifications.rules import Directive, Directory, Someone

AT_ONCE = 2000  # matters looked at together: bound parameters are not endless


def plan_digests(
    session: Session, office: Office, *, at: datetime, channel: str = FOLDER, installation: str | None = None,
    set_up: Collection[str] | None = None,
) -> int:  # fmt: skip
    """Plan today's digests; how many are new. None on rest days, none for whom nothing waits, one a day however often
    it is called."""
    today = office.day(at)
    if not office.calendar.is_working_day(today):
        return 0
    mark = outbox.installation_mark(session) if installation is None else installation
    waiting = waiting_for(session, office, today=today, at=at)
    return outbox.insert(session, [
        _row(who, counts, by=outbox.way(who.channel, office=channel, has_address=who.has_address, set_up=set_up),
             cause=f"{DIGEST}:{today.isoformat()}", mark=mark, at=at)
        for who, counts in waiting
    ])  # fmt: skip


def _row(
    who: Someone, counts: Mapping[str, int], *, by: str, cause: str, mark: str, at: datetime
) -> dict[str, Any]:  # fmt: skip
    return {
        "event": None, "matter": None, "recipient": who.login, "channel": by, "document": DIGEST, "lang": who.lang,
        "due_on": None, "counts": dict(counts), "status": PENDING, "attempts": 0, "next_at": at, "planned_at": at,
        "message_id": outbox.message_id(mark, cause, who.login, by),
    }  # fmt: skip


def waiting_for(
    session: Session, office: Office, *, today: date, at: datetime
) -> list[tuple[Someone, dict[str, int]]]:  # fmt: skip
    """How many clocks are late, due today, and due until Sunday, for each person who must act on them; by login."""
    people: dict[str, Someone] = {}
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for who, counts in _shares(session, office, _due(session, today=today), at=at):
        people[who.login] = who
        sums[who.login].update(counts)
    return [(people[login], {"late": sums[login]["late"], "today": sums[login]["today"], "week": sums[login]["week"]})
            for login in sorted(people)]  # fmt: skip


_MATTER: tuple[Any, ...] = (
    Matter.id, Matter.number, Matter.machine, Matter.rulebook, Matter.state, Matter.organisation, Matter.addressee,
    Matter.project, Matter.handler, Matter.opener,
)  # fmt: skip


def _due(session: Session, *, today: date) -> Sequence[Any]:
    """The matters with open clocks that are due until Sunday, with how many of each kind."""
    sunday = today + timedelta(days=6 - today.weekday())
    due = col(Deadline.due_on)
    kinds = {"late": due < today, "today": due == today, "week": due > today}
    query = (
        select(*_MATTER, *(func.sum(case((holds, 1), else_=0)).label(kind) for kind, holds in kinds.items()))
        .join(Deadline, col(Deadline.matter) == col(Matter.id))
        .where(col(Deadline.status) == "open", due <= sunday)
        .group_by(col(Matter.id))
        .order_by(col(Matter.id))
    )
    return session.execute(query).all()


def _shares(
    session: Session, office: Office, rows: Sequence[Any], *, at: datetime
) -> Iterator[tuple[Someone, dict[str, int]]]:
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        asked = [(_as_occurred(row, at=at), _owners(office, row)) for row in some]
        names = [(one, (Directive(("handler", "seats", *owners), DIGEST),)) for one, owners in asked]
        directory = Directory(session, office, names)
        for row, (one, owners) in zip(some, asked, strict=True):
            counts = {"late": int(row.late), "today": int(row.today), "week": int(row.week)}
            for who in must_act(directory, one, owners):
                yield who, counts


def _owners(office: Office, row: Any) -> tuple[str, ...]:
    return office.rulebook(row.rulebook).machines[row.machine].states[row.state].owner


def _as_occurred(row: Any, *, at: datetime) -> Occurred:
    """The matter as the rules of notices look at one, though nothing happened to it."""
    return Occurred(event=0, matter=row.id, number=row.number, machine=row.machine, rulebook=row.rulebook, move="",
                    state=row.state, at=at, actor="", organisation=row.organisation, addressee=row.addressee,
                    project=row.project, handler=row.handler, opener=row.opener)  # fmt: skip


def must_act(directory: Directory, one: Occurred, owners: Sequence[str]) -> list[Someone]:
    """Who must act on a matter in its state: its handler, else those seated in it, else all, if they hold a role that
    owns the state. A state that nobody owns waits for its handler."""
    everybody = {who.login: who for role in owners for who in directory.named(role, one)}
    for circle in (directory.named("handler", one), directory.named("seats", one), list(everybody.values())):
        found = [who for who in circle if not owners or any(held.role in owners for held in who.postings)]
        if found:
            return found
    return []
