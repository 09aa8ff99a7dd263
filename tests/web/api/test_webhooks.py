"""Webhooks out: told of what one may see and of nothing else, with patience, and with an end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from notifications.channels import Unreachable
from notifications.channels.posting import BadUrl, Mailbox
from notifications.channels.webhook import signature
from notifications.webhooks import allowed_url, wants
from plumbline import clock, duties
from plumbline.settings import Settings
from plumbline.work import Work
from tests.notifications.robots import Asked, Group, Post, Reply, group_of
from tests.plumbline.shell import NOON
from tests.web.api.client import Client, refused

MINUTE = timedelta(minutes=1)


def taking(_group: Group, asked: Asked) -> Post | Reply:
    return Post(asked.headers.get("webhook-id", ""), "", asked.body)


@pytest.fixture
def system() -> Iterator[Group]:
    """A system of the office's own, on this machine."""
    with group_of(taking) as group:
        yield group


@pytest.fixture
def api(home: Path) -> Iterator[Client]:
    """An office whose operator lets webhooks go to this machine."""
    work = Work.open(Settings(webhook_hosts=frozenset({"127.0.0.1"})))
    yield Client(work)
    work.engine.dispose()


def subscribed(
    api: Client, system: Group, who: str = "registrar", events: tuple[str, ...] = ("clue",)
) -> dict[str, Any]:
    wish = {"url": f"http://127.0.0.1:{system.port}/hook", "events": list(events)}
    answer = api.post(who, "/webhooks", wish, Idempotency_Key=f"{who}{events}")
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def delivered(api: Client, at: datetime = NOON) -> tuple[int, int, int]:
    done = duties.deliver_notices(api.work, at=at)
    return done.delivered, done.failed, done.dead


def deliveries(api: Client, key: int, who: str = "registrar") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(who, f"/webhooks/{key}/deliveries")["deliveries"]
    return found


def test_an_event_is_told_signed_and_without_content(api: Client, system: Group) -> None:
    hook = subscribed(api, system)
    number = api.note(title="金丝雀标题")
    delivered(api)
    (asked,) = system.asked
    told = json.loads(asked.body)
    assert (told["number"], told["machine"], told["state"], told["version"]) == (
        number,
        "clue",
        "discovered",
        1,
    )
    assert told["link"].endswith(f"/matters/{number}")
    assert "金丝雀" not in asked.body.decode()
    headers = {name.lower(): value for name, value in asked.headers.items()}
    expected = signature(
        hook["secret"], name=headers["webhook-id"], stamp=headers["webhook-timestamp"], content=asked.body
    )
    assert headers["webhook-signature"] == expected
    (line,) = deliveries(api, hook["id"])
    assert (line["number"], line["status"], line["attempts"]) == (number, "sent", 1)
    delivered(api)
    assert len(system.asked) == 1


def test_only_what_was_asked_for_and_what_one_may_see_is_told(api: Client, system: Group) -> None:
    register = subscribed(api, system, events=("clue.register",))
    nothing = subscribed(api, system, "owner", ("*",))
    number = api.note()
    api.do("registrar", number, "register")
    delivered(api)
    assert [json.loads(asked.body)["move"] for asked in system.asked] == ["register"]
    assert len(deliveries(api, register["id"])) == 1
    assert deliveries(api, nothing["id"], "owner") == []


def test_what_was_planned_before_a_recusal_is_not_told_after_it(api: Client, system: Group) -> None:
    hook = subscribed(api, system, "leader")
    number = api.note()
    assert api.post("leader", f"/clues/{number}/recusals", {"reason": "A relative."}).status_code == 201
    delivered(api)
    assert system.asked == []
    (line,) = deliveries(api, hook["id"], "leader")[-1:]
    assert (line["number"], line["move"], line["status"]) == (None, None, "dead")


def test_a_failure_is_tried_again_and_its_reason_shown(api: Client, system: Group) -> None:
    hook = subscribed(api, system)
    system.instead = (503, {}, b"resting")
    api.note()
    delivered(api)
    (line,) = deliveries(api, hook["id"])
    assert (line["status"], line["attempts"]) == ("pending", 1)
    assert "503 resting" in line["last_error"]
    assert api.get("registrar", f"/webhooks/{hook['id']}")["failing_since"] == NOON.isoformat()
    system.instead = None
    delivered(api, NOON + 59 * MINUTE / 60)
    assert len(system.asked) == 1
    delivered(api, NOON + 2 * MINUTE)
    assert deliveries(api, hook["id"])[0]["status"] == "sent"
    assert api.get("registrar", f"/webhooks/{hook['id']}")["failing_since"] is None


