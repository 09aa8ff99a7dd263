"""A clue's way through the API: opened, moved, read, and every refusal told as the shell tells it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from plumbline import database
from plumbline.database import Writers, sqlite
from plumbline.settings import Settings
from plumbline.work import Work
from tests.plumbline.shell import Shell
from tests.plumbline.shell import refused as refused_by_shell
from tests.web.api.client import Client, refused


def test_a_clue_from_the_site_to_the_register(api_on: Client) -> None:
    opened = api_on.post("supervisor", "/clues", api_on.example())
    number = opened.json()["number"]
    assert (opened.status_code, opened.headers["etag"]) == (201, '"1"')
    assert opened.headers["location"] == f"/api/v1/clues/{number}"
    shown = api_on.ask("registrar", "GET", f"/clues/{number}")
    assert (shown.json()["state"], shown.headers["etag"]) == ("discovered", '"1"')
    moved = api_on.do("registrar", number, "register")
    assert moved.json() == {"number": number, "from": "discovered", "state": "registered", "version": 2,
                            "event": moved.json()["event"]}  # fmt: skip
    assert moved.headers["etag"] == '"2"'
    events = api_on.get("registrar", f"/clues/{number}/history")["events"]
    assert [one["to"] for one in events] == ["discovered", "registered"]
    assert api_on.get("registrar", "/clues")["total"] == 1


def test_the_answers_are_those_of_the_shell(api: Client, shell: Shell) -> None:
    number = api.note()
    for words, path in (
        (("clue", "show", number), f"/clues/{number}"),
        (("clue", "moves", number), f"/clues/{number}/moves"),
        (("clue", "history", number), f"/clues/{number}/history"),
        (("clue", "form"), "/clues/form"),
        (("deadlines", "list"), "/deadlines"),
        (("deadlines", "explain", "1"), "/deadlines/1"),
        (("recusal", "list"), "/recusals"),
    ):
        answer = api.get("registrar", path, headers={"Accept-Language": "en"})
        answer.pop("next", None)
        assert answer == shell.do("registrar", *words), words
    lines = api.get("registrar", "/clues")
    assert {"clues": lines["clues"], "total": 1} == shell.do("registrar", "clue", "list")


def test_a_refusal_has_the_codes_and_reasons_of_the_shell(api: Client, shell: Shell) -> None:
    number = api.note()
    said = shell.ask("supervisor", "clue", "advance", number, "register")
    refused_by_shell(said, 1, "not_your_role")
    told = refused(api.do("supervisor", number, "register"), 403, "not_your_role")
    assert told["reasons"] == said.json["reasons"]
    assert told["code"] == said.json["error"]


def test_the_second_of_two_is_told_who_was_first_and_what_is_open_now(api: Client) -> None:
    number = api.note()
    form = {"managed_by": "ours", "grade": "general"}
    assert api.post("registrar", f"/clues/{number}/moves/register", form, If_Match='"1"').status_code == 200
    told = refused(
        api.post("registrar", f"/clues/{number}/moves/register", form, If_Match='"1"'), 412, "moved_meanwhile"
    )
    assert (told["state"], told["version"]) == ("registered", 2)
    assert {"move", "to", "label"} == set(told["open"][0])
    told = refused(
        api.post("registrar", f"/clues/{number}/moves/register", form, If_Match='"2"'), 409, "wrong_state"
    )
    assert "propose_assignment" in {one["move"] for one in told["open"]}


def test_the_same_request_again_is_answered_again_and_done_once(api_on: Client) -> None:
    form = api_on.example()
    first = api_on.post("supervisor", "/clues", form, Idempotency_Key="a")
    again = api_on.post("supervisor", "/clues", form, Idempotency_Key="a")
    assert (first.content, first.status_code) == (again.content, again.status_code)
    assert api_on.get("registrar", "/clues")["total"] == 1
    number, move = first.json()["number"], {"managed_by": "ours", "grade": "general"}
    path = f"/clues/{number}/moves/register"
    one = api_on.post("registrar", path, move, Idempotency_Key="b", If_Match='"1"')
    two = api_on.post("registrar", path, move, Idempotency_Key="b", If_Match='"1"')
    assert one.content == two.content, "its version is stale by now: the key is asked first"
    refused(
        api_on.post("registrar", path, {"managed_by": "key"}, Idempotency_Key="b", If_Match='"1"'),
        422,
        "key_reused",
    )


def test_whoever_knows_the_version_is_told_nothing_twice(api: Client) -> None:
    number = api.note()
    path = f"/clues/{number}"
    assert api.ask("registrar", "GET", path, headers={"If-None-Match": '"7", "1"'}).status_code == 304
    api.do("registrar", number, "register")
    assert api.ask("registrar", "GET", path, headers={"If-None-Match": '"1"'}).status_code == 200


def test_a_page_goes_on_where_the_last_one_ended_whatever_came_meanwhile(api_on: Client) -> None:
    first = [api_on.note(title=f"第{n}件") for n in range(5)]
    page = api_on.get("registrar", "/clues?limit=2")
    seen = [line["number"] for line in page["clues"]]
    late = api_on.note(title="后来的")
    while page["next"]:
        page = api_on.get("registrar", f"/clues?limit=2&cursor={page['next']}")
        seen += [line["number"] for line in page["clues"]]
    assert sorted(set(seen) - {late}) == sorted(first)
    assert len(seen) == len(set(seen))
    clocks = api_on.get("registrar", "/deadlines?limit=3")
    keys = [line["id"] for line in clocks["deadlines"]]
    while clocks["next"]:
        clocks = api_on.get("registrar", f"/deadlines?limit=3&cursor={clocks['next']}")
        keys += [line["id"] for line in clocks["deadlines"]]
    assert len(keys) == len(set(keys)) == clocks["total"]


def test_a_search_takes_its_text_as_it_is(api_on: Client) -> None:
    api_on.note(title="保证金 100% 未退")
    api_on.note(title="保证金 100 元")
    assert api_on.get("registrar", "/clues?q=100%25")["total"] == 1
    assert api_on.get("registrar", "/clues?q=_")["total"] == 0
    assert api_on.get("registrar", "/clues?q=mgj-2026")["total"] == 2


def test_a_commit_that_fails_is_no_success(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    number = api.note()
    unit = Writers.unit

    @contextmanager
    def failing(self: Writers) -> Any:
        with unit(self) as session:
            yield session
            raise OperationalError("COMMIT", None, sqlite.OperationalError("disk I/O error"))

    api.token("registrar")
    form = {"managed_by": "ours", "grade": "general"}
    with monkeypatch.context() as patched:
        patched.setattr(Writers, "unit", failing)
        answer = api.post("registrar", f"/clues/{number}/moves/register", form, If_Match='"1"')
    assert answer.status_code == 503, answer.text
    assert api.get("registrar", f"/clues/{number}")["version"] == 1


def test_a_busy_database_says_when_to_come_again(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    number = api.note()
    monkeypatch.setattr(database, "PRAGMAS", database.PRAGMAS | {"busy_timeout": "1"})
    hurried = Client(Work.open(Settings()))
    hurried.token("registrar")
    with api.work.engine.connect() as other, other.begin():
        answer = hurried.post("registrar", f"/clues/{number}/moves/register", {}, If_Match='"1"')
    told = refused(answer, 503, "database_locked")
    assert answer.headers["retry-after"] == "1"
    assert "Nothing was changed" in told["reasons"][0]["cure"]
    hurried.work.engine.dispose()


def test_both_languages(api: Client) -> None:
    number = api.note()
    told = {lang: refused(api.ask("owner", "GET", f"/clues/{number}", headers={"Accept-Language": lang}), 404)["detail"]
            for lang in ("zh-CN, en;q=0.5", "fr, en;q=0.3, zh;q=0.1", "en;q=x, zh;q=0.1", "")}  # fmt: skip
    assert list(told.values()) == [
        "没有您可查看的这一内容。", "There is nothing of this name that you may see.",
        "没有您可查看的这一内容。", "There is nothing of this name that you may see.",
    ]  # fmt: skip


def test_whoever_is_shown_a_clue_is_on_record_and_the_auditor_reads_it(api_on: Client) -> None:
    number = api_on.note()
    api_on.get("head", f"/clues/{number}")
    api_on.get("registrar", f"/clues/{number}/history")
    api_on.get("registrar", f"/clues/{number}/moves")
    api_on.ask("owner", "GET", f"/clues/{number}")
    read = api_on.get("auditor", f"/clues/{number}/reads?limit=1")
    assert [(one["login"], one["what"], one["door"]) for one in read["reads"]] == [
        ("registrar", "history", "api")
    ]
    read = api_on.get("auditor", f"/clues/{number}/reads?cursor={read['next']}")
    assert [(one["login"], one["what"]) for one in read["reads"]] == [("head", "file")]
    refused(api_on.ask("head", "GET", f"/clues/{number}/reads"), 403, "not_your_role")
    refused(api_on.ask("auditor", "GET", "/clues/MGJ-2026-0999/reads"), 404, "no_such_number")


def test_what_the_shell_shows_is_on_record_too(shell: Shell) -> None:
    number = shell.register()
    shell.do("head", "clue", "show", number)
    shell.do("registrar", "clue", "history", number)
    found = shell.do("auditor", "audit", "reads", number)
    assert [(one["login"], one["what"], one["door"]) for one in found["reads"]] == [
        ("registrar", "history", "shell"), ("head", "file", "shell")]  # fmt: skip
    refused_by_shell(shell.ask("head", "audit", "reads", number), 1, "not_your_role")
