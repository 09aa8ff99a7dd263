"""Figures: what came and went, how old what is open is, what is late, where it arises, who carries it, how long it takes.

Counted in SQL over what one person may see, shaped with pandas; a figure and the table beneath it are the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, case, extract, func, literal_column, or_, select
from sqlmodel import Session, col

from cases.history import Event
from cases.matters import Matter
from cases.office import Office
from cases.organisations import Organisation
from cases.people import Person
from cases.worklist import Looker, live_states
from states.rulebook import FormField, Label, Machine, Reach, StateKind

MONTHS = 13  # of the flow, the running one among them
AGES = (30, 90, 180, 365)  # days since receipt, the upper ends of the steps
FEW = 3  # below it, a count is not told to who is not of the keeping body
CONCLUDED = frozenset(
    {"concluded", "clarified"}
)  # as in the ledger: the outcome is set, the papers are still open

_KEY: Any = literal_column(
    "told_by"
)  # grouped by its name: PostgreSQL takes two parameters of one value for two

Rows = tuple[tuple[Label, tuple[float, ...]], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One table of numbers: a label for each row, a label for each of its columns."""

    name: str
    columns: tuple[Label, ...]
    rows: Rows
    days: bool = False  # of the columns after the first: days, not counts


@dataclass(frozen=True, slots=True)
class Report:
    """Every figure as of one instant. `guarded`: counts below FEW are not told."""

    machine: str
    as_of: date
    figures: tuple[Figure, ...]
    guarded: bool

    def said(self, value: float, *, days: bool = False) -> str:
        """A number as it may be told."""
        if self.guarded and not days and 0 < value < FEW:
            return f"<{FEW}"
        return f"{value:.1f}" if days else f"{value:.0f}"


def report(session: Session, looker: Looker, machine: str, *, at: datetime) -> Report:
    """Every figure of a machine, over what this person may see."""
    counting = _Counting(session, looker, machine, at)
    figures = (
        counting.flow,
        counting.ageing,
        counting.overdue,
        counting.links,
        counting.load,
        counting.stays,
    )
    return Report(
        machine, looker.office.day(at), tuple(figure() for figure in figures), is_guarded(looker, machine)
    )


def is_guarded(looker: Looker, machine: str) -> bool:
    """Whether this person sees anything of a machine otherwise than as one of the body that keeps it."""
    roles = looker.office.rulebook().roles
    held = [roles[one.role].sees.get(machine) for one in looker.postings if one.role in roles]
    return any(reach is Reach.ADDRESSED for reach in held) or not any(
        reach in (Reach.ORGANISATION, Reach.PROJECT) for reach in held
    )


