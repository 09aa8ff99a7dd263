"""A sheet of assessment as a workbook: the figures with their formulas, and the rows that each was counted from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cases.ledger_sheets import fit, put, width, workbook
from states.rulebook import Label

_FIGURES = (
    Label(zh="指标", en="figure"), Label(zh="分子（件数）", en="numerator (rows)"), Label(zh="分母", en="denominator"),
    Label(zh="权重", en="weight"), Label(zh="扣分", en="deducted"), Label(zh="未列明件数", en="rows not shown"),
    Label(zh="情况", en="note"), Label(zh="计算口径", en="formula"),
)  # fmt: skip
_ROWS = (
    Label(zh="指标", en="figure"),
    Label(zh="编号", en="number"),
    Label(zh="计入分子", en="in the numerator"),
)
_NOTES = {"withheld": Label(zh="不予显示", en="withheld"), "not": Label(zh="不适用", en="does not apply"),
          "internal": Label(zh="仅供内部", en="internal")}  # fmt: skip


def write(
    sheet: Mapping[str, Any], path: Path, *, name: str, at: datetime, zone: ZoneInfo, lang: str
) -> None:
    """Write a sheet (as `Sheet.as_dict` tells it) into a workbook at `path`. Raises NotWritable."""
    score = sheet["score"] if sheet["score"] is not None else "—"
    head: list[Sequence[Any]] = [
        [name, sheet["period"], sheet["as_of"]],
        [Label(zh="得分", en="score").in_(lang), score, sheet["worked"]],
        [Label(zh="公式", en="formula").in_(lang), sheet["formula"]],
        [],
        [one.in_(lang) for one in _FIGURES],
    ]
    figures = [
        [
            one["label"],
            one["hits"],
            one["of"],
            one["weight"],
            one["deducted"],
            one["hidden"],
            _note(one, lang),
            one["formula"],
        ]
        for one in sheet["figures"]
    ]
    rows = [
        [
            one["label"],
            row["number"],
            Label(zh="是", en="yes").in_(lang) if row["hit"] else Label(zh="否", en="no").in_(lang),
        ]
        for one in sheet["figures"]
        for row in one["rows"]
    ]
    with workbook(path, at=at, zone=zone) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        for title, lines in (
            (Label(zh="考核表", en="Sheet"), [*head, *figures]),
            (Label(zh="明细", en="Rows"), [[one.in_(lang) for one in _ROWS], *rows]),
        ):
            page = book.add_worksheet(title.in_(lang))
            widths = [0] * 8
            for place, line in enumerate(lines):
                for column, value in enumerate(line):
                    put(page, place, column, value, None, day)
                    widths[column] = max(widths[column], width(value))
            fit(page, widths)


def _note(one: Mapping[str, Any], lang: str) -> str:
    if one["withheld"]:
        return _NOTES["withheld"].in_(lang)
    if not one["applies"]:
        return _NOTES["not"].in_(lang)
    return _NOTES["internal"].in_(lang) if one.get("internal") else ""
