"""Rounds that would close blind cells: what is proposed to somebody, and accepting it.

A proposal rests on the map of whoever asks, so it tells nothing of what is out of their sight. Accepted, it becomes a
programme, as those who plan put it on file, or a round, opened by the gate: either says who wanted it and why.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import coverage, inspections, opening, planning
from cases.coverage import Map
from cases.inspections import MACHINE, Programme
from cases.office import Office
from cases.organisations import Project
from cases.planning import Wanted
from states import coverage_proposals, coverage_words
from states.calendars import Calendar, DayOutsideCalendar
from states.coverage_proposals import PROGRAMME, Proposal
from states.facts import Reason, Refused
from states.form_values import label
from states.recurrence import Given
from states.recurrence_words import parse
from states.rule import Label

MOST = 1000  # proposals handed out at once
LONGEST_WHY = 1000
_LONGEST_BASE = 28  # of a code of 32, so that a number fits behind it
_LINK = re.compile(r"[a-z]+[0-9]+")


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is proposed to somebody, in order; `blind` cells there are, of which `without` no proposal would close."""

    proposals: tuple[Proposal, ...]
    blind: int
    projects: tuple[str, ...]

    @property
    def without(self) -> int:
        """Blind cells that nothing proposed closes: no round can be sent to their link."""
        return self.proposals[-1].left if self.proposals else self.blind


@dataclass(frozen=True, slots=True)
class Accepted:
    """A proposal that somebody took up: the programme or the round that it became."""

    project: str
    link: str
    form: str
    programme: str | None
    number: str | None
    closes: int
    why: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"project": self.project, "link": self.link, "form": self.form, "programme": self.programme,
                "number": self.number, "closes": self.closes, "why": self.why}  # fmt: skip


def of(session: Session, office: Office, *, actor: str, at: datetime, project: str | None = None) -> Proposed:
    """What would close the blind cells that `actor` sees, of all their projects or of one. Raises Refused."""
    return from_map(office, coverage.of(session, office, actor=actor, at=at, project=project), at=at)


def from_map(office: Office, found: Map, *, at: datetime) -> Proposed:
    """What would close the blind cells of this map."""
    today, calendar = office.day(at), office.calendar
    look = found.rules.looks.get(MACHINE)
    machine = office.rulebook().machines[MACHINE] if look is not None else None
    sent = {} if machine is None or look is None or machine.initial not in look.foretold_in else links(office)
    proposals = coverage_proposals.proposals(
        found.rules, found.cells, found.standing, today=today, can_be_sent=lambda link: link in sent,
        first_slot=lambda rule, until: _first(rule, calendar, today, until),
    )  # fmt: skip
    return Proposed(tuple(proposals), found.counts()["blind"], found.projects)


def _first(rule: str, calendar: Calendar, today: date, until: date) -> date | None:
    slots = parse(rule).slots(Given(today, calendar, {}), until=until)
    try:
        return next((one.on for one in slots), None)
    except DayOutsideCalendar:
        return None


def accept(
    session: Session, office: Office, *, actor: str, at: datetime, project: str, link: str, kind: str | None = None,
    why: str = "", inspectors: Sequence[str] = (), lang: str = "zh",
) -> Accepted:  # fmt: skip
    """Do what is proposed at a link of a project. `why` is added to the reason of the proposal.

    Raises Refused: no such project in sight, not theirs to plan, nothing proposed there (any more), a kind that is none.
    """
    [body] = coverage.projects(session, office, actor, project)
    planning.check_role(session, office, actor, body.organisation, project)
    _one_at_a_time(session, project)
    proposed = of(session, office, actor=actor, at=at, project=project)
    chosen = next((one for one in proposed.proposals if one.what.place.link == link), None)
    if chosen is None:
        raise _nothing_proposed(link)
    called = link_label(office, link)
    reason = _whole_reason(coverage_words.reason(coverage.rules_of(office), chosen, called), why, lang)
    title = f"{body.name}{called.zh}检查"[: planning.LONGEST_TITLE]
    wanted_kind = kind or chosen.what.kind
    if chosen.what.form == PROGRAMME:
        made = planning.add_programme(session, office, Wanted(
            code=_free_code(session, body, link), kind=wanted_kind, title=title, rule=chosen.what.rule or "",
            organisation=body.organisation, project=project, link=link, inspectors=inspectors, why=reason,
        ), actor=actor, at=at)  # fmt: skip
        return Accepted(project, link, chosen.what.form, made.code, None, len(chosen.cells), reason)
    moved = opening.open_matter(session, office, MACHINE, actor=actor, at=at, organisation=body.organisation, fields={
        "title": title, "slot": office.day(at).isoformat(), "kind": wanted_kind, "project": project, "link": link,
        inspections.WHY: reason,
    })  # fmt: skip
    return Accepted(project, link, chosen.what.form, None, moved.number, len(chosen.cells), reason)


