"""What else the shell can do: rounds, recusals, interests, clocks, papers, packets; through the API."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifications import mailed_files
from plumbline import clock
from plumbline.exchange import Exchanger
from tests.plumbline.shell import NOON
from tests.plumbline.sites import Site
from tests.web.api.client import Client, refused


def test_a_challenge_is_decided_by_a_second_person_and_lifted_again(api_on: Client) -> None:
    number = api_on.note()
    asked = api_on.post(
        "registrar", f"/clues/{number}/recusals", {"person": "leader", "reason": "Shared an office."}
    )
    assert (asked.status_code, asked.json()["state"]) == (201, "asked")
    key = asked.json()["id"]
    assert [one["id"] for one in api_on.get("head", "/recusals")["to_decide"]] == [key]
    refused(
        api_on.post("registrar", f"/recusals/{key}/decision", {"grant": True, "reason": "x"}),
        409,
        "second_person",
    )
    refused(api_on.post("owner", f"/recusals/{key}/decision", {"grant": True, "reason": "x"}), 404)
    refused(
        api_on.post("head", f"/recusals/{key}/decision", {"grant": "true", "reason": "x"}),
        422,
        "not_a_boolean",
    )
    granted = api_on.post(
        "head", f"/recusals/{key}/decision", {"grant": True, "reason": "x"}, Idempotency_Key="a"
    )
    assert granted.json()["state"] == "in_force"
    again = api_on.post(
        "head", f"/recusals/{key}/decision", {"grant": True, "reason": "x"}, Idempotency_Key="a"
    )
    assert again.content == granted.content
    refused(api_on.ask("leader", "GET", f"/clues/{number}"), 404)
    assert [one["state"] for one in api_on.get("registrar", f"/clues/{number}/recusals")["recusals"]] == [
        "in_force"
    ]
    assert api_on.post("head", f"/recusals/{key}/lifting", {"reason": "Not so."}).json()["state"] == "lifted"
    assert api_on.get("leader", f"/clues/{number}")["number"] == number
    refused(
        api_on.post("leader", f"/clues/{number}/recusals", {"person": "leader", "reason": "x"}),
        409,
        "declare_instead",
    )


def test_an_interest_keeps_what_it_touches_away_until_it_ends(api_on: Client) -> None:
    made = api_on.post(
        "leader", "/interests", {"kind": "company", "name": "蓝天监理公司"}, Idempotency_Key="a"
    )
    assert (made.status_code, made.json()["ended_at"]) == (201, None)
    again = api_on.post(
        "leader", "/interests", {"kind": "company", "name": "蓝天监理公司"}, Idempotency_Key="a"
    )
    assert again.json() == made.json()
    touched = api_on.note(subject="张某", subject_unit="蓝天 监理公司")
    refused(api_on.ask("leader", "GET", f"/clues/{touched}"), 404)
    refused(api_on.post("leader", "/interests", {"kind": "company", "name": "——"}), 422, "bad_name")
    key = made.json()["id"]
    refused(api_on.ask("head", "DELETE", f"/interests/{key}"), 404, "no_such_interest")
    assert api_on.ask("leader", "DELETE", f"/interests/{key}").json() == {"id": key, "ended": True}
    refused(api_on.ask("leader", "DELETE", f"/interests/{key}"), 404, "no_such_interest")
    assert api_on.get("leader", "/interests")["interests"][0]["ended_at"] == NOON.isoformat()


def test_a_round_is_shown_to_those_who_sit_on_it(api: Client) -> None:
    number = api.note("leader", "consultations", seats=["owner", "contractor", "overseer"])
    refused(api.ask("owner", "GET", f"/consultations/{number}/seats"), 404, "no_such_number")
    assert api.do("leader", number, "send_brief", machine="consultations").status_code == 200
    assert {one["person"] for one in api.get("owner", f"/consultations/{number}/seats")["seats"]} == {
        "owner", "contractor", "overseer"}  # fmt: skip
    assert api.get("owner", f"/consultations/{number}/opinions") == {"number": number, "opinions": []}
    refused(api.ask("owner", "GET", f"/consultations/{number}/result"), 409, "sealed")
    refused(api.ask("owner", "GET", f"/clues/{number}"), 404, "no_such_number")
    for rest in ("seats", "opinions", "result"):
        refused(api.ask("district", "GET", f"/consultations/{number}/{rest}"), 404, "no_such_number")


def test_a_clock_is_explained_and_not_everybody_extends_it(api: Client) -> None:
    api.note()
    clocks = api.get("registrar", "/deadlines")["deadlines"]
    explained = api.get("registrar", f"/deadlines/{clocks[0]['id']}")
    assert explained["walk"]
    assert api.get("registrar", "/deadlines?until=2026-09-01T12:00:00%2B08:00")["total"] == 0
    codes = set()
    for one in clocks:
        for who in ("supervisor", "registrar"):
            answer = api.post(who, f"/deadlines/{one['id']}/extensions", {"reason": "The laboratory."})
            codes.add(answer.json()["code"])
            assert answer.status_code in (403, 404, 409)
    assert codes <= {"not_extendable", "not_your_role", "not_running", "no_such_number"}
    refused(api.post("registrar", "/deadlines/4711/extensions", {"reason": "x"}), 404)


def test_a_paper_is_drafted_issued_printed_again_and_checked(
    api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = api.note()
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(days=7))
    kinds = {one["kind"] for one in api.get("registrar", "/documents/kinds")["kinds"]}
    wish = {"matter": number, "kind": "supervision_letter", "form": "docx",
            "lines": [{"label": "联系电话", "text": "内线 203"}]}  # fmt: skip
    assert wish["kind"] in kinds
    draft = api.post("registrar", "/documents/drafts", wish)
    assert (draft.status_code, draft.content[:2]) == (200, b"PK")
    made = api.post("registrar", "/documents", wish, Idempotency_Key="a")
    assert made.status_code == 201, made.text
    assert api.post("registrar", "/documents", wish, Idempotency_Key="a").json() == made.json()
    printed = api.ask("registrar", "GET", made.headers["location"].removeprefix("/api/v1"))
    assert hashlib.sha256(printed.content).hexdigest() == made.json()["sha256"]
    assert printed.headers["content-disposition"].startswith("attachment")
    (listed,) = api.get("registrar", f"/documents?about={number}")["documents"]
    assert listed["number"] == made.json()["number"]
    assert api.get("owner", "/documents") == {"documents": []}
    refused(api.ask("owner", "GET", f"/documents/{listed['id']}/file"), 404, "no_such_document")
    refused(api.post("registrar", "/documents", wish | {"kind": "love_letter"}), 422, "unknown_document")
    refused(api.post("owner", "/documents/drafts", wish), 404, "no_such_number")
    event = api.get("registrar", f"/clues/{number}/history")["events"][0]
    good = f"PLUMBLINE1 {number} 1 {event['hash']} - -"
    assert api.post("owner", "/documents/check", {"code": good}).json()["ok"] is True
    assert (
        api.post("owner", "/documents/check", {"code": good.replace(number, "MGJ-2026-0999")}).json()["ok"]
        is False
    )
    for code in ("x", f"PLUMBLINE1 {number} {'9' * 30} {event['hash']} - -"):
        refused(api.post("owner", "/documents/check", {"code": code}), 422, "not_a_code")


@pytest.fixture
def district(rehearsal_template: Path, tmp_path: Path) -> Iterator[Client]:
    """The district's own site."""
    site = Site.copied(rehearsal_template, tmp_path / "district")
    yield Client(site.work)
    site.close()


