"""What was said against a decision, and on what conditions for it, in words: for the minutes of a round."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import select
from sqlmodel import Session, col

from cases.organisations import organisations
from cases.people import Person
from states.rounds import Result, Said


def dissent(session: Session, results: Mapping[int, Result]) -> list[str]:
    """A line for each dissent, by item, as it is put on file: "2. 王工 (恒泰监理公司): 证据不足"."""
    return lines(session, {item: result.dissent for item, result in results.items()}, "zh")


def lines(session: Session, said: Mapping[int, Iterable[Said]], lang: str) -> list[str]:
    """A line for each of these words, with the item they were said of where there are several."""
    people = {one.person for words in said.values() for one in words}
    called, bodies = names(session, people), {one.code: one.name(lang) for one in organisations(session)}
    return _lines(said, called, bodies)


def filled_in(session: Session, said: Mapping[int, Iterable[Said]], text: str) -> bool:
    """Whether this text is no more than what the engine filled in: with the names of the bodies, or, in rounds decided
    before these stood there, with their codes."""
    kept = {item: list(words) for item, words in said.items()}
    called = names(session, {one.person for words in kept.values() for one in words})
    return text in ("\n".join(lines(session, kept, "zh")), "\n".join(_lines(kept, called, {})))


def _lines(
    said: Mapping[int, Iterable[Said]], called: Mapping[str, str], bodies: Mapping[str, str]
) -> list[str]:
    several = len(said) > 1
    return [(f"{item}. " if several else "") + f"{called.get(one.person, one.person)} "
            f"({bodies.get(one.organisation, one.organisation)}): {one.text}"
            for item, words in said.items() for one in words]  # fmt: skip


def names(session: Session, people: Collection[str]) -> Mapping[str, str]:
    """What these people are called."""
    query = select(col(Person.login), col(Person.name)).where(col(Person.login).in_(people))
    return dict(tuple(row) for row in session.execute(query))
