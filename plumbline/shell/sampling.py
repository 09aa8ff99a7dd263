"""Drawing by lot, weighted by risk, so that anyone can draw again: draw, show, verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from plumbline.shell import given
from plumbline.shell.acting import Asked
from plumbline.shell.failures import WrongUsage
from plumbline.shell.given_days import day_if_given
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

app = noun(said("随机抽取。", "Drawing by lot, weighted by risk; anyone can draw again and gets the same."))

File = Annotated[
    Path,
    typer.Argument(metavar="FILE", help=said("名单：名称、权重（CSV 或 YAML）。", "The list: name, weight (CSV or YAML).")),
]  # fmt: skip
Take = Annotated[
    int, typer.Option("--take", metavar="N", min=1, help=said("抽取几个。", "How many are drawn."))
]
Seed = Annotated[
    str | None,
    typer.Option("--seed", metavar="TEXT", help=said("种子，如公开开奖号；不填则随机生成。",
                                                     "The seed, such as a public number; else a fresh one.")),
]  # fmt: skip
In = Annotated[
    str, typer.Option("--organisation", metavar="CODE", help=said("单位代码。", "For which body."))
]
On = Annotated[
    str | None,
    typer.Option("--shown-on", metavar="DATE", help=said("此日之前不公开结果。", "The outcome is shown from then on.")),
]  # fmt: skip
Id = Annotated[
    int, typer.Argument(metavar="ID", min=1, max=2**63 - 1, help=said("抽取编号。", "Its id; see `list`."))
]


@verb(app, "draw", said("由名单抽取并记录。", "Draw from a list, and put everything about it on record."))
def draw(
    asked: Asked, file: File, take: Take, organisation: In, seed: Seed = None, shown_on: On = None
) -> Answer:
    from cases import drawing, planning, programme_files
    from states import sampling

    shown, actor = day_if_given(shown_on, "--shown-on"), asked.actor
    items = programme_files.items(given.text_of(file, what="FILE"))
    with asked.work.unit() as session:
        planning.check_role(session, asked.work.office, actor, organisation)
        try:
            done = sampling.draw(items, seed=drawing.fresh_seed() if seed is None else seed, take=take)
        except sampling.CannotDraw as fault:
            raise WrongUsage(fault.code, (fault.zh, str(fault)), ("请改正。", "Set it right.")) from None
        row = drawing.record(
            session, done, organisation=organisation, made_by=actor, at=asked.at, shown_on=shown
        )
        document = drawing.as_dict(row)
    return Answer(document, _text(document))


@verb(app, "list", said("抽取记录。", "The draws on record that you may see."))
def list_(asked: Asked) -> Answer:
    from cases import plan_lists

    with asked.work.reading() as session:
        found = plan_lists.draws(
            session, asked.work.office, actor=asked.actor, today=asked.work.office.day(asked.at)
        )
    headings = [said("编号", "id"), said("安排", "programme"), said("期次", "slot"), said("抽取", "what"),
                said("结果", "drawn")]  # fmt: skip
    rows = [[one["id"], one["programme"], one["slot"], one["what"], _drawn(one)] for one in found]
    return Answer({"draws": found}, [Table(headings, rows)])


@verb(app, "show", said("一次抽取的全部记录。", "One draw, with all that is needed to draw again."))
def show(asked: Asked, key: Id) -> Answer:
    document, _ = _one(asked, key)
    return Answer(document, _text(document))


@verb(app, "verify", said("按记录重新抽取并核对。", "Draw again from the record; 1 where it does not agree."))
def verify(asked: Asked, key: Id) -> Answer:
    document, agrees = _one(asked, key)
    if agrees is None:
        raise WrongUsage(
            "not_shown_yet",
            (
                f"结果自 {document['shown_on']} 起公开。",
                f"Its outcome is shown from {document['shown_on']} on.",
            ),
            ("请届时核对。", "Verify it then."),
        )
    line = said("重新抽取，结果一致。", "Drawn again, with the same outcome.") if agrees else said(
        "重新抽取，结果与记录不一致！", "Drawn again, and the outcome is NOT the one on record.")  # fmt: skip
    return Answer(document | {"ok": agrees}, [*_text(document), line], status=0 if agrees else 1)


def _one(asked: Asked, key: int) -> tuple[dict[str, Any], bool | None]:
    from cases import drawing, plan_lists

    today = asked.work.office.day(asked.at)
    with asked.work.reading() as session:
        row = plan_lists.draw(session, asked.work.office, key, actor=asked.actor)
        if row is None:
            raise WrongUsage("no_such_draw", (f"没有您可查看的抽取 {key}。", f"There is no draw {key} that you may see."),
                             ("请用 sampling list 查看。", "`sampling list` gives the ids."))  # fmt: skip
        hidden = plan_lists.is_hidden(row, actor=asked.actor, today=today)
        return drawing.as_dict(row, hidden=hidden), None if hidden else drawing.verified(row)


def _drawn(one: dict[str, Any]) -> str:
    if one["drawn"] is None:
        return said(f"{one['shown_on']} 公开", f"shown on {one['shown_on']}")
    return "、".join(one["drawn"]) if said("zh", "en") == "zh" else ", ".join(one["drawn"])


def _text(one: dict[str, Any]) -> list[str | Table]:
    rows = [[said("编号", "id"), one["id"]], [said("方法", "method"), one["method"]], [said("种子", "seed"), one["seed"]],
            [said("抽取数", "take"), one["take"]], [said("名单数", "from"), len(one["items"] or ())],
            [said("结果", "drawn"), _drawn(one)], [said("因利害关系未列入", "left out, having an interest"),
             ", ".join(one["left_out"])], [said("校验值", "digest"), one["digest"]]]  # fmt: skip
    return [Table(["", ""], rows)]
