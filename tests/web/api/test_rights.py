"""Who may do what: every operation stands in the table, and what one may not see is not there, whichever way one asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select
from starlette.routing import Route

from cases import tokens
from cases.people import Person
from cases.tokens import SCOPES
from plumbline import clock, sample
from plumbline.settings import Settings
from plumbline.work import Work
from tests.plumbline.shell import NOON
from tests.web.api.client import Client, refused
from tests.web.api.streaming import Upload, upload
from web.api import door
from web.api.door import Place
from web.api.machines import PLURALS
from web.api.operations import Operation
from web.api.rights import RIGHTS

EVERYBODY = tuple(row[0] for row in sample.PEOPLE)


def test_every_operation_stands_in_the_table_of_rights_and_every_row_is_used(api: Client) -> None:
    every = door.operations(api.work)
    assert {one.right for one in every} == RIGHTS.keys()
    assert len({one.name for one in every}) == len(every)
    assert {right.scope for right in RIGHTS.values()} == {None, *SCOPES}


def test_there_is_no_way_into_the_api_but_its_operations(api: Client) -> None:
    app: Any = api.browser.app
    (way,) = (one for one in app.user_middleware if one.cls is door.Way)
    routes = [one for one in way.kwargs["api"].routes if isinstance(one, Route)]
    assert len(routes) == len(way.kwargs["api"].routes)
    assert {one.path for one in routes} == {one.path for one in door.operations(api.work)}
    assert all(isinstance(one.app, Place) for one in routes)
    assert not [one for one in app.routes if getattr(one, "path", "").startswith("/api")]


def test_only_the_description_is_there_without_a_token(api: Client) -> None:
    answers = {}
    for one in door.operations(api.work):
        answer = api.browser.request(one.method, f"/api/v1{filled(one)}")
        if one.right == ("openapi", "read"):
            assert answer.status_code == 200
        else:
            answers[one.name] = answer.content
            refused(answer, 401, "token_refused")
            assert answer.headers["www-authenticate"].startswith("Bearer")
    assert len(set(answers.values())) == 1


def test_of_what_somebody_without_the_right_token_sends_not_a_byte_is_read(api: Client) -> None:
    with api.work.unit() as session:
        limited = tokens.issue(session, "registrar", at=NOON, scopes=["read"]).token
    for one in door.operations(api.work):
        if one.takes is None:
            continue
        sent: Any = {"path": f"/api/v1{filled(one)}", "kind": "application/json", "method": one.method}
        others = [] if RIGHTS[one.right].scope == "read" else [(limited, 403)]
        for token, status in [("nobody", 401), *others]:
            body = Upload(900_000)
            assert upload(api, token, "", body, **sent)[0] == status, one.name
            assert body.taken == 0, one.name


def test_nor_of_somebody_who_comes_too_often(home: object) -> None:
    work = Work.open(Settings(api_per_minute=1))
    api, body = Client(work), Upload(900_000)
    sent: Any = {"path": "/api/v1/interests", "kind": "application/json"}
    assert upload(api, api.token("officer"), "", Upload(2), **sent)[0] != 429
    assert upload(api, api.token("officer"), "", body, **sent)[0] == 429
    assert body.taken == 0
    work.engine.dispose()


def test_content_that_breaks_off_is_not_taken_for_the_whole(api: Client) -> None:
    body = Upload(900_000, breaks_off=True, piece=1000)
    sent: Any = {"path": "/api/v1/interests", "kind": "application/json", "query": b""}
    status, told = upload(api, api.token("officer"), "", body, **sent)
    assert (status, b"cut_off" in told) == (400, True)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_does_what_its_scopes_say_and_no_more(api: Client, scope: str) -> None:
    with api.work.unit() as session:
        token = tokens.issue(session, "auditor", at=NOON, scopes=[scope]).token
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k", "If-Match": '"1"'}
    for one in door.operations(api.work):
        needed = RIGHTS[one.right].scope
        if needed is None:
            continue
        answer = api.browser.request(one.method, f"/api/v1{filled(one)}", headers=headers)
        lacks = answer.status_code == 403 and answer.json()["code"] == "insufficient_scope"
        assert lacks == (needed != scope), one.name
        if lacks:
            assert f'scope="{needed}"' in answer.headers["www-authenticate"]


def test_every_way_of_not_proving_oneself_looks_the_same(
    api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with api.work.unit() as session:
        old = tokens.issue(session, "officer", at=NOON, lasts_for=timedelta(seconds=1)).token
        ended = tokens.issue(session, "head", at=NOON).token
        tokens.revoke(session, "head", at=NOON)
        gone = tokens.issue(session, "officer2", at=NOON).token
        session.get_one(Person, "officer2").active = False
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(seconds=1))
    said = ("", "Bearer", "Bearer ", "Bearer x", "Basic b2s6b2s=", f"Bearer {old}", f"Bearer {ended}", f"Bearer {gone}",
            "Bearer " + "a" * 10_000, f"Token {ended}")  # fmt: skip
    answers = [api.browser.get("/api/v1/me", headers={"Authorization": one}) for one in said]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


def test_a_limited_token_is_none_for_the_shell(api: Client) -> None:
    with api.work.unit() as session:
        token = tokens.issue(session, "officer", at=NOON, scopes=["read"]).token
        with pytest.raises(tokens.TokenRefused):
            tokens.prove(session, "officer", token, at=NOON)


def test_when_a_token_was_last_used_is_kept(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def used() -> Any:
        with api.work.reading() as session:
            return tokens.tokens(session, login="head")[0].last_used_at

    api.token("head")
    assert used() is None
    api.get("head", "/me")
    assert used() == NOON
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(minutes=9, seconds=59))
    api.get("head", "/me")
    assert used() == NOON
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(minutes=10))
    api.get("head", "/me")
    assert used() == NOON + timedelta(minutes=10)


# ------------------------------------------------------------------------------------- every way in, as everybody


@pytest.fixture
def office(api: Client) -> dict[str, str]:
    """A clue in consultation, its round, an escalation, a task's worth of clocks and papers: one number per machine."""
    number = api.note(classification="none", project="PC")
    for who, move, form in (
        ("registrar", "register", {"managed_by": "ours"}),
        ("registrar", "propose_assignment", {"proposed_handler": "officer"}),
        ("head", "approve_assignment", {"handler": "officer"}),
        ("officer", "sign_for", {}),
    ):
        answer = api.do(who, number, move, **form)
        assert answer.status_code == 200, answer.text
    meeting = api.note("leader", "consultations", seats=["owner", "contractor", "overseer"])
    api.do("registrar", meeting, "send_brief", machine="consultations")
    return {"clue": number, "consultation": meeting}


