"""Setting up: the database, and for a rehearsal the Port Centre sample."""

from __future__ import annotations

from typing import Annotated

import typer

from plumbline.shell.acting import Asked, read_instant
from plumbline.shell.failures import WrongUsage
from plumbline.shell.output import Answer
from plumbline.shell.words import said

Rehearsal = Annotated[
    bool,
    typer.Option("--rehearsal", help=said("建立演练库。", "Make it a rehearsal: nothing in it is real.")),
]
Sample = Annotated[
    bool,
    typer.Option(
        "--sample",
        help=said("载入港口中心样例（仅限演练库）。", "Load the Port Centre sample (rehearsals only)."),
    ),
]


def init(asked: Asked, rehearsal: Rehearsal = False, sample: Sample = False) -> Answer:
    """Create the database or bring it up to date. Run twice, it changes nothing."""
    from plumbline import clock, setup

    if (asked.at_ or asked.as_) and not rehearsal:
        raise WrongUsage(
            "rehearsal_only",
            ("--as 和 --at 只能用于演练库。", "--as and --at work in a rehearsal only."),
            ("请加 --rehearsal。", "Give --rehearsal as well."),
        )
    at = read_instant(asked.at_) if asked.at_ else clock.now()
    done = setup.prepare(asked.settings, rehearsal=rehearsal, with_sample=sample, at=at)
    link = _first_link(asked)
    document = {
        "created": done.created,
        "rehearsal": done.rehearsal,
        "rulebook": done.rulebook,
        "sample": done.sample,
        "home": str(asked.settings.home),
        "first_link": link,
    }
    made = said("已建立", "Made") if done.created else said("已是最新", "Up to date")
    kind = said("演练库", "a rehearsal") if done.rehearsal else said("真实数据库", "a real database")
    lines = [
        said(
            f"{made}：{kind}，规则 {done.rulebook}，位于 {asked.settings.home}。",
            f"{made}: {kind}, with the rulebook {done.rulebook}, in {asked.settings.home}.",
        )
    ]
    if link is not None:
        lines += [said("首位系统管理员请在 24 小时内打开此一次性链接（须先 plumbline serve）：",
                       "The first administrator opens this one-time link within 24 hours, once `plumbline serve` runs:"),
                  link]  # fmt: skip
    return Answer(document, lines)


def _first_link(asked: Asked) -> str | None:
    """The link by which the first administrator comes in, while there is none. In a rehearsal there is no need."""
    from plumbline import clock
    from plumbline.accounts import Accounts
    from plumbline.work import Work

    work = Work.open(asked.settings)
    try:
        return Accounts(work).first_address(at=clock.now())
    finally:
        work.engine.dispose()
