"""Nobody is given a part in what may touch them before it is decided whether they are kept out of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import recusals, rounds, substitutes
from cases.linking import named
from cases.matters import Matter, OnFile
from cases.people import Person
from states.facts import Reason
from states.rulebook import Label, Move


def faults(session: Session, row: OnFile, rule: Move, form: Mapping[str, Any], *, by: str) -> list[Reason]:
    """Why a move must wait: it would give something to somebody whom it may touch, and nobody has decided on that.

    A round gives it to those who have a part in it, when its brief is sent and when it takes up a clue; every move to those
    whom it names. What it touches is told to those alone who decide.
    """
    people, matters = set(_named(rule, form)), {row.id, *_clues(session, rule, form)}
    if rounds.RULES in row.values:
        if rule.sends or len(matters) > 1:
            people |= substitutes.with_a_part(session, row.id)
        else:
            people -= {seat.person for seat in rounds.seats(session, row.id)}
    if not people - {by}:
        return []
    return [_undecided(session, login) for login in recusals.undecided(session, matters, people - {by})]


def _named(rule: Move, form: Mapping[str, Any]) -> tuple[str, ...]:
    """Whom a form gives a part, not those who have one."""
    return named([field for field in rule.fields if not field.seated and not field.of_readers], form)


def _clues(session: Session, rule: Move, form: Mapping[str, Any]) -> Iterator[int]:
    numbers = [form[field.name] for field in rule.fields if field.links and form.get(field.name)]
    if numbers:
        yield from session.execute(select(col(Matter.id)).where(col(Matter.number).in_(numbers))).scalars()


def _undecided(session: Session, login: str) -> Reason:
    name = session.execute(select(col(Person.name)).where(col(Person.login) == login)).scalar_one()
    return Reason(
        "near_match",
        Label(en=f"It is not decided yet whether {name} ({login}) is to be kept out: names are close to each other.",
              zh=f"{name}（{login}）是否应当回避尚未决定：有名称相近。"),
        Label(en="The head decides with `recusal decide` or on the page of recusals, or leave this person out.",
              zh="请主要负责人在“待决定的回避申请”中决定（recusal decide），或不列此人。"),
    )  # fmt: skip
