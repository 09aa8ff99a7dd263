"""Numbers of matters: one unbroken series per keeping organisation, machine and year."""

from __future__ import annotations

from sqlalchemy import bindparam, select, text, update
from sqlmodel import Session, col

from cases.matters import Counter
from cases.prepared import Prepared
from states.rulebook import Machine

# As text, because SQLAlchemy knows ON CONFLICT only in the words of one kind of database.
_START = Prepared(text("INSERT INTO counter (name, value) VALUES (:name, 0) ON CONFLICT DO NOTHING"))
_HERE = col(Counter.name) == bindparam("series")
_HELD = Prepared(select(col(Counter.value)).where(_HERE).with_for_update())
_RAISE = Prepared(update(Counter).where(_HERE).values(value=bindparam("to")))


def next_number(session: Session, machine: Machine, *, code: str, year: int) -> str:
    """The next number of this form. The counter's row is the queue: two who ask at once get two numbers."""
    series = machine.number.split("{seq")[0].format(code=code, year=year)
    value = raise_to(session, series, by=1)
    return machine.number.format(code=code, year=year, seq=value)


def raise_to(session: Session, series: str, *, at_least: int = 0, by: int = 0) -> int:
    """Raise the counter of `series` by `by`, and to `at_least` if it is lower; the new value."""
    _START.change(session, {"name": series})
    ((held,),) = _HELD.rows(session, {"series": series})
    value = max(int(held) + by, at_least)
    _RAISE.change(session, {"series": series, "to": value})
    return value
