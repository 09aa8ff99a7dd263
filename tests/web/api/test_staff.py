"""Entering people, bodies and projects over the API, and ending an account in two hands."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import SQLModel

from tests.web.api.client import Client, refused

NEW = {"login": "officer9", "name": "王明", "organisation": "MGJ"}


def test_somebody_is_entered_given_a_role_and_loses_it_again(api_on: Client) -> None:
    made = api_on.post("operator", "/people", NEW, Idempotency_Key="a")
    assert (made.status_code, made.json()["postings"]) == (201, [])
    assert api_on.post("operator", "/people", NEW, Idempotency_Key="a").content == made.content
    refused(api_on.post("operator", "/people", NEW), 409, "login_taken")
    role = {"role": "officer", "organisation": "MGJ", "project": None}
    assert api_on.post("operator", "/people/officer9/postings", role).json()["postings"] == [role]
    listed = {one["login"]: one for one in api_on.get("operator", "/people")["people"]}
    assert listed["officer9"]["postings"] == [role]
    ended = api_on.post("operator", "/people/officer9/postings/end", role).json()
    assert ended["postings"] == []
    assert [one["what"] for one in ended["record"]] == ["unposted", "posted", "added"]
    refused(api_on.post("operator", "/people/officer9/postings/end", role), 409, "no_such_posting")
    refused(
        api_on.post("operator", "/people/officer9/postings", role | {"role": "king"}),
        422,
        "unknown_reference",
    )
    refused(api_on.ask("operator", "GET", "/people/nobody"), 404, "no_such_person")


def test_an_invitation_is_a_new_link_each_time_and_is_kept_nowhere(api_on: Client) -> None:
    api_on.post("operator", "/people", NEW)
    first, second = (
        api_on.post("operator", "/people/officer9/invitation", {"clears_factor": False}) for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (201, 201)
    tokens = [one.json()["link"].rpartition("/")[2] for one in (first, second)]
    assert tokens[0] != tokens[1]
    with api_on.work.engine.connect() as connection:
        kept = [
            str(connection.execute(select(table)).fetchall()) for table in SQLModel.metadata.sorted_tables
        ]
    assert any("invited" in rows for rows in kept)
    assert not any(token in rows for token in tokens for rows in kept)
    refused(api_on.post("operator", "/people/nobody/invitation", {}), 404, "no_such_person")


def test_bodies_stand_under_each_other_but_not_in_a_circle(api_on: Client) -> None:
    body = {
        "code": "SGJ",
        "kind": "contractor",
        "name_zh": "三公司",
        "name_en": "Third Company",
        "parent": "MGJ",
    }
    assert api_on.post("operator", "/organisations", body).status_code == 201
    refused(api_on.post("operator", "/organisations", body), 409, "taken")
    refused(api_on.post("operator", "/organisations/MGJ/parent", {"parent": "SGJ"}), 409, "circle")
    assert api_on.post("operator", "/organisations/SGJ/parent", {"parent": None}).json()["parent"] is None
    refused(
        api_on.post("operator", "/organisations/NONE/parent", {"parent": None}), 404, "no_such_organisation"
    )
    assert "SGJ" in [one["code"] for one in api_on.get("operator", "/organisations")["organisations"]]
    project = {"code": "PC2", "name": "二期工程", "organisation": "MGJ"}
    assert api_on.post("operator", "/projects", project).json() == project
    assert project in api_on.get("operator", "/projects")["projects"]


def test_only_the_operator_enters_anybody(api_on: Client) -> None:
    for who in ("head", "officer", "auditor"):
        refused(api_on.ask(who, "GET", "/people"), 403, "not_your_role")
        refused(api_on.post(who, "/people", NEW), 403, "not_your_role")


def test_an_account_ends_when_a_second_person_approves(api_on: Client) -> None:
    number = api_on.note()
    for who, move, fields in (
        ("registrar", "register", {}),
        ("registrar", "propose_assignment", {"proposed_handler": "officer"}),
    ):
        assert api_on.do(who, number, move, **fields).status_code == 200, move
    assert api_on.do("head", number, "approve_assignment", handler="officer").status_code == 200
    assert api_on.get("officer", "/me")["login"] == "officer"
    pack = api_on.get("registrar", "/account-ends/pack?login=officer")
    assert [one["number"] for one in pack["matters"]] == [number]
    wish = {"person": "officer", "successor": "officer2", "reason": "Moves away."}
    refused(api_on.post("officer2", "/account-ends", wish), 403, "not_your_role")
    end = api_on.post("registrar", "/account-ends", wish)
    assert end.status_code == 201, end.text
    key = end.json()["id"]
    refused(api_on.post("registrar", "/account-ends", wish), 409, "proposed_already")
    refused(api_on.post("registrar", f"/account-ends/{key}/approval"), 409, "second_person")
    refused(api_on.post("officer2", f"/account-ends/{key}/approval"), 404)
    assert [one["id"] for one in api_on.get("head", "/account-ends")["account_ends"]] == [key]
    done = api_on.post("head", f"/account-ends/{key}/approval", Idempotency_Key="b")
    assert (done.status_code, done.json()["passed"]) == (200, {number: "officer2"})
    assert api_on.post("head", f"/account-ends/{key}/approval", Idempotency_Key="b").content == done.content
    assert api_on.get("officer2", f"/clues/{number}")["handler"] == "officer2"
    refused(api_on.ask("officer", "GET", "/me"), 401)


def test_a_proposal_is_taken_back_by_who_made_it(api_on: Client) -> None:
    wish = {"person": "officer", "successor": "officer2", "reason": "Moves away."}
    key = api_on.post("registrar", "/account-ends", wish).json()["id"]
    assert api_on.post("registrar", f"/account-ends/{key}/refusal").json()["status"] == "refused"
    assert api_on.get("registrar", "/account-ends") == {"account_ends": []}
