"""Joint creation over the API: its matters as every other, and what is missing of them."""

from __future__ import annotations

from cases import opening
from tests.plumbline.shell import NOON
from tests.web.api.client import Client, refused

COMMITMENT = {"title": "2026年度廉洁承诺书", "form": "oath", "committed": "owner", "text": "不收受礼品礼金。"}


def test_gaps_are_told_with_their_rows_and_to_nobody_who_sees_only_their_own(api: Client) -> None:
    with api.work.unit() as session:
        number = opening.open_matter(
            session, api.work.office, "commitment", actor="registrar", at=NOON, fields=COMMITMENT
        ).number
    found = api.get("registrar", "/creation/gaps")
    assert found["counts"]["supervisors"] == 3
    [gap] = [one for one in found["gaps"] if one["kind"] == "commitment" and one["person"] == "owner"]
    assert gap["rows"] == [{"number": number, "note": "to be signed"}]
    assert api.get("owner", "/creation/gaps")["gaps"] == []
    assert [one["number"] for one in api.get("owner", "/commitments")["commitments"]] == [number]
    refused(api.ask("contractor", "GET", f"/commitments/{number}"), 404, "no_such_number")
    refused(api.ask("registrar", "GET", "/creation/gaps?sort=kind"), 422)
