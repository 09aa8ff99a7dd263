"""Sheets that were drawn up: the content beside the matter, whose history holds its digest. Each reader is shown the rows
that they may see; a sheet whose content no longer fits, or that a new count no longer comes to, is found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, select

from cases import access, assessments, gathering, opening, people
from cases.assessments import MACHINE
from cases.errors import NoSuchMatter
from cases.matters import Matter
from cases.moved import Moved
from cases.office import Office
from cases.organisations import Organisation
from states import assessing
from states.facts import Reason, Refused
from states.form_values import label
from states.refusals import not_your_role
from states.rulebook import Rulebook


class AssessmentSheet(SQLModel, table=True):
    """The content of a sheet as it was drawn up. The history of its matter holds the digest."""

    __tablename__ = "assessment_sheet"

    matter: int = Field(primary_key=True, foreign_key="matter.id")
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


@dataclass(frozen=True, slots=True)
class Recounted:
    """A sheet counted anew: whether its content fits its digest, and the figures that come out otherwise."""

    number: str
    fits: bool
    differs: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether it is as it was drawn up, and comes out the same."""
        return self.fits and not self.differs

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"number": self.number, "ok": self.ok, "fits": self.fits, "differs": list(self.differs)}


def draw_up(
    session: Session, office: Office, *, organisation: str, period: str, actor: str, at: datetime,
    as_of: datetime | None = None,
) -> Moved:  # fmt: skip
    """Count the sheet of a period that is over, and put it on file as a matter, with its digest in the history.

    Raises Refused: no such body in sight, no period, a period that is not over, not a role that draws up sheets.
    """
    if organisation not in assessments.bodies(session, office, actor=actor):
        assessments.sheet(
            session, office, organisation=organisation, period=period, actor=actor, at=at
        )  # says why
    book = office.rulebook()
    rules, body = assessments.rules_of(book), session.get_one(Organisation, organisation)
    keeper = assessments.keeper_of(session, body) or ""
    if not may_draw_up(session, office, actor, keeper):
        raise Refused("not_your_role", (not_your_role(rules.drafted_by, book.roles),))
    instant = min(as_of or at, at)
    _, _, last_on = assessments.span(period)
    if office.day(instant) <= last_on:
        raise Refused("too_early", (Reason(
            "too_early", label(f"考核期至 {last_on} 尚未结束。", f"The period is not over before the end of {last_on}."),
            label("请在考核期结束后拟制。", "Draw it up once it is over."), "period",
        ),))  # fmt: skip
    counted = assessments.whole(
        session, office, book, organisation=organisation, period=period, as_of=instant
    )
    found = assessments.leaving(counted)
    content = assessments.content(found)
    values: dict[str, Any] = {
        "title": f"{body.name_zh} {found.period} 考核表", "body": organisation, "period": found.period,
        "as_of": instant.isoformat(), "sha256": assessments.digest(content),
    }  # fmt: skip
    values |= {"score": content["score"]} if content["score"] is not None else {}
    there = _people(session, book, organisation) if organisation != keeper else []
    values |= {"people": there} if there else {}
    moved = opening.open_by_programme(session, office, MACHINE, organisation=keeper, project=None, values=values,
                                      actor=actor, at=at)  # fmt: skip
    session.add(AssessmentSheet(matter=opening.id_of(session, moved.number), content=content))
    session.flush()
    return moved


def may_draw_up(session: Session, office: Office, login: str, keeper: str) -> bool:
    """Whether this person draws up sheets for that commission."""
    roles = assessments.rules_of(office.rulebook()).drafted_by
    held = people.postings_of(session, login)
    return any(one.role in roles and one.organisation == keeper for one in held)


def on_file(session: Session, office: Office, *, actor: str, most: int = 100) -> list[dict[str, Any]]:
    """The sheets that were drawn up and that `actor` may see, the newest first."""
    seen = access.visible_to(session, actor, office.rulebook(), machine=MACHINE)
    query = select(Matter).where(seen, Matter.machine == MACHINE).order_by(col(Matter.id).desc()).limit(most)
    return [{"number": one.number, "title": one.title, "state": one.state} for one in session.exec(query)]


