"""Integrity files over the API: how they stand and what they lack; and in no answer to anybody what a leaf says."""

from __future__ import annotations

from cases import listing
from tests.web.api.client import Client, refused
from tests.web.api.test_out_of_sight import ASKED, words
from web.api import door

MARK = "玄武岩7431zq"
WHO = {
    "subject": "郑海峰",
    "subject_unit": "港口工程公司",
    "keeper": "registrar",
    "account": None,
    "project": None,
}
LEAF = {"leaf_part": "reports", "leaf_title": f"{MARK}甲", "leaf_text": f"{MARK}乙", "leaf_stamped_by": f"{MARK}丙",
        "leaf_dated_on": "2026-09-01"}  # fmt: skip


def a_file(api: Client) -> str:
    number = api.note("registrar", "person-files", **WHO)
    done = api.do("registrar", number, "put_in_supplied", machine="person-files", **LEAF)
    assert done.status_code == 200, done.text
    return number


def approved(api: Client, file: str) -> str:
    reading = api.note("officer", "file-readings", subject="郑海峰", subject_unit="港口工程公司")
    assert api.do("leader", reading, "approve", machine="file-readings", file=file).status_code == 200
    return reading


def test_a_file_says_how_it_stands_and_what_it_lacks(api: Client) -> None:
    number = a_file(api)
    reading = approved(api, number)
    (line,) = api.get("registrar", "/files")["people"]
    assert (line["number"], line["leaves"]) == (number, 1)
    assert "income" in line["lacking"]
    record = api.get("leader", f"/person-files/{number}/record")
    assert [(one["number"], one["by"], one["state"]) for one in record["readings"]] == [
        (reading, "officer", "open")
    ]
    refused(api.ask("officer", "GET", f"/person-files/{number}/record"), 404, "no_such_number")
    assert api.get("officer", "/files") == {"people": [], "projects": []}
    looks = api.get("auditor", f"/person-files/{number}/reads")["reads"]
    assert ("leader", "file", "api") in {(one["login"], one["what"], one["door"]) for one in looks}


def test_a_project_s_file_tells_its_items_with_their_rows(api: Client) -> None:
    number = api.note("registrar", "project-files", project="PC", keeper="registrar")
    with api.work.reading() as session:
        shown = listing.shown(session, api.work.office, number, actor="leader")
    assert shown["state"] == "collecting"
    record = api.get("supervisor", f"/project-files/{number}/record")
    assert (len(record["each"]), record["items"]) == (18, 18)
    refused(api.ask("contractor", "GET", f"/project-files/{number}/record"), 404, "no_such_number")


def test_no_answer_to_anybody_says_what_a_leaf_says(api: Client) -> None:
    number = a_file(api)
    reading = approved(api, number)
    asked = [
        (one, who, name, key)
        for one in door.operations(api.work)
        if one.method == "GET" and one.name not in ("openapi", "calendar_due")
        for who in ("registrar", "officer", "leader", "auditor", "operator")
        for name in ((number, reading) if "{number}" in one.path else ("",))
        for key in (range(1, 4) if "{id}" in one.path else (0,))
    ]
    for one, who, name, key in asked:
        query = f"?q={MARK}" if one.name == "search" else ASKED.get(one.name, "")
        answer = api.ask(who, "GET", one.path.format(number=name, id=key, login="officer") + query)
        assert MARK not in words(answer).replace(f'"{MARK}"', ""), (one.name, who)
        assert "reports received" not in words(answer) or one.name.endswith(("moves", "form")), (
            one.name,
            who,
        )


def test_a_move_that_is_refused_gives_nothing_back_and_one_sent_twice_lands_once(api: Client) -> None:
    number = api.note("registrar", "person-files", **WHO)
    path = f"/person-files/{number}/moves/put_in_supplied"
    wrong = api.post("registrar", path, LEAF | {"leaf_stamped_by": None}, If_Match='"1"')
    assert wrong.status_code == 422
    assert "leaf_unstamped" in wrong.text
    assert MARK not in wrong.text
    for _ in range(2):
        assert api.post("registrar", path, LEAF, Idempotency_Key="one", If_Match='"1"').status_code == 200
    assert api.get("registrar", "/files")["people"][0]["leaves"] == 1
