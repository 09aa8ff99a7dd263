"""What the pages of the workbench show, over the API: the desk, the board, figures, the agenda, search, kept filters."""

from __future__ import annotations

from tests.web.api.client import Client, refused


def test_the_desk_says_what_waits_and_what_may_be_done(api_on: Client) -> None:
    number = api_on.note()
    lists = api_on.get("registrar", "/desk")["lists"]
    (line,) = [line for line in lists["role"]["lines"] if line["number"] == number]
    assert "register" in [move["move"] for move in line["moves"]]
    assert line["state"]["en"]
    assert number not in str(api_on.get("owner", "/desk"))
    assert api_on.do("registrar", number, "register").status_code == 200
    again = api_on.get("registrar", "/desk")["lists"]
    assert "register" not in [
        move["move"] for one in again.values() for line in one["lines"] for move in line["moves"]
    ]


def test_the_board_counts_what_one_sees_and_shows_the_oldest(api_on: Client) -> None:
    number = api_on.note()
    columns = {one["state"]: one for one in api_on.get("leader", "/board")["columns"]}
    assert (columns["discovered"]["count"], [card["number"] for card in columns["discovered"]["cards"]]) == (
        1,
        [number],
    )
    refused(api_on.ask("owner", "GET", "/board?machine=clue"), 404, "no_such_machine")
    refused(api_on.ask("leader", "GET", "/board?machine=nothing"), 404, "no_such_machine")


def test_figures_hold_the_numbers_of_the_page_and_keep_small_ones_from_other_bodies(api_on: Client) -> None:
    number = api_on.note()
    found = api_on.get("leader", "/figures")
    assert not found["guarded"]
    flow = next(one for one in found["figures"] if one["name"] == "flow")
    assert sum(row["values"][0] for row in flow["rows"]) == 1
    assert all(len(row["values"]) == len(one["columns"]) for one in found["figures"] for row in one["rows"])
    assert number not in str(found)
    refused(api_on.ask("owner", "GET", "/figures"), 404, "no_such_machine")


def test_the_agenda_lists_what_is_due_between_two_days(api_on: Client) -> None:
    number = api_on.note()
    due = [one for one in api_on.get("leader", "/agenda?from=2026-09-01&until=2027-08-31")["deadlines"]
           if one["number"] == number]  # fmt: skip
    (first, *_) = due
    day = first["due_on"]
    assert api_on.get("leader", f"/agenda?from={day}&until={day}")["deadlines"][0]["id"] == first["id"]
    assert api_on.get("leader", "/agenda?from=2026-09-01&until=2027-08-31&mine=true")["deadlines"] == []
    assert api_on.get("owner", "/agenda?from=2026-09-01&until=2027-08-31")["deadlines"] == []
    for days in ("from=2026-09-02&until=2026-09-01", "from=2026-01-01&until=2027-02-06"):
        refused(api_on.ask("leader", "GET", f"/agenda?{days}"), 422, "bad_span")


def test_search_finds_by_number_and_words_what_one_may_see(api_on: Client) -> None:
    number = api_on.note(title="Berth 9: piles too short")
    assert [one["number"] for one in api_on.get("leader", f"/search?q={number}")["found"]] == [number]
    assert [one["exact"] for one in api_on.get("leader", "/search?q=piles")["found"]] == [False]
    assert api_on.get("owner", f"/search?q={number}") == api_on.get("owner", "/search?q=MGJ-2026-9999")


def test_a_filter_is_kept_once_shared_and_thrown_away_by_its_owner(api_on: Client) -> None:
    wish = {"name": "Late ones", "query": {"tab": "late"}, "shared": True, "opens": True}
    made = api_on.post("officer", "/filters", wish, Idempotency_Key="a")
    assert (made.status_code, made.json()["query"]) == (201, {"machine": "clue", "tab": "late"})
    assert api_on.post("officer", "/filters", wish, Idempotency_Key="a").content == made.content
    key = made.json()["id"]
    assert [one["name"] for one in api_on.get("officer2", "/filters")["filters"]] == ["Late ones"]
    assert api_on.get("owner", "/filters") == {"filters": []}
    refused(api_on.ask("officer2", "DELETE", f"/filters/{key}"), 404, "no_such_filter")
    assert api_on.ask("officer", "DELETE", f"/filters/{key}").json() == {"id": key, "removed": True}
    assert api_on.get("officer2", "/filters") == {"filters": []}


def test_a_filter_that_makes_no_sense_is_refused_and_not_kept(api_on: Client) -> None:
    for query in ({"tab": "everything"}, {"colour": "red"}, {"due_until": "soon"}):
        refused(api_on.post("officer", "/filters", {"name": "x", "query": query}), 422, "bad_filter")
    refused(api_on.post("officer", "/filters", {"name": "x" * 61, "query": {}}), 409, "filter_name")
    assert api_on.get("officer", "/filters") == {"filters": []}
