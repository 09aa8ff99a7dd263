"""What was said against a decision, and on what conditions for it, in words: for the minutes of a round."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import select
from sqlmodel import Session, col

from cases.people import Person
from states.rounds import Result, Said


def dissent(session: Session, results: Mapping[int, Result]) -> list[str]:
    """A line for each dissent, by item: "2. 王工 (HTJ): 证据不足"."""
    return lines(session, {item: result.dissent for item, result in results.items()})


def lines(session: Session, said: Mapping[int, Iterable[Said]]) -> list[str]:
    """A line for each of these words, with the item they were said of where there are several."""
    several = len(said) > 1
    people = {one.person for words in said.values() for one in words}
    called = names(session, people)
    return [(f"{item}. " if several else "") + f"{called.get(one.person, one.person)} ({one.organisation}): {one.text}"
            for item, words in said.items() for one in words]  # fmt: skip


def names(session: Session, people: Collection[str]) -> Mapping[str, str]:
    """What these people are called."""
    query = select(col(Person.login), col(Person.name)).where(col(Person.login).in_(people))
    return dict(tuple(row) for row in session.execute(query))