def test_what_one_may_not_see_is_not_there_whichever_way_one_asks(
    api: Client, office: dict[str, str]
) -> None:
    """Every GET as every account: a number one may not see is answered with the bytes of one that is not on file."""
    looked = hidden = 0
    numbers = {"clue": "MGJ-2026-0999", "consultation": "MGJ-C-2026-999"}
    for who in EVERYBODY:
        for one in door.operations(api.work):
            if one.method != "GET" or "{number}" not in one.path:
                continue
            machine = next(name for name, plural in PLURALS.items() if one.path.startswith(f"/{plural}/"))
            for kind, number in office.items():
                visible = kind == machine and sees(api, who, kind, number)
                found = api.ask(who, "GET", one.path.format(number=number, id=1))
                looked += 1
                if not visible:
                    hidden += 1
                    absent = api.ask(who, "GET", one.path.format(number=numbers[kind], id=1))
                    assert (found.status_code, found.content) == (absent.status_code, absent.content), (
                        who,
                        one.name,
                    )
                    assert found.status_code == (403 if RIGHTS[one.right].roles and who != "auditor" else 404)
    assert hidden > looked / 2 > 0


ASKED = {
    "calendar_due": "?from=2026-09-01&for=1%20month", "search": "?q=MGJ", "account_end_pack": "?login=officer",
    "agenda": "?from=2026-09-01&until=2027-09-01", "assessment_sheet": "?organisation=QJN&period=2026-Q3",
}  # fmt: skip
MAY_BE_NOTHING = ("board", "figures", "assessment_sheet")  # for whoever sees nothing of the machine


def test_no_list_names_what_one_may_not_see(api: Client, office: dict[str, str]) -> None:
    for who in EVERYBODY:
        unseen = [number for kind, number in office.items() if not sees(api, who, kind, number)]
        for one in door.operations(api.work):
            if one.method == "GET" and "{" not in one.path and one.name not in ("openapi", "audit_verify"):
                answer = api.ask(who, "GET", one.path + ASKED.get(one.name, ""))
                assert answer.status_code in (200, 403) or one.name in MAY_BE_NOTHING, (
                    who,
                    one.name,
                    answer.text,
                )
                assert not [number for number in unseen if number in answer.text], (who, one.name)


def test_a_clock_of_what_one_may_not_see_is_not_there(api: Client, office: dict[str, str]) -> None:
    keys = [
        line["id"]
        for line in api.get("registrar", "/deadlines")["deadlines"]
        if line["number"] == office["clue"]
    ]
    assert keys
    for who in EVERYBODY:
        if not sees(api, who, "clue", office["clue"]):
            for key in keys:
                found, absent = (api.ask(who, "GET", f"/deadlines/{one}") for one in (key, 4711))
                assert (found.status_code, found.content) == (404, absent.content)


def test_a_recusal_closes_every_way_at_once(api: Client, office: dict[str, str]) -> None:
    number = office["clue"]
    assert sees(api, "leader", "clue", number)
    answer = api.post("leader", f"/clues/{number}/recusals", {"reason": "A relative."})
    assert answer.status_code == 201, answer.text
    for rest in ("", "/moves", "/history", "/recusals", "/disclosures", "/attachments", "/attachments/1"):
        refused(api.ask("leader", "GET", f"/clues/{number}{rest}"), 404, "no_such_number")
    assert number not in api.ask("leader", "GET", "/notices").text
    assert [one["number"] for one in api.get("leader", "/recusals")["mine"]] == [number], (
        "that they are told, not what for"
    )


def sees(api: Client, who: str, kind: str, number: str) -> bool:
    """Whether a list shows it to them."""
    lines = api.get(who, f"/{PLURALS[kind]}?limit=200")[PLURALS[kind]]
    return number in {line["number"] for line in lines}


def filled(one: Operation) -> str:
    return one.path.format(number="MGJ-2026-0999", move="register", id="4711", login="nobody", code="NONE")


def test_the_sample_has_everybody(api: Client) -> None:
    with api.work.reading() as session:
        assert set(session.exec(select(Person.login)).all()) == set(EVERYBODY)
