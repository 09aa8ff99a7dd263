"""Coverage over the API: the same documents as the shell's, proposals, and accepting them once."""

from __future__ import annotations

from typing import Any

from httpx2 import Response

from tests.web.api.client import Client, refused

WISH = {"project": "PC", "link": "c22_conduct"}


def test_every_cell_of_every_project_in_sight(api: Client) -> None:
    found = api.get("leader", "/coverage")
    assert found["projects"] == ["BR", "BW", "PC"]
    assert found["counts"] == {"covered": 0, "planned": 0, "blind": 3 * 141}
    assert len(found["cells"]) == 3 * 141
    assert api.get("leader", "/coverage?project=PC")["counts"]["blind"] == 141
    assert api.get("supervisor", "/coverage")["projects"] == ["PC"]
    assert api.get("owner", "/coverage")["cells"] == []


def test_proposals_close_the_blind_cells_most_first(api: Client) -> None:
    found = api.get("leader", "/coverage/proposals?project=PC&limit=3")
    assert (found["blind"], found["count"], found["without_proposal"]) == (141, 24, 0)
    assert [one["closes"] for one in found["proposals"]] == [40, 24, 8]
    assert [one["left"] for one in found["proposals"]] == [101, 77, 69]
    [first, *_] = found["proposals"]
    assert first["reason"] in first["reasons"].values()
    assert (first["may_accept"], first["links"]) == (True, ["c22_conduct"])
    assert not any(one["may_accept"] for one in api.get("auditor", "/coverage/proposals")["proposals"])
    assert api.get("owner", "/coverage/proposals")["proposals"] == []


def test_one_that_is_accepted_is_done_once_under_its_key(api: Client) -> None:
    wish = WISH | {"why": "季度重点", "inspectors": ["supervisor"]}
    first = accept(api, "leader", wish, key="k1")
    assert first.status_code == 201
    done = first.json()
    assert (done["programme"], done["number"], done["closes"]) == ("MGJ-PC-C22", None, 40)
    assert accept(api, "leader", wish, key="k1").json() == done
    refused(accept(api, "leader", WISH), 409, "not_proposed")
    found = {one["code"]: one for one in api.get("leader", "/programmes")["programmes"]}["MGJ-PC-C22"]
    assert (found["made_by"], found["inspectors"]) == ("leader", ["supervisor"])
    assert found["why"].endswith("季度重点")
    assert api.get("leader", "/coverage?project=PC")["counts"]["planned"] == 40


def test_where_a_clue_is_open_it_becomes_a_round(api: Client) -> None:
    api.note(link="c15_quality", project="PC")
    done = accept(api, "registrar", {"project": "PC", "link": "c15_quality", "kind": "unannounced"}).json()
    assert (done["form"], done["programme"]) == ("round", None)
    shown = api.get("registrar", f"/inspections/{done['number']}")
    assert (shown["state"], shown["opener"], shown["values"]["why"]) == ("planned", "registrar", done["why"])


def test_who_may_not_is_told_so_and_who_does_not_see_hears_what_is_said_of_nothing(api: Client) -> None:
    refused(accept(api, "auditor", WISH), 403, "not_your_role")
    refused(accept(api, "leader", WISH | {"kind": "dance"}), 422, "not_a_choice")
    hidden = [accept(api, "owner", WISH), accept(api, "owner", WISH | {"project": "XX"}),
              api.ask("supervisor", "GET", "/coverage?project=BR"), api.ask("supervisor", "GET", "/coverage?project=XX"),
              api.ask("supervisor", "GET", "/coverage/proposals?project=BR")]  # fmt: skip
    for one in hidden:
        refused(one, 404, "no_such_project")
    assert len({one.content for one in hidden}) == 1


def accept(api: Client, who: str, wish: dict[str, Any], *, key: str | None = None) -> Response:
    named = {"Idempotency_Key": key} if key else {}
    return api.post(who, "/coverage/acceptances", wish, **named)
