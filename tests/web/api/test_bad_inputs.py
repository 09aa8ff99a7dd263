"""The table of bad inputs: what is sent, and the answer. Nothing of it may change anything, or be answered with 5xx."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plumbline.settings import Settings
from plumbline.work import Work
from tests.plumbline.conftest import rehearsal_template  # noqa: F401
from tests.web.api.client import Client, refused

DEEP = "[" * 100_000

FORMS: dict[str, tuple[dict[str, Any], str]] = {
    "an empty title": ({"title": ""}, "missing"),
    "a title of blanks": ({"title": " \u3000\u200b"}, "empty"),
    "a title of 201 signs": ({"title": "长" * 201}, "too_long"),
    "NUL in a text": ({"title": "a\0b"}, "bad_character"),
    "half of a character": ({"title": "\ud800"}, "bad_character"),
    "a sign that turns the text around": ({"title": "a\u202eb"}, "bad_character"),
    "a day that does not exist": ({"received_on": "2026-02-30"}, "no_such_date"),
    "a day in other words": ({"received_on": "31/04"}, "not_a_date"),
    "a day of year nought": ({"received_on": "0000-00-00"}, "no_such_date"),
    "a day to come": ({"received_on": "2026-09-02"}, "in_future"),
    "a day of year 9999": ({"received_on": "9999-12-31"}, "out_of_range"),
    "a day as a number": ({"received_on": 20260901}, "not_a_date"),
    "a truth as text": ({"real_name": "true"}, "not_a_boolean"),
    "a truth as a number": ({"real_name": 1}, "not_a_boolean"),
    "a text as a number": ({"title": 3}, "not_text"),
    "a text as a list": ({"title": ["a"]}, "not_text"),
    "a text as an object": ({"title": {"a": "b"}}, "not_text"),
    "a choice there is not": ({"source": "rumour"}, "not_a_choice"),
    "a choice as a list": ({"source": ["integrity_supervisor"]}, "not_a_choice"),
    "an unknown field": ({"colour": "red"}, "unknown_field"),
    "the state": ({"state": "concluded"}, "unknown_field"),
    "the version": ({"version": 7}, "unknown_field"),
    "the id": ({"id": 1}, "unknown_field"),
    "who opened it": ({"opener": "head"}, "unknown_field"),
    "a project there is not": ({"project": "XX"}, "unknown_reference"),
    "a project that is an injection": ({"project": "' OR 1=1 --"}, "unknown_reference"),
    "an amount below nought": ({"amount": -1}, ""),
}
BODIES: dict[str, tuple[bytes, int, str]] = {
    "no JSON": (b"{", 400, "bad_json"),
    "a key twice": (b'{"title": "a", "title": "b"}', 400, "duplicate_key"),
    "a key twice, deep inside": (b'{"a": [{"b": 1, "b": 2}]}', 400, "duplicate_key"),
    "100,000 brackets": (DEEP.encode(), 400, "too_deep"),
    "65 brackets": (b'{"a":' + b"[" * 65 + b"]" * 65 + b"}", 400, "too_deep"),
    "broken UTF-8": (b'{"title": "\xff"}', 400, "not_utf8"),
    "UTF-16": ('{"title": "a"}'.encode("utf-16"), 400, "not_utf8"),
    "a byte order mark": (b"\xef\xbb\xbf{}", 400, "bad_json"),
    "NaN": (b'{"title": NaN}', 422, "not_a_number"),
    "Infinity": (b'{"title": -Infinity}', 422, "not_a_number"),
    "1e999": (b'{"title": 1e999}', 422, "not_a_number"),
    "a number of 5,000 digits": (b'{"title": ' + b"9" * 5000 + b"}", 422, "out_of_range"),
    "2 to the 63": (b'{"title": 9223372036854775808}', 422, "out_of_range"),
    "a list": (b"[]", 422, "not_an_object"),
    "a text": (b'"x"', 422, "not_an_object"),
    "null": (b"null", 422, "not_an_object"),
    "half of a character in a key": (b'{"\\ud800": 1}', 422, "bad_character"),
    "more than a megabyte": (b'{"title": "' + b"x" * 1_000_000 + b'"}', 413, "too_large"),
}
TYPES: dict[str, str | None] = {
    "a form": "application/x-www-form-urlencoded",
    "text": "text/plain",
    "another charset": "application/json; charset=gb18030",
    "nothing said": None,
}
QUERIES = {
    "a limit of nought": ("/clues?limit=0", "out_of_range"),
    "a limit below": ("/clues?limit=-1", "not_a_number"),
    "a limit beyond": ("/clues?limit=1000000000", "out_of_range"),
    "a limit beyond counting": ("/clues?limit=" + "9" * 400, "out_of_range"),
    "a limit with a point": ("/clues?limit=3.0", "not_a_number"),
    "a limit in full-width digits": ("/clues?limit=１２", "not_a_number"),
    "an offset": ("/clues?offset=1" + "0" * 30, "unknown_field"),
    "an order": ("/clues?sort=password", "unknown_field"),
    "a query where there is none": ("/me?x=1", "unknown_field"),
    "a limit twice": ("/clues?limit=1&limit=2", "given_twice"),
    "a truth that is none": ("/clues?mine=1", "not_a_boolean"),
    "a state that is none": ("/clues?state=discoverd", "unknown_state"),
    "NUL in a search": ("/clues?q=%00", "bad_character"),
    "a cursor that is none": ("/clues?cursor=abc", "bad_cursor"),
    "a cursor beyond counting": ("/clues?cursor=W251bGwsOTk5OTk5OTk5OTk5OTk5OTk5OTldOTk", "bad_cursor"),
    "a cursor that is not ASCII": ("/clues?cursor=游标", "bad_cursor"),
    "an instant without offset": ("/deadlines?until=2026-09-01T10:00", "timezone_required"),
    "an instant of year 1": ("/deadlines?until=0001-01-01T00:00%2B14:00", "out_of_range"),
    "an instant of year 9999": ("/deadlines?until=9999-12-31T23:59-12:00", "out_of_range"),
    "an instant that is none": ("/deadlines?until=tomorrow", "not_an_instant"),
    "a period that is none": ("/calendar/due?from=2026-09-01&for=soon", "not_a_period"),
    "a day that is none": ("/calendar/due?from=2026-02-30&for=1%20month", "not_a_day"),
    "a day that is missing": ("/calendar/due?for=1%20month", "missing"),
    "a period beyond the calendar": ("/calendar/due?from=2026-09-01&for=9999%20months", ""),
}
PLACES = (
    "MGJ-2026-9999",
    "1 OR 1=1",
    "-1",
    "18446744073709551616",
    "..%2f..%2fetc%2fpasswd",
    "a%0Ab",
    "a%0A",
    "%0D%0A",
    "%00",
    "%ff",
    "a" * 500,
    "%E2%80%AE",
)
IDS = ("0", "-1", "1.0", "x", "4711", "99999999999999999999", "１", "%00")


@pytest.fixture(scope="module")
def quiet(rehearsal_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:  # noqa: F811
    """One rehearsal for all that must change nothing."""
    folder = tmp_path_factory.mktemp("quiet") / "home"
    shutil.copytree(rehearsal_template, folder)
    work = Work.open(Settings(home=folder, api_per_minute=100_000))
    yield Client(work)
    work.engine.dispose()


@pytest.fixture
def clues(quiet: Client) -> Iterator[Client]:
    """That nothing was opened, after all."""
    yield quiet
    assert quiet.get("registrar", "/clues")["total"] == 0


@pytest.mark.parametrize("case", FORMS)
def test_a_form_that_does_not_fit_says_which_field_and_why(clues: Client, case: str) -> None:
    instead, code = FORMS[case]
    content = json.dumps(clues.example() | instead)
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    answer = clues.ask("supervisor", "POST", "/clues", content=content, headers=headers)
    told = refused(answer, 422, *filter(None, [code]))
    if code != "bad_character" or "reasons" not in told:
        assert {*instead} & {reason.get("field") for reason in told["reasons"]}


@pytest.mark.parametrize("case", BODIES)
def test_a_body_that_is_no_form(clues: Client, case: str) -> None:
    content, status, code = BODIES[case]
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    refused(clues.ask("supervisor", "POST", "/clues", content=content, headers=headers), status, code)


@pytest.mark.parametrize("case", TYPES)
def test_what_is_no_json(clues: Client, case: str) -> None:
    kind = TYPES[case]
    headers = {"Idempotency-Key": "k"} | ({"Content-Type": kind} if kind else {})
    refused(clues.ask("supervisor", "POST", "/clues", content=b"{}", headers=headers), 415, "not_this_type")


@pytest.mark.parametrize("case", QUERIES)
def test_a_query_that_does_not_fit(clues: Client, case: str) -> None:
    path, code = QUERIES[case]
    refused(clues.ask("registrar", "GET", path), 422, *filter(None, [code]))


@pytest.mark.parametrize("key", [None, "", "  ", "k" * 201, "k" * 10_000])
def test_a_key_that_is_missing_or_none(clues: Client, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}
    refused(clues.ask("supervisor", "POST", "/clues", json=clues.example(), headers=headers), 400, "bad_key")


@pytest.mark.parametrize(
    "mark, status",
    [(None, 428), ("*", 400), ('W/"1"', 400), ("1", 400), ('"1", "2"', 400), ('"x"', 400), ('"99"', 412)],
)
def test_a_version_that_is_missing_none_or_stale(api: Client, mark: str | None, status: int) -> None:
    number = api.note()
    headers = {} if mark is None else {"If_Match": mark}
    refused(api.post("registrar", f"/clues/{number}/moves/register", {}, **headers), status)
    assert api.get("registrar", f"/clues/{number}")["version"] == 1


@pytest.mark.parametrize("place", PLACES)
def test_a_number_that_is_none_is_a_number_not_on_file(api: Client, place: str) -> None:
    known = api.ask("owner", "GET", f"/clues/{api.note()}")
    answer = api.ask("owner", "GET", f"/clues/{place}")
    refused(answer, 404)
    if "2f" not in place:
        assert answer.content == known.content


@pytest.mark.parametrize("path", ["/deadlines/{}", "/documents/{}/file"])
def test_an_id_that_is_none_is_an_id_not_on_file(clues: Client, path: str) -> None:
    answers = {clues.ask("registrar", "GET", path.format(key)).content for key in IDS}
    assert len(answers) == 1
    assert b'"status":404' in answers.pop()


def test_a_move_that_is_none(api: Client) -> None:
    number = api.note()
    told = refused(
        api.post("registrar", f"/clues/{number}/moves/registr", {}, If_Match='"1"'), 404, "unknown_move"
    )
    assert "register" in told["reasons"][0]["cure"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_a_method_that_is_not_there_says_which_are(clues: Client, method: str) -> None:
    answer = clues.ask("registrar", method, "/clues")
    refused(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, POST"


def test_a_head_is_a_get_without_its_body(clues: Client) -> None:
    assert clues.ask("registrar", "HEAD", "/clues").status_code == 200


@pytest.mark.parametrize("path", ["/", "/nothing", "/clues/", "/clues/x/y/z", "/openapi.yaml"])
def test_a_path_that_is_not_there(clues: Client, path: str) -> None:
    refused(clues.ask("registrar", "GET", path), 404)


def test_a_reason_is_text_like_every_other(api: Client) -> None:
    number = api.note()
    for reason, code in (
        (" ", "empty"),
        ("a\0", "bad_character"),
        (7, "not_text"),
        ("x" * 2001, "too_long"),
        (None, "not_text"),
    ):
        told = refused(api.post("registrar", f"/clues/{number}/recusals", {"reason": reason}), 422, code)
        assert told["reasons"][0]["field"] == "reason"
    refused(api.post("registrar", f"/clues/{number}/recusals", {}), 422, "missing")
    refused(
        api.post("registrar", f"/clues/{number}/recusals", {"reason": "x", "who": "y"}), 422, "unknown_field"
    )
    refused(
        api.post("registrar", f"/clues/{number}/recusals", {"reason": "x", "person": "nobody"}),
        422,
        "unknown_person",
    )


def test_text_that_looks_like_code_is_text(api: Client) -> None:
    for text in (
        "<script>alert(1)</script>",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "'; DROP TABLE matter; --",
        "𠮷䶮·",
    ):
        number = api.note(title=text)
        assert api.get("registrar", f"/clues/{number}")["title"] == text
