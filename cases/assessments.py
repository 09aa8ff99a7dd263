"""The sheet of one body and period as of an instant: every figure with its numerator and denominator, the rows that it was
counted from, its weight, and the score with its formula.

Who looks must see all sheets of the commission. Of what a figure counted, rows out of their sight are not named but
counted; where they lie in the discipline channel, the whole figure is withheld, and the score that it weighs in with it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from cases import access, assessment_counts, canonical, creation_scope, zero_reports
from cases.assessment_counts import Asked, Counted
from cases.assessment_past import Past
from cases.matters import Matter
from cases.office import Office
from cases.organisations import Organisation
from states import assessing
from states.assessing import FORMULA, Count, Score
from states.assessment_rules import COMMISSION, Assessment, Indicator
from states.facts import Reason, Refused
from states.form_values import label
from states.rulebook import Label, Rulebook

MACHINE = "assessment"
_PERIOD = re.compile(r"(20[0-9]{2}|19[89][0-9])(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


@dataclass(frozen=True, slots=True)
class Named:
    """A row that somebody may see: its number (or slot), and whether it is in the numerator."""

    number: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a sheet. Withheld: `count` is None and there are no rows."""

    name: str
    rule: Indicator
    formula: Label
    count: Count | None
    rows: tuple[Named, ...] = ()
    hidden: int = 0

    def as_dict(self, lang: str) -> dict[str, Any]:
        """For JSON."""
        count, deducts = self.count, self.rule.deducts
        return {
            "name": self.name, "label": self.rule.label.in_(lang), "formula": self.formula.in_(lang),
            "withheld": count is None, "applies": count.applies if count is not None else None,
            "hits": count.hits if count is not None else None, "of": count.of if count is not None else None,
            "weight": self.rule.weight, "each": deducts.each if deducts else None,
            "most": deducts.most if deducts else None,
            "deducted": assessing.deduction(self.rule, count) if count is not None else None,
            "internal": self.rule.internal, "hidden": self.hidden,
            "rows": [{"number": one.number, "hit": one.hit} for one in self.rows],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole sheet. `score` is None where a figure that weighs is withheld from whoever asked."""

    organisation: str
    kind: str
    keeper: str
    period: str
    first_on: date
    last_on: date
    as_of: datetime
    rulebook: str
    calendar: str
    figures: tuple[Figure, ...]
    score: Score | None

    def as_dict(self, lang: str) -> dict[str, Any]:
        """For JSON."""
        score = self.score
        return {
            "organisation": self.organisation, "kind": self.kind, "keeper": self.keeper, "period": self.period,
            "first_on": self.first_on.isoformat(), "last_on": self.last_on.isoformat(), "as_of": self.as_of.isoformat(),
            "rulebook": self.rulebook, "calendar": self.calendar,
            "score": score.shown if score is not None else None, "deducted": score.deducted if score is not None else None,
            "withheld": score is None, "formula": FORMULA.in_(lang), "worked": score.worked if score is not None else "",
            "figures": [one.as_dict(lang) for one in self.figures],
        }  # fmt: skip


def span(period: str) -> tuple[str, date, date]:
    """Name, first and last day of "2026", "2026-Q3" or "2026-09". Raises Refused."""
    found = _PERIOD.fullmatch(period.strip().upper())
    if found is None:
        raise _refused("not_a_period", f"“{period[:20]}”不是年度、季度或月份。",
                       f"{period[:20]!r} is no year, quarter or month.", "请写成 2026、2026-Q3 或 2026-09。",
                       "Write 2026, 2026-Q3 or 2026-09.")  # fmt: skip
    year = int(found[1])
    first, last = (3 * int(found[2]) - 2, 3 * int(found[2])) if found[2] else (1, 12)
    if found[3]:
        first = last = int(found[3])
    return found[0], date(year, first, 1), date(year, last, monthrange(year, last)[1])


def rules_of(book: Rulebook) -> Assessment:
    """What is assessed. Raises Refused where the rulebook says nothing of it."""
    if book.assessment is None:
        raise _refused("no_assessment", "规则未规定单位考核。", "The rulebook does not say how bodies are assessed.",
                       "请在规则中增加 assessment 部分。", "Give it a section `assessment`.")  # fmt: skip
    return book.assessment


def bodies(session: Session, office: Office, *, actor: str) -> list[str]:
    """The bodies of which `actor` may see sheets, by code."""
    rules = rules_of(office.rulebook())
    kinds = {kind for one in rules.indicators.values() for kind in one.for_}
    whole = {one.organisation for one in creation_scope.scopes(session, office, actor, MACHINE)}
    query = select(Organisation).where(col(Organisation.kind).in_(kinds)).order_by(col(Organisation.code))
    return [one.code for one in session.exec(query) if keeper_of(session, one) in whole]


def keeper_of(session: Session, body: Organisation) -> str | None:
    """The commission whose rows a sheet is counted from: of a commission its own, else the one it reports to."""
    return body.code if body.kind == COMMISSION else zero_reports.keeper_of(session, body.code)


def sheet(
    session: Session, office: Office, *, organisation: str, period: str, actor: str, at: datetime,
    as_of: datetime | None = None,
) -> Sheet:  # fmt: skip
    """The sheet as `actor` may see it, counted as of `as_of` (now, if that is earlier). Raises Refused; a body of which
    they may see no sheet is refused in the words for one that does not exist."""
    if organisation not in bodies(session, office, actor=actor):
        raise _refused("unknown_reference", f"没有可查看的单位“{organisation[:40]}”。",
                       f"There is no body {organisation[:40]!r} whose sheet you may see.", "请填写可查看的单位代码。",
                       "Take the code of one that you see.")  # fmt: skip
    instant = min(as_of or at, at)
    counted = whole(
        session, office, office.rulebook(), organisation=organisation, period=period, as_of=instant
    )
    return _as_seen(session, office, counted, actor=actor)


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything that was counted, whoever may see it."""

    body: Organisation
    keeper: str
    period: str
    first_on: date
    last_on: date
    as_of: datetime
    book: Rulebook
    calendar: str
    parts: Mapping[str, tuple[Indicator, Counted]]


def whole(
    session: Session, office: Office, book: Rulebook, *, organisation: str, period: str, as_of: datetime
) -> Whole:
    """Count a sheet under the rules of `book`. Raises Refused."""
    name, first_on, last_on = span(period)
    body = session.get_one(Organisation, organisation)
    keeper = keeper_of(session, body) or ""
    names = {body.code: (body.code, body.name_zh, body.name_en)}
    past = Past(session, office, book, as_of, keeper, names)
    parts = {
        key: (one, assessment_counts.count(one.counts, Asked(past, one.of, organisation, first_on, last_on)))
        for key, one in rules_of(book).of_kind(body.kind).items()
    }
    return Whole(body, keeper, name, first_on, last_on, as_of, book, office.calendar.version, parts)


def _as_seen(session: Session, office: Office, found: Whole, *, actor: str) -> Sheet:
    keys = {
        row.matter for _, counted in found.parts.values() for row in counted.rows if row.matter is not None
    }
    seen = _visible(session, office, keys, actor=actor)
    kept_in = rules_of(found.book).kept_in
    figures = [
        _figure(found.book, name, one, counted, seen, guarded=one.of.machine in kept_in)
        for name, (one, counted) in found.parts.items()
    ]
    return _sheet(found, figures)


def leaving(found: Whole) -> Sheet:
    """What may be fixed and put to the body: everything but what is internal."""
    figures = [
        _figure(found.book, name, one, counted, None, guarded=False)
        for name, (one, counted) in found.parts.items()
        if not one.internal
    ]
    return _sheet(found, figures)


def _sheet(found: Whole, figures: Sequence[Figure]) -> Sheet:
    told = [(one.rule, one.count) for one in figures if one.count is not None]
    withheld = any(one.count is None and (one.rule.weight or one.rule.deducts) for one in figures)
    score = None if withheld else assessing.score(told)
    return Sheet(found.body.code, found.body.kind, found.keeper, found.period, found.first_on, found.last_on, found.as_of,
                 found.book.key, found.calendar, tuple(figures), score)  # fmt: skip


def _figure(
    book: Rulebook, name: str, one: Indicator, counted: Counted, seen: frozenset[int] | None, *, guarded: bool
) -> Figure:
    rows = [row for row in counted.rows if row.matter is None or seen is None or row.matter in seen]
    hidden = len(counted.rows) - len(rows)
    if guarded and hidden:
        return Figure(name, one, formula(book, one), None)
    return Figure(
        name, one, formula(book, one), counted.count, tuple(Named(row.name, row.hit) for row in rows), hidden
    )


def _visible(session: Session, office: Office, keys: set[int], *, actor: str) -> frozenset[int]:
    if not keys:
        return frozenset()
    seen = access.visible_to(session, actor, office.rulebook())
    return frozenset(
        int(key or 0) for key in session.exec(select(Matter.id).where(seen, col(Matter.id).in_(keys)))
    )


def formula(book: Rulebook, one: Indicator) -> Label:
    """In words, what a figure is: what is counted, of what."""
    machine = book.machines[one.of.machine]
    clock = machine.deadlines[one.of.clock].label if one.of.clock else machine.label
    zh, en = _WORDS[one.counts]
    states = [machine.states[name].label for name in one.of.states]
    base = [machine.moves[name].label for name in one.of.base]
    hit = [machine.moves[name].label for name in one.of.hit]
    least = book.settings[one.of.least_by].value if one.of.least_by else one.of.least
    given = {"least": least}
    return label(
        zh.format(machine=machine.label.zh, clock=clock.zh, states="、".join(one_.zh for one_ in states),
                  base="、".join(one_.zh for one_ in base), hit="、".join(one_.zh for one_ in hit), **given),
        en.format(machine=machine.label.en, clock=clock.en, states=", ".join(one_.en for one_ in states),
                  base=", ".join(one_.en for one_ in base), hit=", ".join(one_.en for one_ in hit), **given),
    )  # fmt: skip


_WORDS = {
    "in_time": ("到期日在本期内且已到期或已办结的“{machine}·{clock}”中，按期办结的 ÷ 全部",
                "of the clocks '{clock}' of '{machine}' whose day lies in the period and that are over: met in time / all"),
    "still_late": ("到期日在本期内、已逾期且仍未办结的“{machine}·{clock}”件数",
                   "clocks '{clock}' of '{machine}' whose day lies in the period, that are over and still run"),
    "followed": ("本期内办理过“{base}”、此后又有“{hit}”的“{machine}”件数",
                 "of '{machine}', those with '{base}' in the period that '{hit}' followed"),
    "standing": ("期末（或统计时）处于“{states}”的“{machine}”，每项至多计 {least} 件 ÷ 应有件数",
                 "'{machine}' '{states}' on the last day or the sheet's, at most {least} each / as many as owed"),
    "opinions": ("本期内“{base}”并已“{hit}”的“{machine}”中，该单位已发表意见的席位 ÷ 全部席位（回避的除外）",
                 "of the body's seats in '{machine}' with '{base}' in the period and '{hit}': with an opinion / all"),
    "slots": ("本期内检查计划各期中，已“{hit}”的 ÷ 应开展的",
              "of the slots of the inspection programmes in the period: those that came to '{hit}' / all that were owed"),
    "standing_still": ("统计时停滞（达到停滞监测第一级）的“{machine}”件数",
                       "'{machine}' that stand still, at the first step of the radar or beyond, as of the sheet's instant"),
    "noted": ("本期内登记的“{machine}”件数", "'{machine}' put on file in the period"),
}  # fmt: skip


def content(found: Sheet) -> dict[str, Any]:
    """What a fixed sheet holds: figures and rows by name, without words that a later version may say otherwise."""
    figures = [
        {"name": one.name, "weight": one.rule.weight,
         "deducts": [one.rule.deducts.each, one.rule.deducts.most] if one.rule.deducts else None,
         "hits": one.count.hits if one.count else None, "of": one.count.of if one.count else None,
         "rows": [[row.number, row.hit] for row in one.rows]}
        for one in found.figures
    ]  # fmt: skip
    return {
        "organisation": found.organisation, "period": found.period, "first_on": found.first_on.isoformat(),
        "last_on": found.last_on.isoformat(), "as_of": found.as_of.isoformat(), "rulebook": found.rulebook,
        "score": found.score.shown if found.score else None, "worked": found.score.worked if found.score else "",
        "figures": figures,
    }  # fmt: skip


def digest(held: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over a fixed sheet's content."""
    return canonical.digest(canonical.exact(dict(held)))


def _refused(code: str, zh: str, en: str, cure_zh: str, cure_en: str) -> Refused:
    return Refused(code, (Reason(code, label(zh, en), label(cure_zh, cure_en)),))
