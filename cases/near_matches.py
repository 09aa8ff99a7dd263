"""Nobody is given a part in what may touch them before it is decided whether they are kept out of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import recusals, rounds, substitutes
from cases.linking import named
from cases.matters import Matter, OnFile
from cases.office import Office
from cases.people import Person, Posting
from states.facts import Reason
from states.rulebook import Label, Move, Reach

_DECIDED_OR_LEFT_OUT = Label(
    en="The head decides with `recusal decide` or on the page of recusals, or leave this person out.",
    zh="请主要负责人在“待决定的回避申请”中决定（recusal decide），或不列此人。",
)
_DECIDED_FIRST = Label(
    en="The head decides with `recusal decide` or on the page of recusals; then it is sent, to this person or past them.",
    zh="请主要负责人先在“待决定的回避申请”中决定（recusal decide），再发出；决定回避的，此人看不到本件。",
)


def faults(
    session: Session, office: Office, row: OnFile, rule: Move, form: Mapping[str, Any], *, by: str
) -> list[Reason]:
    """Why a move must wait: it would give something to somebody whom it may touch, and nobody has decided on that.

    A round gives it to those who have a part in it, when its brief is sent and when it takes up a clue; what is sent to
    another body, to those of it who will see it; every move to those whom it names. What it touches is told to those alone
    who decide.
    """
    people, matters = set(_named(rule, form)), {row.id, *_clues(session, rule, form)}
    if rounds.RULES in row.values:
        if rule.sends or len(matters) > 1:
            people |= substitutes.with_a_part(session, row.id)
        else:
            people -= {seat.person for seat in rounds.seats(session, row.id)}
    receivers = _receivers(session, office, row) - people if rule.sends else set()
    if not (people | receivers) - {by}:
        return []
    waiting = recusals.undecided(session, matters, (people | receivers) - {by})
    return [_undecided(session, login, receives=login in receivers) for login in waiting]


def _receivers(session: Session, office: Office, row: OnFile) -> set[str]:
    """Who sees it in the body that it is sent to, whoever else does."""
    roles = office.rulebook(row.rulebook).roles.items()
    seeing = [name for name, role in roles if role.sees.get(row.machine) is Reach.ADDRESSED]
    held = (col(Posting.organisation) == row.addressee, col(Posting.role).in_(seeing))
    return set(session.execute(select(col(Posting.person)).where(*held)).scalars())


def _named(rule: Move, form: Mapping[str, Any]) -> tuple[str, ...]:
    """Whom a form gives a part, not those who have one."""
    return named([field for field in rule.fields if not field.seated and not field.of_readers], form)


def _clues(session: Session, rule: Move, form: Mapping[str, Any]) -> Iterator[int]:
    numbers = [form[field.name] for field in rule.fields if field.links and form.get(field.name)]
    if numbers:
        yield from session.execute(select(col(Matter.id)).where(col(Matter.number).in_(numbers))).scalars()


def _undecided(session: Session, login: str, *, receives: bool) -> Reason:
    name = session.execute(select(col(Person.name)).where(col(Person.login) == login)).scalar_one()
    return Reason(
        "near_match",
        Label(en=f"It is not decided yet whether {name} ({login}) is to be kept out: names are close to each other.",
              zh=f"{name}（{login}）是否应当回避尚未决定：有名称相近。"),
        _DECIDED_FIRST if receives else _DECIDED_OR_LEFT_OUT,
    )  # fmt: skip
