"""A round whose place and inspectors were drawn is begun there and by them: nobody goes elsewhere, or sends a friend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import drawing, recusals
from cases.drawing import INSPECTORS, SITES
from cases.inspections import MACHINE
from cases.matters import OnFile
from cases.people import Person
from states.facts import Reason
from states.form_values import label

BEGINS = "begin"
PLACE, GOING = "place", "inspectors"


def faults(session: Session, row: OnFile, move: str, form: Mapping[str, Any]) -> list[Reason]:
    """What in the form that begins a round is not what was drawn for it."""
    drawn = _drawn(session, row, move)
    return [
        *_place_faults(drawn.get(SITES), form),
        *_people_faults(session, row, drawn.get(INSPECTORS), form),
    ]


def examples(session: Session, row: OnFile, move: str, *, others: Sequence[str] = ()) -> dict[str, Any]:
    """What was drawn, as the form may say it; where fewer than two of those drawn are left, with `others` beside them."""
    drawn = _drawn(session, row, move)
    found: dict[str, Any] = {PLACE: _as_place(drawn[SITES])} if SITES in drawn else {}
    if INSPECTORS not in drawn:
        return found
    going = _still_there(session, row, drawn[INSPECTORS])
    return found | {GOING: going if len(going) > 1 else list(dict.fromkeys([*going, *others]))}


def _drawn(session: Session, row: OnFile, move: str) -> dict[str, list[str]]:
    """What was drawn for this round, by what it is."""
    programme, slot = row.values.get("programme"), row.values.get("slot")
    if row.machine != MACHINE or move != BEGINS or not programme or not isinstance(slot, str):
        return {}
    try:
        day = date.fromisoformat(slot)
    except ValueError:  # a round that somebody registered by hand may name its slot in words
        return {}
    return {one.what: list(one.drawn) for one in drawing.of_slot(session, programme, day)}


def _as_place(sites: list[str]) -> str:
    return "、".join(sites)


def _place_faults(sites: list[str] | None, form: Mapping[str, Any]) -> list[Reason]:
    if sites is None or " ".join(str(form.get(PLACE, "")).split()) == _as_place(sites):
        return []
    place = _as_place(sites)
    return [Reason(
        "not_as_drawn", label(f"本次检查抽取的地点是：{place}。", f"The place drawn for this round is {place}."),
        label("请到抽取的地点检查；不能去的，由派出人员说明。", "Go there; if that cannot be, whoever sends you says why."),
        PLACE,
    )]  # fmt: skip


def _people_faults(
    session: Session, row: OnFile, drawn: list[str] | None, form: Mapping[str, Any]
) -> list[Reason]:
    """Only they go who were drawn. Where fewer than two of them still can, the others are free, but they go along."""
    if drawn is None:
        return []
    able = _still_there(session, row, drawn)
    named = {str(one) for one in form.get(GOING) or ()}
    if named <= set(able) if len(able) > 1 else named >= set(able):
        return []
    who = "、".join(able) or "-"
    return [Reason(
        "not_as_drawn", label(f"本次检查抽取的检查人员是：{who}。", f"Drawn for this round: {who}."),
        label("请由抽取的人员检查；不足两人的，其余人员可另行指定。",
              "They inspect; where fewer than two are left, name others beside them."),
        GOING,
    )]  # fmt: skip


def _still_there(session: Session, row: OnFile, drawn: list[str]) -> list[str]:
    """Those of the drawn whose account has not ended and who are not kept out."""
    query = select(col(Person.login)).where(col(Person.login).in_(drawn), col(Person.active))
    there = set(session.execute(query).scalars()) - set(recusals.out_of(session, row.id))
    return [login for login in drawn if login in there]
