"""Assessments over the API: the sheet for those of the commission, and nothing for anybody else."""

from __future__ import annotations

from cases import assessment_sheets
from tests.plumbline.shell import NOON
from tests.web.api.client import Client, refused


def test_the_sheet_is_told_with_rows_and_formula_and_a_draft_to_nobody_outside(api: Client) -> None:
    found = api.get("registrar", "/assessments/sheet?organisation=QJN&period=2026-01")
    assert found["organisation"] == "QJN"
    assert {one["name"] for one in found["figures"] if one["internal"]} == {
        "clues_noted",
        "interference_noted",
    }
    refused(
        api.ask("contractor", "GET", "/assessments/sheet?organisation=QJN&period=2026-01"),
        422,
        "unknown_reference",
    )
    refused(
        api.ask("registrar", "GET", "/assessments/sheet?organisation=QJN&period=soon"), 422, "not_a_period"
    )
    refused(api.ask("registrar", "GET", "/assessments/sheet?organisation=QJN"), 422)
    with api.work.unit() as session:
        number = assessment_sheets.draw_up(
            session, api.work.office, organisation="QJN", period="2026-01", actor="registrar", at=NOON
        ).number
    assert api.get("leader", f"/assessments/{number}/sheet")["number"] == number
    refused(api.ask("contractor", "GET", f"/assessments/{number}/sheet"), 404, "no_such_number")
    early = api.get(
        "registrar", "/assessments/sheet?organisation=QJN&period=2026-01&as_of=2026-02-01T00:00:00Z"
    )
    assert early["as_of"].startswith("2026-02-01")
