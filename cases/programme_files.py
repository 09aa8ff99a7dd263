"""Programmes and lists to draw from as files an office writes: CSV, or YAML with the same names, in Chinese or English."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import yaml

from cases.inspections import CHANGES
from cases.planning import Wanted
from states.facts import Reason, Refused
from states.rulebook import Label
from states.sampling import CannotDraw, Item

MOST_ROWS = 10_000
_NAMES = {
    "code": ("代码", "编号"), "kind": ("检查类型", "类型"), "title": ("检查名称", "名称"), "rule": ("周期",),
    "organisation": ("单位",), "project": ("工程项目", "项目"), "plan": ("计划",), "link": ("环节",),
    "inspectors": ("检查人员",), "sites": ("检查地点", "地点"), "take": ("抽取地点数",), "team": ("抽取人数",),
    "starts_on": ("开始日期",), "ends_on": ("结束日期",), "on_outage": ("中断后",), "checklist": ("检查清单",),
    "name": ("地点名称",), "weight": ("权重",), "unit": ("责任单位",),
}  # fmt: skip
_VALUES = {
    "kind": {"日常监督": "daily", "专项检查": "special", "随机抽查": "unannounced", "联合检查": "joint",
             "嵌入式监督": "embedded", "回头看": "look_back"},
    "on_outage": {"补做一次": "run_once", "全部补做": "run_all", "不再补做": "skip"},
}  # fmt: skip
_HEADINGS = {heading: name for name, others in _NAMES.items() for heading in (name, *others)}
_SPLIT = str.maketrans("；;、，\n", ",,,,,")


def programmes(text: str) -> list[Wanted]:
    """The programmes that a file asks for; what cannot be read in a row is among its faults. Raises Refused."""
    return [_wanted(number, row) for number, row in _rows(text, first="programmes")]


def items(text: str) -> list[Item]:
    """The list to draw from that a file holds: name and weight (1 where there is none). Raises Refused."""
    found, reasons = [], []
    for number, row in _rows(text, first="sites"):
        try:
            found.append(Item.of(str(row.get("name") or row.get("title") or ""), row.get("weight") or 1))
        except CannotDraw as fault:
            reasons.append(Reason("bad_row", Label(en=f"Row {number}: {fault}", zh=f"第 {number} 行：{fault.zh}"),
                                  Label(en="Set it right.", zh="请改正。")))  # fmt: skip
    if reasons:
        raise Refused("bad_form", tuple(reasons[:50]))
    return found


def sites(text: str) -> list[dict[str, str]]:
    """ "1号泊位=3, 堆场" as sites with their weights."""
    found = []
    for one in _listed(text):
        name, _, weight = one.rpartition("=") if "=" in one else (one, "", "1")
        found.append({"name": name.strip(), "weight": weight.strip()})
    return found


def changes(given: Sequence[str]) -> dict[str, Any]:
    """ "rule=每周二", "take=2" as what is to change of a programme, in the names and words of a file. Raises Refused."""
    said = dict(one.partition("=")[::2] for one in given)
    row = {_HEADINGS.get(name.strip(), name.strip()): value for name, value in said.items()}
    if unknown := [name for name in row if name not in CHANGES]:
        known = ", ".join(CHANGES)
        raise _unreadable(f"{unknown[0][:40]!r} of a programme does not change. Known are: {known}.",
                          f"检查安排的“{unknown[0][:40]}”不能变更。可变更：{known}。")  # fmt: skip
    whole = _wanted(1, row)
    if whole.faults:
        raise Refused(whole.faults[0].code, tuple(whole.faults))
    return {name: getattr(whole, name) for name in row}


def _wanted(number: int, row: Mapping[str, Any]) -> Wanted:
    faults: list[Reason] = []
    given: dict[str, Any] = {name: _text(row.get(name)) for name in ("code", "title", "rule", "organisation")}
    given |= {name: _text(row.get(name)) or None for name in ("project", "plan", "link", "checklist")}
    given |= {name: _VALUES[name].get(said := _text(row.get(name)), said) for name in _VALUES}
    given["on_outage"] = given["on_outage"] or "run_once"
    given["inspectors"] = _people(row.get("inspectors"))
    given["sites"] = _sites(row.get("sites"))
    for name in ("take", "team"):
        given[name] = _number(number, name, row.get(name), faults)
    for name in ("starts_on", "ends_on"):
        given[name] = _day(number, name, row.get(name), faults)
    return Wanted(**given, faults=tuple(faults))


def _people(said: object) -> list[str]:
    return [_text(one) for one in said] if isinstance(said, list) else _listed(_text(said))


def _sites(said: object) -> list[dict[str, Any]]:
    if not isinstance(said, list):
        return [dict(one) for one in sites(_text(said))]
    return [
        {_HEADINGS.get(str(name), str(name)): str(value) for name, value in one.items()}
        if isinstance(one, dict) else {"name": _text(one), "weight": "1"}
        for one in said
    ]  # fmt: skip


def _listed(text: str) -> list[str]:
    return [said for one in text.translate(_SPLIT).split(",") if (said := one.strip())]


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _number(number: int, name: str, said: object, faults: list[Reason]) -> int:
    text = _text(said) or "0"
    if text.isdecimal() and len(text) < 7:
        return int(text)
    faults.append(_fault("not_a_number", number, name, text, "a whole number", "整数"))
    return 0


def _day(number: int, name: str, said: object, faults: list[Reason]) -> date | None:
    if isinstance(said, date):
        return said
    text = _text(said)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        faults.append(
            _fault("not_a_date", number, name, text, "a date such as 2026-09-01", "日期（如 2026-09-01）")
        )
        return None


def _fault(code: str, number: int, name: str, text: str, en: str, zh: str) -> Reason:
    return Reason(code, Label(en=f"Row {number}, {name}: {text[:40]!r} is not {en}.",
                              zh=f"第 {number} 行 {name}：“{text[:40]}”不是{zh}。"),
                  Label(en="Set it right.", zh="请改正。"), name)  # fmt: skip


def _rows(text: str, *, first: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each row with its number in the file, by the English names of its columns. Raises Refused."""
    rows = _of_csv(text) if _is_csv(text) else _of_yaml(text, first)
    if not rows or len(rows) > MOST_ROWS:
        raise _unreadable(f"It holds {len(rows)} rows; 1 to {MOST_ROWS:,} can be taken.",
                          f"文件有 {len(rows)} 行，可接受 1 至 {MOST_ROWS:,} 行。")  # fmt: skip
    for number, row in rows:
        unknown = [str(name) for name in row if str(name).strip() not in _HEADINGS]
        if unknown:
            known = ", ".join(name for name in _NAMES)
            raise _unreadable(f"Row {number}: nothing is called {unknown[0][:40]!r}. Known are: {known}.",
                              f"第 {number} 行：没有名为“{unknown[0][:40]}”的栏目。可用栏目：{known}。")  # fmt: skip
        yield number, {_HEADINGS[str(name).strip()]: value for name, value in row.items()}


