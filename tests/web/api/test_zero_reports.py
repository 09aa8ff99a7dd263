"""Zero reports over the API: a member's own report as every matter, the matrix, and what is missing."""

from __future__ import annotations

from datetime import timedelta

from cases import zero_sweep
from tests.plumbline.shell import NOON
from tests.web.api.client import Client, refused


def test_a_member_sees_and_lists_their_own_report_alone(api: Client) -> None:
    work = api.work
    for at in (NOON - timedelta(days=40), NOON):
        zero_sweep.sweep(work.unit, work.office, at=at)
    found = api.get("registrar", "/zero-reports/periods?most=2")
    assert len(found["periods"]) == 2
    assert [one["organisation"] for one in found["bodies"]] == ["GKJ", "HTJ", "QJN"]
    [mine] = api.get("contractor", "/zero-reports/periods?most=2")["bodies"]
    number = next(cell["number"] for cell in mine["cells"] if cell["number"])
    assert number in [one["number"] for one in api.get("contractor", "/zero-reports")["zero-reports"]]
    refused(api.ask("owner", "GET", f"/zero-reports/{number}"), 404, "no_such_number")
    assert api.get("contractor", "/zero-reports/gaps")["counts"]["doubtful"] == 0
    refused(api.ask("registrar", "GET", "/zero-reports/periods?most=0"), 422)
    refused(api.post("contractor", "/zero-reports", {}), 403, "not_your_role")