def test_what_fails_for_three_days_is_stopped_and_its_owner_told(
    api: Client, system: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = subscribed(api, system)
    system.instead = (500, {}, b"")
    api.note()
    end = NOON + timedelta(days=3)
    for at in (NOON, NOON + timedelta(days=2), end - MINUTE):
        delivered(api, at)
    assert api.get("registrar", f"/webhooks/{hook['id']}")["active"]
    monkeypatch.setattr(clock, "now", lambda: end)
    delivered(api, end + timedelta(hours=7))
    shown = api.get("registrar", f"/webhooks/{hook['id']}")
    assert (shown["active"], shown["stopped_why"]) == (False, "it failed for too long")
    api.note()
    assert [line["status"] for line in deliveries(api, hook["id"])] == ["dead"], "nothing is planned any more"
    documents = [one["document"] for one in api.get("registrar", "/notices")["notices"]]
    assert documents.count("webhook_stopped") == 1
    delivered(api, end + timedelta(hours=8))
    (letter,) = (
        path
        for path in api.work.settings.notices.rglob("*")
        if path.is_file() and "webhook" in path.read_text()
    )
    assert "推送" in letter.read_text()
    answer = api.post("registrar", f"/webhooks/{hook['id']}/resumption")
    assert (answer.status_code, answer.json()["active"]) == (200, True)
    api.note()
    assert deliveries(api, hook["id"])[0]["status"] == "pending"


def test_a_subscription_is_its_owners_alone(api: Client, system: Group) -> None:
    hook = subscribed(api, system)
    for method, rest in (("GET", ""), ("DELETE", ""), ("GET", "/deliveries"), ("POST", "/resumption")):
        found = api.ask("head", method, f"/webhooks/{hook['id']}{rest}")
        absent = api.ask("head", method, f"/webhooks/4711{rest}")
        assert (found.status_code, found.content) == (404, absent.content)
    assert api.ask("registrar", "DELETE", f"/webhooks/{hook['id']}").status_code == 200
    assert api.get("registrar", "/webhooks") == {"webhooks": []}
    api.note()
    delivered(api)
    assert system.asked == []


def test_the_same_subscription_again_is_the_same_with_its_secret(api: Client, system: Group) -> None:
    first = subscribed(api, system)
    assert subscribed(api, system) == first
    assert "secret" not in api.get("registrar", f"/webhooks/{first['id']}")


URLS = ("http://bi.example.org/", "file:///etc/passwd", "https://127.0.0.1/", "https://127.1/", "https://[::1]/",
        "https://169.254.169.254/", "https://10.0.0.7/", "https://user:pass@bi.example.org/", "https://localhost/",
        "https://intranet/", "https://bi.example.org/#x", "https://", "//x", "https://[::1", "x" * 500)  # fmt: skip


@pytest.mark.parametrize("url", [url for url in URLS if url != "https://127.1/"])
def test_an_address_that_is_not_for_telling(api: Client, url: str) -> None:
    inside = Client(Work.open(Settings()))
    refused(inside.post("registrar", "/webhooks", {"url": url, "events": ["clue"]}), 422, "url_not_allowed")
    inside.work.engine.dispose()


def test_where_a_name_leads_is_looked_at_when_it_is_called(system: Group) -> None:
    assert allowed_url("https://127.1/", inside=()) == "https://127.1/"
    box = Mailbox("The webhook", f"http://localhost:{system.port}/", outside_only=True)
    with pytest.raises(Unreachable, match="into this machine"):
        box.post(b"{}", headers={})
    assert system.asked == []
    with pytest.raises(BadUrl):
        allowed_url("https://bi.example.org:0/", inside=("bi.example.org",))


@pytest.mark.parametrize("events", [[], ["clues"], ["clue.fly"], ["\u202e"], [1], "clue"])
def test_an_event_that_is_none(api: Client, events: Any) -> None:
    refused(api.post("registrar", "/webhooks", {"url": "https://bi.example.org/", "events": events}), 422)


def test_which_events_a_subscription_is_for() -> None:
    assert wants(["*"], "clue", "register")
    assert wants(["clue"], "clue", "register")
    assert wants(["clue.register"], "clue", "register")
    assert not wants(["clue.register"], "clue", "hold")
    assert not wants(["task"], "clue", "register")


def test_an_account_has_so_many_and_no_more(api: Client) -> None:
    for number in range(20):
        wish = {"url": f"https://bi.example.org/{number}", "events": ["*"]}
        assert api.post("registrar", "/webhooks", wish).status_code == 201
    refused(
        api.post("registrar", "/webhooks", {"url": "https://bi.example.org/", "events": ["*"]}),
        409,
        "too_many_webhooks",
    )
