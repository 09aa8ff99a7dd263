"""The radar over the API: the shell's document, for who sees it."""

from __future__ import annotations

from tests.web.api.client import Client, refused


def test_what_each_body_has_and_since_when(api: Client) -> None:
    api.note(project="PC")
    found = api.get("leader", "/radar")
    [body] = found["organisations"]
    assert (body["organisation"], body["machine"], body["live"], body["longest"]) == ("MGJ", "clue", 1, None)
    assert [step["days"] for step in body["still"]] == found["steps"]["clue"] == [10, 20, 30]
    assert (found["matters"], found["more"]) == ([], False)
    assert api.get("owner", "/radar")["organisations"] == []
    assert api.get("leader", "/radar?machine=task")["organisations"] == []
    assert api.get("leader", "/radar?organisation=SJW")["organisations"] == []


def test_a_kind_that_is_not_on_the_radar_is_refused(api: Client) -> None:
    refused(api.ask("leader", "GET", "/radar?machine=risk"), 422, "not_a_choice")
    refused(api.ask("leader", "GET", "/radar?limit=0"), 422)