def test_an_escalation_goes_there_and_its_answer_comes_back_as_files(api: Client, district: Client) -> None:
    for here, there in ((api, district), (district, api)):
        key = Exchanger.of(here.work).key_file(at=NOON)
        Exchanger.of(there.work).trust(key, by="operator", at=NOON)
    number = Site(api.work, Exchanger.of(api.work)).escalated()
    packet = api.ask("registrar", "POST", f"/escalations/{number}/packet")
    assert packet.status_code == 200, packet.text
    assert packet.headers["content-disposition"] == f'attachment; filename="{number}.packet.json"'
    assert api.ask("registrar", "POST", f"/escalations/{number}/packet").content == packet.content
    headers = {"Content-Type": "application/json"}

    def receive(rest: str = "") -> Any:
        return district.ask(
            "district", "POST", f"/escalations/receive{rest}", content=packet.content, headers=headers
        )

    assert receive("?dry_run=true").json()["notice"] == number
    assert district.get("district", "/escalations")["total"] == 0
    arrived = receive().json()
    assert (arrived["new"], receive().json()["new"]) == (True, False)
    there = arrived["number"]
    assert district.do("district", there, "sign_for", machine="escalations").status_code == 200
    reply = district.ask("district", "POST", f"/escalations/{there}/reply")
    assert reply.status_code == 200, reply.text
    taken = api.ask("registrar", "POST", "/escalations/take-reply", content=reply.content, headers=headers)
    assert (taken.status_code, taken.json()["number"]) == (200, number)
    spoilt = packet.content.replace(number.encode(), b"MGJ-E-2026-999")
    answer = district.ask("district", "POST", "/escalations/receive", content=spoilt, headers=headers)
    assert answer.status_code in (403, 422), answer.text
    refused(district.ask("district", "POST", "/escalations/receive", content=b"{}", headers=headers), 422)
    refused(
        district.ask("owner", "POST", "/escalations/receive", content=packet.content, headers=headers), 403
    )


