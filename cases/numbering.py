"""Numbers of matters: one unbroken series per keeping organisation, machine and year."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from cases.matters import Counter
from states.rulebook import Machine


def next_number(session: Session, machine: Machine, *, code: str, year: int) -> str:
    """The next number of this form. The counter's row is the queue: two who ask at once get two numbers."""
    series = machine.number.split("{seq")[0].format(code=code, year=year)
    value = raise_to(session, series, by=1)
    return machine.number.format(code=code, year=year, seq=value)


def raise_to(session: Session, series: str, *, at_least: int = 0, by: int = 0) -> int:
    """Raise the counter of `series` by `by`, and to `at_least` if it is lower; the new value."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(Counter).values(name=series, value=0).on_conflict_do_nothing())
    here = col(Counter.name) == series
    held = session.execute(select(Counter.value).where(here).with_for_update()).scalar_one()
    value = max(held + by, at_least)
    session.execute(update(Counter).where(here).values(value=value))
    return int(value)
