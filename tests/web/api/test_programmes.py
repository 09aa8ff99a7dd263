"""The inspection programme over the API: the same documents as the shell's, to be read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from cases import drawing, due_rounds, planning
from cases.planning import Wanted
from states import sampling
from tests.plumbline.shell import NOON
from tests.web.api.client import Client, refused

MONDAY = datetime(2026, 9, 7, 0, 0, tzinfo=UTC)


def plan(api: Client) -> None:
    wanted = Wanted(code="SPOT", kind="unannounced", title="泊位抽查", rule="每周一", organisation="MGJ", project="PC",
                    inspectors=["supervisor"], sites=[{"name": "1号泊位"}, {"name": "堆场"}], take=1,
                    on_outage="skip")  # fmt: skip
    with api.work.unit() as session:
        planning.add_programme(session, api.work.office, wanted, actor="leader", at=NOON)
    due_rounds.sweep(api.work.unit, api.work.office, at=MONDAY + timedelta(weeks=1))


def test_programmes_and_slots(api: Client) -> None:
    plan(api)
    found = {one["code"]: one for one in api.get("supervisor", "/programmes")["programmes"]}["SPOT"]
    assert (found["recurs"], found["sites"]) == ("every week on Monday", None)
    slots = api.get("supervisor", "/programme-slots?programme=SPOT")["slots"]
    assert [(one["slot"], one["outcome"], one["why"]) for one in slots] == [
        ("2026-09-14", "opened", ""), ("2026-09-07", "skipped", "outage"),
    ]  # fmt: skip
    assert len(api.get("supervisor", "/programme-slots?programme=SPOT&limit=1")["slots"]) == 1
    assert api.get("owner", "/programmes") == {"plans": [], "programmes": []}
    assert api.get("owner", "/programme-slots")["slots"] == []


def test_a_draw_is_drawn_again(api: Client) -> None:
    plan(api)
    (one,) = api.get("auditor", "/draws")["draws"]
    again = api.get("auditor", f"/draws/{one['id']}")
    assert again == one | {"ok": True}
    assert again["drawn"]
    refused(api.ask("owner", "GET", f"/draws/{one['id']}"), 404, "no_such_draw")
    refused(api.ask("auditor", "GET", "/draws/999"), 404, "no_such_draw")


def test_what_is_not_shown_yet_is_not_told(api: Client) -> None:
    done = sampling.draw([sampling.Item.of("孤岛"), sampling.Item.of("堆场")], seed="s", take=1)
    with api.work.unit() as session:
        row = drawing.record(
            session, done, organisation="MGJ", made_by="leader", at=NOON, shown_on=date(2027, 1, 1)
        )
        key = row.id
    told = api.get("supervisor", f"/draws/{key}")
    assert (told["drawn"], told["seed"], told["items"], told["ok"]) == (None, None, None, None)
    assert api.get("leader", f"/draws/{key}")["ok"] is True
