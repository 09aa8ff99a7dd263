"""Checklists over the API: the versions on file, and that of a round as it stands."""

from __future__ import annotations

from cases import opening
from cases.advance import advance
from tests.plumbline.shell import NOON
from tests.web.api.client import Client, refused

ROUND = {"title": "合同检查", "slot": "2026-W36", "kind": "special", "project": "PC", "link": "c08_contract"}


def opened(api: Client, **given: str) -> str:
    with api.work.unit() as session:
        moved = opening.open_matter(session, api.work.office, "inspection", actor="supervisor", at=NOON,
                                    fields=ROUND | given)  # fmt: skip
        form = {"place": "项目部", "inspectors": ["supervisor", "registrar"]}
        advance(session, api.work.office, moved.number, "begin", actor="supervisor", at=NOON, fields=form)
    return moved.number


def test_the_versions_on_file(api: Client) -> None:
    (one,) = api.get("supervisor", "/checklists")["checklists"]
    assert (one["checklist"], one["label"]) == ("LINKS@2026.1", "Checklist of the key links in the works")


def test_a_rounds_checklist_as_it_stands(api: Client) -> None:
    number = opened(api, checklist="LINKS")
    with api.work.unit() as session:
        advance(session, api.work.office, number, "answer_item", actor="supervisor", at=NOON,
                fields={"item": "c08_3", "answer": "in_order", "measured": "9.5"})  # fmt: skip
    sheet = api.get("auditor", f"/inspections/{number}/checklist")
    assert sheet["unanswered"] == ["c08_1", "c08_2"]
    assert sheet["items"][2]["answer"]["unit"] == "%"


def test_what_is_out_of_sight_or_has_none(api: Client) -> None:
    number = opened(api)
    refused(api.ask("supervisor", "GET", f"/inspections/{number}/checklist"), 409, "no_checklist")
    refused(api.ask("owner", "GET", f"/inspections/{number}/checklist"), 404, "no_such_number")