def _is_csv(text: str) -> bool:
    heading = next((line for line in text.splitlines() if line.strip()), "")
    return all(one.strip(' "') in _HEADINGS for one in heading.split(","))


def _of_csv(text: str) -> list[tuple[int, dict[str, Any]]]:
    try:
        reader = csv.DictReader(io.StringIO(text), strict=True, restkey="(more cells than headings)")
        return [(reader.line_num, row) for row in reader if any(row.values())]
    except csv.Error as fault:
        raise _unreadable(f"The table cannot be read: {fault}.", f"无法读取表格：{fault}。") from None


def _of_yaml(text: str, first: str) -> list[tuple[int, dict[str, Any]]]:
    try:
        whole = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        line = getattr(getattr(fault, "problem_mark", None), "line", None)
        where = f" (line {line + 1})" if line is not None else ""
        raise _unreadable(f"It is neither CSV with known headings nor YAML{where}.",
                          f"既不是栏目正确的 CSV，也不是 YAML{where}。") from None  # fmt: skip
    rows = whole.get(first) if isinstance(whole, dict) and first in whole else whole
    if (
        not isinstance(rows, Sequence)
        or isinstance(rows, str)
        or not all(isinstance(one, dict) for one in rows)
    ):
        raise _unreadable(f"It must hold a list under `{first}:`, each entry with its names and values.",
                          f"须在 `{first}:` 之下列出各项，每项写明栏目和值。")  # fmt: skip
    return list(enumerate((dict(one) for one in rows), start=1))


def _unreadable(en: str, zh: str) -> Refused:
    cure = Label(
        en="See docs/inspections.md for a file that can be taken.", zh="格式见 docs/inspections.md。"
    )
    return Refused("bad_form", (Reason("bad_form", Label(en=en, zh=zh), cure),))