@dataclass(frozen=True, slots=True)
class _Counting:
    """The counts of one machine as one person may see it, at an instant."""

    session: Session
    looker: Looker
    machine: str
    at: datetime

    @property
    def _rules(self) -> Machine:
        return self.looker.office.rulebook().machines[self.machine]

    @property
    def _office(self) -> Office:
        return self.looker.office

    def _closed(self) -> list[str]:
        ends = [name for name, state in self._rules.states.items() if state.kind is StateKind.FINAL]
        return ends + [name for name in sorted(CONCLUDED) if name in self._rules.states]

    def _open(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return self.looker.sees(self.machine), col(Matter.state).not_in(self._closed())

    def _rows(self, *columns: Any, where: Sequence[ColumnElement[bool]], by: Any) -> list[Any]:
        query = select(by.label(_KEY.name), *columns).where(*where).group_by(_KEY)
        return list(self.session.execute(query).all())

    # ------------------------------------------------------------------------------------------ what came and went

    def flow(self) -> Figure:
        """By month: what was received, and what reached its outcome for the first time."""
        months = list(_months(self._office.day(self.at)))
        came = self._rows(func.count(), where=[self.looker.sees(self.machine), *self._received(months)],
                          by=_step(col(Matter.received_on), months))  # fmt: skip
        starts = [datetime.combine(day, time(), self._office.zone) for day in months]
        first = self._outcomes()
        went = self.session.execute(
            select(_step(first.c.at, starts).label(_KEY.name), func.count())
            .where(first.c.at >= starts[0], first.c.at <= self.at).group_by(_KEY)
        ).all()  # fmt: skip
        table = pd.DataFrame({"came": _series(came), "went": _series(went)}, index=range(len(months))).fillna(
            0
        )
        said = [Label(zh=f"{day:%Y-%m}", en=f"{day:%Y-%m}") for day in months]
        return Figure("flow", (label("收到", "received"), label("办结", "concluded")), _shaped(table, said))

    def _received(self, months: Sequence[date]) -> tuple[ColumnElement[bool], ...]:
        return col(Matter.received_on) >= months[0], col(Matter.received_on) <= self._office.day(self.at)

    def _outcomes(self) -> Any:
        """The instant at which each matter first reached its outcome."""
        closed = self._closed()
        reached = (
            col(Event.to_state).in_(closed),
            or_(col(Event.from_state).is_(None), col(Event.from_state).not_in(closed)),
        )
        return (
            select(col(Event.matter), func.min(col(Event.at)).label("at"))
            .join(Matter, col(Matter.id) == col(Event.matter))
            .where(self.looker.sees(self.machine), *reached)
            .group_by(col(Event.matter))
            .subquery()
        )

    # --------------------------------------------------------------------------------------------- what is open now

    def ageing(self) -> Figure:
        """What is open, by the days since it was received."""
        today = self._office.day(self.at)
        steps = [
            *(
                (col(Matter.received_on) >= today - timedelta(days=days), place)
                for place, days in enumerate(AGES)
            )
        ]
        step = case((col(Matter.received_on).is_(None), len(AGES) + 1), *steps, else_=len(AGES))
        found = self._rows(func.count(), where=self._open(), by=step)
        low = (0, *(days + 1 for days in AGES))
        said = [label(f"{a}–{b} 天", f"{a} to {b} days") for a, b in zip(low, AGES, strict=False)]
        said += [
            label(f"{AGES[-1]} 天以上", f"over {AGES[-1]} days"),
            label("无收到日期", "no date of receipt"),
        ]
        table = pd.DataFrame({"open": _series(found)}, index=range(len(said))).fillna(0)
        return Figure("ageing", (label("在办", "open"),), _shaped(table, said))

    def overdue(self) -> Figure:
        """What is open and what of it is late, by the body that keeps it, or that it is for."""
        body = func.coalesce(Matter.addressee, Matter.organisation)
        found = self._rows(self._late(), func.count(), where=self._open(), by=body)
        names = {
            one.code: label(one.name_zh, one.name_en)
            for one in self.session.execute(select(Organisation)).scalars()
        }
        return Figure("overdue", (label("超期", "late"), label("在办", "open")), _ranked(found, names))

    def links(self) -> Figure:
        """What was taken in, by its link in the works: still open, and all."""
        key = func.coalesce(col(Matter.values)["link"].as_string(), "")
        still = func.sum(case((col(Matter.state).not_in(self._closed()), 1), else_=0))
        found = self._rows(still, func.count(), where=[self.looker.sees(self.machine)], by=key)
        names = {"": label("未填", "not said")} | dict(choices_of(self._rules, "link"))
        return Figure("links", (label("在办", "open"), label("全部", "all")), _ranked(found, names))

    def load(self) -> Figure:
        """What each officer has in hand, and what of it is late."""
        key = func.coalesce(Matter.handler, "")
        found = self._rows(func.count(), self._late(), where=self._open(), by=key)
        people = self.session.execute(select(col(Person.login), col(Person.name)).where(
            col(Person.login).in_([row[0] for row in found])))  # fmt: skip
        names = {"": label("尚无承办人", "nobody yet")} | {login: label(name, name) for login, name in people}
        return Figure("load", (label("在办", "open"), label("超期", "late")), _ranked(found, names))

    def _late(self) -> Any:
        return func.sum(case((col(Matter.due_at) <= self.at, 1), else_=0))

    # ------------------------------------------------------------------------------------------------ time in state

    def stays(self) -> Figure:
        """How often a state was entered, and for how many days matters stayed there on average and at most; a stay that
        is not over counts up to now."""
        entered = or_(col(Event.from_state).is_(None), col(Event.from_state) != col(Event.to_state))
        until = func.lead(col(Event.at)).over(partition_by=col(Event.matter), order_by=col(Event.seq))
        stay = (
            select(col(Event.to_state).label("state"), col(Event.at), until.label("until"))
            .join(Matter, col(Matter.id) == col(Event.matter))
            .where(self.looker.sees(self.machine), entered, col(Event.at) <= self.at)
            .subquery()
        )
        ends = func.coalesce(extract("epoch", stay.c.until), int(self.at.timestamp()))
        days = (ends - extract("epoch", stay.c.at)) / 86400.0
        query = select(stay.c.state, func.count(), func.avg(days), func.max(days)).group_by(stay.c.state)
        found = {row[0]: row[1:] for row in self.session.execute(query)}
        live = live_states(self._rules)
        table = pd.DataFrame(
            {name: found[name] for name in live if name in found}, index=["n", "mean", "most"], dtype=float
        ).T
        said = [self._rules.states[name].label for name in table.index]
        columns = (
            label("进入次数", "times entered"),
            label("平均天数", "days on average"),
            label("最长天数", "days at most"),
        )
        return Figure("stays", columns, _shaped(table, said), days=True)


def choices_of(rules: Machine, name: str) -> Iterator[tuple[str, Label]]:
    """What may be chosen in the fields of this name, by code."""
    for field in _fields(rules):
        if field.name == name:
            yield from field.choices.items()


def _fields(rules: Machine) -> Iterator[FormField]:
    yield from rules.register_
    for move in rules.moves.values():
        yield from move.fields


def label(zh: str, en: str) -> Label:
    """A text in both languages."""
    return Label(zh=zh, en=en)


def _months(today: date) -> Iterator[date]:
    """The first days of the last MONTHS months, oldest first."""
    for back in range(MONTHS - 1, -1, -1):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        yield date(year, month + 1, 1)


def _step(column: Any, starts: Sequence[Any]) -> Any:
    """Which of these, in order, a value comes at or after, by place: told without any database's words for months."""
    return case(*((column >= start, place) for place, start in reversed(list(enumerate(starts)))), else_=-1)


def _series(rows: Sequence[Any]) -> pd.Series:
    return pd.Series({int(row[0]): float(row[1]) for row in rows}, dtype=float)


def _shaped(table: pd.DataFrame, labels: Sequence[Label]) -> Rows:
    return tuple(
        (said, tuple(float(one) for one in row)) for said, row in zip(labels, table.to_numpy(), strict=True)
    )


def _ranked(rows: Sequence[Any], names: Mapping[str, Label]) -> Rows:
    """Rows of a key and two counts, the largest first count first; a key nobody has a name for stands for itself."""
    if not rows:
        return ()
    table = pd.DataFrame(
        [(row[0], float(row[1]), float(row[2])) for row in rows], columns=["key", "one", "two"]
    )
    table = table.sort_values(["one", "two", "key"], ascending=[False, False, True])
    said = [names.get(key) or label(key, key) for key in table["key"]]
    return _shaped(table[["one", "two"]], said)
