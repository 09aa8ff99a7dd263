"""Deadlines: which run, how a date came about, more time for one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from plumbline.shell.acting import Asked, read_instant
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import chosen, said

app = noun(said("时限。", "Deadlines: which run, and how a date came about."))

Id = Annotated[
    int,
    typer.Argument(
        metavar="ID", min=1, max=2**63 - 1, help=said("时限编号，见 list。", "Its id; see `list`.")
    ),
]
Until = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="INSTANT",
        help=said("只列此刻之前到期的。", "Only those that are late at this instant."),
    ),
]
Limit = Annotated[
    int,
    typer.Option(
        "--limit", metavar="N", min=1, max=1_000_000, help=said("最多列出多少条。", "At most so many.")
    ),
]
Why = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help=said("延期理由。", "Why more time is needed."))
]


@verb(app, "list", said("列出运行中的时限。", "The running clocks you may see, the nearest first."))
def list_(asked: Asked, until: Until = None, limit: Limit = 500) -> Answer:
    from cases import due_dates

    at, actor = asked.at, asked.actor
    last = read_instant(until) if until is not None else None
    with asked.work.reading() as session:
        found = due_dates.open_deadlines(
            session, asked.work.office, actor=actor, at=at, until=last, limit=limit
        )
    text: list[str | Table] = [
        _table(found.lines),
        said(f"共 {found.total} 项。", f"{found.total} in all."),
    ]
    return Answer({"deadlines": list(found.lines), "total": found.total}, text)


def _table(lines: tuple[dict[str, Any], ...]) -> Table:
    headings = [
        "id",
        said("编号", "number"),
        said("时限", "deadline"),
        said("到期日", "due on"),
        said("承办人", "handler"),
        "",
    ]
    return Table(
        headings,
        [
            [
                one["id"],
                one["number"],
                one["label"][chosen()] if one["label"] else one["deadline"],
                one["due_on"],
                one["handler"],
                _marks(one),
            ]
            for one in lines
        ],
    )


def _marks(one: Mapping[str, Any]) -> str:
    marks = [
        (one["overdue"], said("逾期", "late")),
        (one["status"] == "paused", said("暂停", "paused")),
        (one["provisional"], said("暂定", "provisional")),
    ]
    return " ".join(word for holds, word in marks if holds)


@verb(
    app,
    "explain",
    said("逐日说明到期日的由来。", "How a date came about, day by day, and on which legal basis."),
)
def explain(asked: Asked, deadline: Id) -> Answer:
    from cases import due_dates

    at, actor = asked.at, asked.actor
    with asked.work.reading() as session:
        found = due_dates.explained(session, asked.work.office, deadline, actor=actor, at=at)
    return Answer(found, _explanation(found))


def _explanation(found: Mapping[str, Any]) -> list[str | Table]:
    label = found["label"][chosen()] if found["label"] else found["deadline"]
    due = found["due_on"] or said("暂停中", "paused")
    span = f"{found['budget']}, {said('自', 'from')} {found['started_on']} → {due}"
    top = f"{found['number']}  {label}: {span}  {_marks(found)}"
    basis = found["basis"]
    words = " ".join(str(basis[name]) for name in ("source", "article", "note") if basis and basis[name])
    entries = [[one["kind"], one["on"], one["by"], one["reason"], one["due_on"]] for one in found["entries"]]
    headings = [
        said("记录", "entry"),
        said("日期", "on"),
        said("何人", "by"),
        said("原因", "reason"),
        said("到期日", "due on"),
    ]
    walk = [[step["on"], step[chosen()]] for step in found["walk"]]
    return [
        top,
        f"{said('依据', 'basis')}: {words}",
        Table(headings, entries),
        Table([said("日期", "day"), ""], walk),
    ]


@verb(
    app,
    "extend",
    said("经批准延长时限。", "More time, as far as the rulebook allows; you are the one who approves it."),
)
def extend(asked: Asked, deadline: Id, reason: Why) -> Answer:
    from cases import extending

    at, actor = asked.at, asked.actor
    with asked.work.unit() as session:
        due_on = extending.extend(session, asked.work.office, deadline, actor=actor, at=at, reason=reason)
    shown = due_on.isoformat() if due_on else None
    return Answer({"id": deadline, "due_on": shown}, [said(f"延长至 {shown}。", f"Extended to {shown}.")])
