"""The working calendar: when a period is over, day by day."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from plumbline.shell.acting import Asked
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import chosen, said

app = noun(said("工作日历。", "The working calendar: when a period is over."))

From = Annotated[
    str,
    typer.Option(
        "--from",
        metavar="DATE",
        help=said("起算日（按小时计则为时刻）。", "The day it starts (for hours, the instant)."),
    ),
]
For = Annotated[
    str,
    typer.Option(
        "--for",
        metavar="PERIOD",
        help=said(
            "期限，如“15 working days”“1 month”“90 days”。", '"15 working days", "1 month", "90 days".'
        ),
    ),
]


@verb(app, "due", said("推算到期日。", "When a period is over, and the walk to that day."))
def due(asked: Asked, from_: From, for_: For) -> Answer:
    from zoneinfo import ZoneInfo

    from states import calendars, due_answers

    asked.check()
    answer = due_answers.calendar_answer(from_, for_, calendars.china(), zone=ZoneInfo("Asia/Shanghai"))
    return Answer(answer, _text(answer))


def _text(answer: dict[str, Any]) -> list[str | Table]:
    note = (
        said("（暂定：有年份的放假安排未录入）", " (provisional: a year it touches is not decreed yet)")
        if answer["provisional"]
        else ""
    )
    walk = [[step["on"], step[chosen()]] for step in answer["walk"]]
    last = said(f"到期日 {answer['due_on']}{note}", f"due on {answer['due_on']}{note}")
    return [Table([said("日期", "day"), ""], walk), last]