def _people(session: Session, book: Rulebook, body: str) -> list[str]:
    seats = next(one for one in book.machines[MACHINE].register_ if one.sets == "seats")
    return people.holders(session, seats.holding or "", organisation=body)


def shown(session: Session, office: Office, number: str, *, actor: str, lang: str) -> dict[str, Any]:
    """A sheet that was drawn up, with the rows that `actor` may see named and the others counted. Raises NoSuchMatter."""
    row = gathering.load(session, office, number, login=actor, for_change=False).row
    held = session.get(AssessmentSheet, row.id) if row.machine == MACHINE else None
    if held is None:
        raise NoSuchMatter(number)
    book, content = office.rulebook(row.rulebook), held.content
    rules = assessments.rules_of(book)
    seen = _in_sight(session, office, content, actor=actor)
    figures = [
        _figure(book, one, seen, lang, guarded=rules.indicators[one["name"]].of.machine in rules.kept_in)
        for one in content["figures"]
    ]
    return {
        **{name: content[name] for name in ("organisation", "period", "first_on", "last_on", "as_of", "rulebook", "score",
                                            "worked")},
        "number": row.number, "state": row.state, "sha256": row.values.get("sha256"),
        "formula": assessing.FORMULA.in_(lang), "figures": figures,
    }  # fmt: skip


def _in_sight(session: Session, office: Office, content: Mapping[str, Any], *, actor: str) -> set[str]:
    numbers = {number for one in content["figures"] for number, _ in one["rows"]}
    query = select(Matter.number).where(
        access.visible_to(session, actor, office.rulebook()), col(Matter.number).in_(numbers)
    )
    return set(session.exec(query).all()) if numbers else set()


def _figure(
    book: Rulebook, one: Mapping[str, Any], seen: set[str], lang: str, *, guarded: bool
) -> dict[str, Any]:
    rule = assessments.rules_of(book).indicators[one["name"]]
    rows = [{"number": number, "hit": hit} for number, hit in one["rows"] if number in seen]
    hidden = len(one["rows"]) - len(rows)
    told = {"name": one["name"], "label": rule.label.in_(lang), "formula": assessments.formula(book, rule).in_(lang),
            "weight": one["weight"], "each": one["deducts"][0] if one["deducts"] else None,
            "most": one["deducts"][1] if one["deducts"] else None, "internal": False}  # fmt: skip
    if guarded and hidden:
        return told | {"withheld": True, "applies": None, "hits": None, "of": None, "deducted": None, "hidden": 0,
                       "rows": []}  # fmt: skip
    deducted = min(told["each"] * one["hits"], told["most"]) if told["each"] else 0
    return told | {"withheld": False, "applies": one["of"] is None or one["of"] > 0, "hits": one["hits"], "of": one["of"],
                   "deducted": deducted, "hidden": hidden, "rows": rows}  # fmt: skip


def recount(session: Session, office: Office, *, actor: str) -> list[Recounted]:
    """Count every sheet that `actor` may see anew, each under its own rules and as of its own instant, by number."""
    seen = access.visible_to(session, actor, office.rulebook(), machine=MACHINE)
    query = select(Matter).where(seen, Matter.machine == MACHINE).order_by(col(Matter.id))
    return [_recounted(session, office, row) for row in session.exec(query)]


def _recounted(session: Session, office: Office, row: Matter) -> Recounted:
    held = session.get(AssessmentSheet, row.id)
    if held is None:
        return Recounted(row.number, fits=False, differs=())
    fits = assessments.digest(held.content) == row.values.get("sha256")
    again = assessments.content(assessments.leaving(assessments.whole(
        session, office, office.rulebook(row.rulebook), organisation=row.values["body"], period=row.values["period"],
        as_of=datetime.fromisoformat(row.values["as_of"]),
    )))  # fmt: skip
    return Recounted(row.number, fits, tuple(_differing(held.content, again)))


def _differing(held: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[str]:
    before = {one["name"]: one for one in _plain(held["figures"])}
    after = {one["name"]: one for one in _plain(again["figures"])}
    yield from (name for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name))
    if held.get("score") != again.get("score"):
        yield "score"


def _plain(figures: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [dict(one) | {"rows": [list(row) for row in one["rows"]]} for one in figures]
