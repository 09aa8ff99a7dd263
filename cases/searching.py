"""Search: a number at once, then what people may see by the words of its title, its problem or whom it is about.

Who may not see a matter finds nothing of it, whichever of its words they search for: the condition of access stands in the
query itself, so that the answer takes the same way whether there is nothing or nothing to be seen.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlmodel import Session, col

from cases import access
from cases.matters import Matter, Subject
from cases.worklist import Looker
from states.names import key_of

MOST, LONGEST = 50, 100
_SIGNS = " \u3000·-.,，、()（）"  # what people put between the parts of a name
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}  # full-width forms, as old ledgers have them


@dataclass(frozen=True, slots=True)
class Found:
    """One matter that was found. `exact`: by its very number."""

    number: str
    machine: str
    rulebook: str
    state: str
    title: str
    exact: bool


def search(session: Session, looker: Looker, words: str, *, limit: int = MOST) -> tuple[Found, ...]:
    """What these words find, the number first, then the latest moved."""
    text = plain(words)
    if not text:
        return ()
    seen = access.visible(looker.login, looker.postings, looker.office.rulebook())
    exact = case((func.upper(Matter.number) == text.upper(), 1), else_=0).label("exact")
    columns = (getattr(Matter, name) for name in ("number", "machine", "rulebook", "state", "title"))
    query = (
        select(*columns, exact)
        .where(seen, or_(*_ways(text)))
        .order_by(exact.desc(), col(Matter.moved_at).desc(), col(Matter.id).desc())
        .limit(limit)
    )
    return tuple(Found(**{**row, "exact": bool(row["exact"])}) for row in session.execute(query).mappings())


def plain(words: str) -> str:
    """The words as they are searched for: NFKC, without what cannot be printed, not too long."""
    folded = unicodedata.normalize("NFKC", words)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in folded).split())[:LONGEST]


def _ways(text: str) -> Iterator[ColumnElement[bool]]:
    yield col(Matter.number).icontains(text, autoescape=True)
    problem = col(Matter.values)["problem"].as_string()
    for said in {text, text.translate(_WIDE)}:
        yield col(Matter.title).icontains(said, autoescape=True)
        yield problem.icontains(said, autoescape=True)
    if key := key_of(text):
        keys = {key, key.translate(_WIDE)}
        named = [
            _squeezed(column).icontains(one, autoescape=True)
            for column in (Subject.name, Subject.unit)
            for one in keys
        ]
        yield col(Matter.id).in_(select(col(Subject.matter)).where(or_(*named)))


def _squeezed(column: Any) -> Any:
    """A name without what stands between its parts."""
    found = column
    for sign in _SIGNS:
        found = func.replace(found, sign, "")
    return found
