"""The register of decisions over the API: what records lack, who came and what each said; and what is out of sight."""

from __future__ import annotations

from tests.cases.port_office import Port
from tests.plumbline.shell import NOON
from tests.web.api.client import Client, refused


def decided(api: Client) -> str:
    """A decision taken by one of seven."""
    port = Port(api.work.unit, api.work.office, NOON)
    number = port.note("registrar", "decision", project="PC")
    port.do(number, "registrar", "hold_meeting", entitled=7, chair="书记")
    port.do(number, "registrar", "note_attendance", attendee="书记")
    port.do(number, "registrar", "note_view", attendee="书记", view="agree")
    port.do(number, "registrar", "decide")
    return number


def test_what_a_record_lacks_and_who_said_what(api: Client) -> None:
    number = decided(api)
    (gap,) = api.get("supervisor", "/decisions/gaps?project=PC")["gaps"]
    assert (gap["number"], gap["gap"], gap["settled"]) == (number, "below_quorum", False)
    found = api.get("auditor", f"/decisions/{number}/record")
    assert [(one["name"], one["attendance"], one["view"]) for one in found["people"]] == [
        ("书记", "present", "agree")
    ]
    assert [one["gap"] for one in found["gaps"]] == ["below_quorum"]
    assert api.get("registrar", f"/decisions/{number}")["state"] == "settled"


def test_companies_learn_nothing_of_either_register(api: Client) -> None:
    number = decided(api)
    entry = Port(api.work.unit, api.work.office, NOON).note("officer", "interference", project="PC")
    assert api.get("owner", "/decisions/gaps")["gaps"] == []
    for path in (f"/decisions/{number}/record", f"/decisions/{number}", f"/interferences/{entry}"):
        refused(api.ask("owner", "GET", path), 404)
    refused(api.ask("supervisor", "GET", f"/interferences/{entry}"), 404)
    assert api.get("officer", f"/interferences/{entry}")["number"] == entry