def links(office: Office) -> dict[str, Label]:
    """The links that a round can be sent to, with their labels."""
    fields = office.rulebook().machines[MACHINE].register_
    return next((dict(one.choices) for one in fields if one.name == "link"), {})


def link_label(office: Office, link: str) -> Label:
    """What a link is called."""
    return links(office).get(link) or label(link, link)


def _one_at_a_time(session: Session, project: str) -> None:
    """Whoever accepts for this project at the same moment waits, and then finds what is proposed still."""
    session.execute(select(col(Project.code)).where(col(Project.code) == project).with_for_update()).all()


def _whole_reason(reason: Label, why: str, lang: str) -> str:
    said = " ".join(why.split())[:LONGEST_WHY]
    text = reason.in_(lang)
    if not said:
        return text
    return f"{text}{said}" if lang == "zh" else f"{text} {said}"


def _free_code(session: Session, project: Project, link: str) -> str:
    """A code that says body, project and link; where it is taken, with a number. Of another body or project no code
    begins like this, so that a number tells only of what those who plan for the project see anyway."""
    sign = _LINK.match(link)
    whole = f"{project.organisation}-{project.code}-{sign[0] if sign else link}".upper()
    if len(whole) > _LONGEST_BASE:
        whole = f"{hashlib.sha256(whole.encode()).hexdigest()[:8].upper()}-{whole[9 - _LONGEST_BASE :]}"
    base = re.sub(r"[^A-Z0-9-]", "-", whole)
    codes = (base if number == 1 else f"{base}-{number}" for number in range(1, MOST))
    return next(code for code in codes if session.get(Programme, code) is None)


def _nothing_proposed(link: str) -> Refused:
    return Refused("not_proposed", (Reason(
        "not_proposed",
        label(f"环节“{link[:40]}”目前没有可采纳的建议：其盲区可能已有安排或已检查。",
              f"Nothing is proposed at the link {link[:40]!r}: its blind cells may be planned or looked at by now."),
        label("请重新查看监督覆盖情况及建议。", "Look at the coverage and its proposals again."), "link",
    ),))  # fmt: skip


def as_dict(office: Office, one: Proposal, *, lang: str, name: str, may_accept: bool) -> dict[str, Any]:
    """For JSON. `name` is the project's."""
    what, link = one.what, link_label(office, one.what.place.link)
    reason = coverage_words.reason(coverage.rules_of(office), one, link)
    return {
        "project": what.place.project, "place": name, "links": [what.place.link], "link": what.place.link,
        "link_label": link.in_(lang), "form": what.form, "kind": what.kind, "rule": what.rule,
        "on": what.on.isoformat() if what.on else None, "reason": reason.in_(lang),
        "reasons": {"zh": reason.zh, "en": reason.en}, "risk": one.risk, "closes": len(one.cells), "left": one.left,
        "may_accept": may_accept, "cells": [coverage.as_dict(cell) for cell in one.cells],
    }  # fmt: skip


def document(
    session: Session,
    office: Office,
    found: Proposed,
    *,
    actor: str,
    at: datetime,
    lang: str,
    limit: int = MOST,
) -> dict[str, Any]:
    """For JSON: the first of the proposals, and how many blind cells and proposals there are in all."""
    return {"as_of": office.day(at).isoformat(), "as_seen_by": actor, "blind": found.blind,
            "without_proposal": found.without, "count": len(found.proposals),
            "proposals": listed(session, office, found, actor=actor, lang=lang)[:limit]}  # fmt: skip


def listed(
    session: Session, office: Office, found: Proposed, *, actor: str, lang: str
) -> list[dict[str, Any]]:
    """The proposals for JSON, each with whether `actor` may accept it."""
    mine = planning.may_plan(session, office, actor)
    rows = session.execute(select(Project).where(col(Project.code).in_(found.projects))).scalars()
    there = {one.code: one for one in rows}
    return [
        as_dict(office, one, lang=lang, name=there[one.what.place.project].name,
                may_accept=mine.plans(there[one.what.place.project].organisation, one.what.place.project))
        for one in found.proposals
    ]  # fmt: skip