def test_an_escalation_with_long_attachments_goes_there_over_the_api_alone(
    api: Client, district: Client
) -> None:
    for here, there in ((api, district), (district, api)):
        key = Exchanger.of(here.work).key_file(at=NOON)
        Exchanger.of(there.work).trust(key, by="operator", at=NOON)
    clue, content = api.note(project="PC"), b"a long protocol\n" * 200_000
    api.do("registrar", clue, "register", managed_by="ours")
    bare = {"Content-Type": "application/octet-stream", "Idempotency-Key": "k"}
    path = f"/clues/{clue}/attachments?name=protocol.txt"
    assert api.ask("registrar", "POST", path, headers=bare, content=content).status_code == 201
    assert api.do("registrar", clue, "escalate").status_code == 200
    number = str(api.get("registrar", "/escalations")["escalations"][0]["number"])
    marked = api.post("registrar", f"/escalations/{number}/attachments/send", {"attachments": [1]})
    assert marked.status_code == 201, marked.text
    for who, move in (("leader", "approve"), ("registrar", "dispatch")):
        assert api.do(who, number, move, machine="escalations").status_code == 200
    packet = api.ask("registrar", "POST", f"/escalations/{number}/packet")
    assert len(packet.content) > len(content)
    arrived = district.ask("district", "POST", "/escalations/receive", content=packet.content,
                           headers={"Content-Type": "application/json"})  # fmt: skip
    assert arrived.status_code == 200, arrived.text
    there = arrived.json()["number"]
    got = district.ask("district", "GET", f"/escalations/{there}/attachments/1")
    assert (got.status_code, got.content) == (200, content)


@pytest.mark.parametrize("path", ["/escalations/receive", "/escalations/take-reply"])
def test_a_packet_is_no_longer_than_the_longest_mail_with_one(
    api: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(mailed_files, "MOST_BYTES", 2_000_000)
    headers = {"Content-Type": "application/octet-stream"}
    told = refused(
        api.ask("registrar", "POST", path, content=b"{" * 2_000_001, headers=headers), 413, "too_large"
    )
    assert "2 MB" in told["detail"]
    within = refused(
        api.ask("registrar", "POST", path, content=b"{" * 2_000_000, headers=headers), 413, "too_large"
    )
    assert "1,000,000 bytes" in within["detail"], "read, and refused for what it is: all text"
    refused(
        api.ask("registrar", "POST", path, content=b"x", headers={"Content-Type": "text/plain"}),
        415,
        "not_this_type",
    )


def test_everybody_sees_their_own_notices_and_the_operator_all_without_numbers(api: Client) -> None:
    number = api.note()
    mine = api.get("registrar", "/notices?limit=1")["notices"]
    assert (mine[0]["number"], mine[0]["recipient"]) == (number, "registrar")
    every = api.get("operator", "/notices")["notices"]
    assert every
    assert {one["number"] for one in every} == {None}
    assert {one["recipient"] for one in api.get("head", "/notices?status=pending")["notices"]} <= {"head"}
    refused(api.ask("head", "GET", "/notices?status=lost"), 422, "not_a_choice")


def test_the_auditor_verifies_and_nobody_else(api: Client) -> None:
    api.note()
    assert api.get("auditor", "/audit/verification")["ok"] is True
    refused(api.ask("head", "GET", "/audit/verification"), 403, "not_your_role")


def test_the_rules_and_the_account_are_told(api: Client) -> None:
    rules = api.get("owner", "/rulebook")
    assert rules["machines"]["clue"]["moves"]["register"]["label"]["zh"]
    assert [one["role"] for one in api.get("owner", "/me")["roles"]] == ["member"]


def test_without_a_database_there_is_a_problem_and_no_traceback(api: Client) -> None:
    token = api.token("registrar")
    with api.work.unit() as session:
        session.connection().exec_driver_sql("ALTER TABLE matter RENAME TO gone")
    answer = api.browser.get("/api/v1/clues", headers={"Authorization": f"Bearer {token}"})
    refused(answer, 503, "database_not_initialised")
