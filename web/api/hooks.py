"""Webhooks out: one's subscriptions, and how each of their deliveries went."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col
from starlette.responses import Response

from cases import access
from cases.history import Event
from cases.matters import Matter
from cases.paging import Place
from notifications import webhooks
from notifications.channels.posting import BadUrl
from notifications.webhooks import EVERYTHING, STOPPED_BY_OWNER, Delivery, Hook, TooManyHooks, Wanted
from states.form_values import label
from web.api import cursors, examples, shapes, wishes
from web.api.asking import Asked, document
from web.api.operations import Answers, Operation, Takes
from web.api.problems import Wrong, not_here

NO_SUCH = "no_such_webhook"
WISH = {"url": "https://bi.example.org/plumbline", "events": ["clue.register", "escalation"]}


def operations() -> Iterator[Operation]:
    """All of them."""
    shown = Answers(shapes.WebhookShape, examples.WEBHOOK)
    yield Operation("GET", "/webhooks", "webhooks_list", ("webhook", "read"), "Your webhooks", list_,
                    Answers(shapes.WebhooksShape, {"webhooks": [examples.WEBHOOK]}), "webhooks")  # fmt: skip
    yield Operation("POST", "/webhooks", "webhook_subscribe", ("webhook", "change"),
                    "Be told at an address of yours; the secret is shown this once", subscribe,
                    Answers(shapes.NewWebhookShape, examples.WEBHOOK | {"secret": "whsec_…"}, 201), "webhooks", key=True,
                    takes=Takes(wishes.Subscribing, WISH), may_refuse=True,
                    more="`events` names machines, single moves of one (`clue.register`), or everything (`*`). Told is "
                    "only what you may see, and of it no content; each is signed as Standard Webhooks has it.")  # fmt: skip
    yield Operation(
        "GET", "/webhooks/{id}", "webhook_show", ("webhook", "read"), "One of them", show, shown, "webhooks"
    )
    yield Operation("DELETE", "/webhooks/{id}", "webhook_end", ("webhook", "change"), "End it", end,
                    Answers(shapes.Shape, {"id": 1, "ended": True}), "webhooks")  # fmt: skip
    yield Operation("POST", "/webhooks/{id}/resumption", "webhook_resume", ("webhook", "change"),
                    "Take one up again that was stopped for failing too long", resume, shown, "webhooks")  # fmt: skip
    yield Operation("GET", "/webhooks/{id}/deliveries", "webhook_deliveries", ("webhook", "read"),
                    "How its deliveries went, the latest first, with reasons for failure", deliveries,
                    Answers(shapes.DeliveriesShape, {"deliveries": [examples.DELIVERY], "next": None}), "webhooks",
                    query=wishes.Paged)  # fmt: skip


def list_(asked: Asked) -> Response:
    """One's own."""
    with asked.reading() as session:
        return document({"webhooks": [_shown(hook) for hook in webhooks.of(session, asked.actor)]})


def _shown(hook: Hook) -> dict[str, Any]:
    return {
        "id": hook.id, "url": hook.url, "events": hook.events, "active": hook.stopped_at is None,
        "created_at": hook.created_at.isoformat(), "stopped_why": hook.stopped_why,
        "failing_since": hook.failing_since.isoformat() if hook.failing_since else None,
    }  # fmt: skip


def subscribe(asked: Asked) -> Response:
    """A new one."""
    wish = asked.body(wishes.Subscribing)
    try:
        url = webhooks.allowed_url(wish.url, inside=asked.work.settings.webhook_hosts)
    except BadUrl as fault:
        raise Wrong(422, "url_not_allowed", label("不能推送到这一地址。", f"This address cannot be told: {fault}."),
                    field="url") from None  # fmt: skip
    _check_events(asked, wish.events)

    def act(session: Session) -> dict[str, Any]:
        return {
            "id": webhooks.subscribe(session, Wanted(url, tuple(wish.events)), owner=asked.actor, at=asked.at)
        }

    try:
        kept = asked.once(("webhook", url, wish.events), act)
    except TooManyHooks:
        most = webhooks.MOST_OF_ONE
        raise Wrong(409, "too_many_webhooks", label(f"每个账号至多 {most} 个推送。", f"One account has {most} at most."),
                    label("请先停用一个。", "End one first.")) from None  # fmt: skip
    with asked.reading() as session:
        hook = _mine(asked, session, kept["id"])
        return document(_shown(hook) | {"secret": hook.secret}, status=201)


def _check_events(asked: Asked, events: list[str]) -> None:
    machines = asked.office.rulebook().machines
    known = {
        EVERYTHING,
        *machines,
        *(f"{name}.{move}" for name, machine in machines.items() for move in machine.moves),
    }
    if unknown := next((one for one in events if one not in known), None):
        shown = ascii(unknown[:80])
        raise Wrong(422, "unknown_event", label(f"没有事件 {shown}。", f"There is no event {shown}."),
                    label("请用 *、事项类型或“类型.步骤”。", "Name *, a machine, or MACHINE.MOVE; see /rulebook."),
                    field="events")  # fmt: skip


def _mine(asked: Asked, session: Session, key: int) -> Hook:
    found = webhooks.one(session, key, owner=asked.actor)
    if found is None:
        raise not_here(NO_SUCH)
    return found


def show(asked: Asked) -> Response:
    """One of them."""
    with asked.reading() as session:
        return document(_shown(_mine(asked, session, asked.id(NO_SUCH))))


def end(asked: Asked) -> Response:
    """End it."""
    key = asked.id(NO_SUCH)
    with asked.unit() as session:
        _mine(asked, session, key)
        webhooks.stop(session, key, why=STOPPED_BY_OWNER, at=asked.at)
    return document({"id": key, "ended": True})


def resume(asked: Asked) -> Response:
    """Take it up again."""
    key = asked.id(NO_SUCH)
    with asked.unit() as session:
        _mine(asked, session, key)
        webhooks.resume(session, key)
        session.expire_all()
        return document(_shown(_mine(asked, session, key)))


def deliveries(asked: Asked) -> Response:
    """How it went; of what is not the owner's to see any more, no number."""
    wanted, key = asked.query(wishes.Paged), asked.id(NO_SUCH)
    after = cursors.read(wanted.cursor)
    with asked.reading() as session:
        _mine(asked, session, key)
        seen = access.visible_to(session, asked.actor, asked.office.rulebook()).label("seen")
        query = (
            select(Delivery, col(Event.move), col(Matter.number), seen)
            .join(Event, col(Event.id) == col(Delivery.event))
            .join(Matter, col(Matter.id) == col(Delivery.matter))
            .where(col(Delivery.webhook) == key)
            .order_by(col(Delivery.id).desc())
            .limit(wanted.limit + 1)
        )  # fmt: skip
        if after is not None:
            query = query.where(col(Delivery.id) < after.id)
        found = session.execute(query).all()
        lines = [_delivery(one, move=move, number=number if visible else None)
                 for one, move, number, visible in found[: wanted.limit]]  # fmt: skip
    following = Place(None, lines[-1]["id"]) if len(found) > wanted.limit else None
    return document({"deliveries": lines, "next": cursors.written(following)})


def _delivery(one: Delivery, *, move: str, number: str | None) -> dict[str, Any]:
    return {
        "id": one.id, "event": one.event, "number": number, "move": move if number else None, "status": one.status,
        "attempts": one.attempts, "planned_at": one.planned_at.isoformat(), "last_error": one.last_error,
        "next_at": one.next_at.isoformat() if one.next_at else None,
        "sent_at": one.sent_at.isoformat() if one.sent_at else None,
    }  # fmt: skip
