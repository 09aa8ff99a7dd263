"""Notices: the outbox, why something did not get through, sending what is due, taking up what was given up."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from plumbline.shell.acting import Asked
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

app = noun(said("通知。", "Notices: the outbox, and what did not get through."))


class Status(StrEnum):
    """How far a notice has come."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"


State = Annotated[
    Status | None, typer.Option("--status", help=said("只列此状态。", "Only those that have come so far."))
]
Limit = Annotated[
    int,
    typer.Option(
        "--limit", metavar="N", min=1, max=1_000_000, help=said("最多列出多少条。", "At most so many.")
    ),
]
Id = Annotated[
    int,
    typer.Argument(
        metavar="ID", min=1, max=2**63 - 1, help=said("通知编号，见 list。", "Its id; see `list`.")
    ),
]


@verb(app, "list", said("发件箱及失败原因。", "The outbox, with reasons for failure."))
def list_(asked: Asked, status: State = None, limit: Limit = 500) -> Answer:
    from notifications import notices

    asked.check()
    with asked.work.reading() as session:
        found = notices.notices(session, status=status.value if status else None, limit=limit)
        counts = notices.counts(session)
    lines = [{name: getattr(one, name) for name in one._fields} for one in found]
    headings = [
        "id",
        said("收件人", "to"),
        said("事项", "about"),
        said("文种", "document"),
        said("渠道", "by"),
        said("状况", "status"),
        said("次数", "tries"),
        said("失败原因", "what went wrong"),
    ]
    rows = [
        [
            one.id,
            one.recipient,
            one.number,
            one.document,
            one.channel,
            one.status,
            one.attempts,
            one.last_error,
        ]
        for one in found
    ]
    total = "  ".join(f"{name} {count}" for name, count in counts.items())
    return Answer({"notices": lines, "counts": counts}, [*([Table(headings, rows)] if rows else []), total])


@verb(app, "deliver", said("发送到期的通知。", "Try every notice that is due for a try."))
def deliver(asked: Asked) -> Answer:
    from plumbline import duties

    done = duties.deliver_notices(asked.work, at=asked.at)
    document = {
        "at": asked.at.isoformat(),
        "delivered": done.delivered,
        "failed": done.failed,
        "dead": done.dead,
    }
    return Answer(
        document,
        [
            said(
                f"已送达 {done.delivered}，失败 {done.failed}，放弃 {done.dead}。",
                f"{done.delivered} delivered, {done.failed} failed, {done.dead} given up.",
            )
        ],
    )


@verb(
    app,
    "revive",
    said(
        "重新发送已放弃的通知：本人的；管理员可重发任何一件。",
        "Take up again a notice that was given up: your own, or any for the operator.",
    ),
)
def revive(asked: Asked, notice: Id) -> Answer:
    from cases.people import postings_of
    from notifications import notices, outbox

    actor, book = asked.actor, asked.work.office.rulebook()
    with asked.work.unit() as session:
        operates = any(held.role == book.administers for held in postings_of(session, actor))
        if notices.one_of(session, notice, login=actor, everybodys=operates) is None:
            raise outbox.not_dead(notice)
        outbox.revive(session, notice, by=actor, at=asked.at)
    return Answer(
        {"id": notice, "status": "pending"},
        [said(f"通知 {notice} 将重新发送。", f"Notice {notice} will be tried again.")],
    )
