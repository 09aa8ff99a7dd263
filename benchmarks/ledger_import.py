"""Import of a ledger of 100,000 rows, against reading the file alone.

The ledger is made up: names, dates, problems and states drawn at random, dates in seven writings, as in
real ones. The import is the whole of it: guards, reading, judging every cell, repeats, and landing with
history, subjects and clocks on SQLite with synchronous=FULL, committed.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd
import xlsxwriter
from python_calamine import CalamineWorkbook

from benchmarks import office
from benchmarks.measuring import Result, interleaved, timed
from cases.ledger import read_ledger
from cases.ledger_landing import land
from plumbline.work import Work

ROWS = 100_000
TODAY = date(2026, 11, 25)
AT = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
HEADER = ("序号", "线索编号", "线索来源", "收到时间", "实名/匿名", "被反映人", "单位及职务", "工程项目", "环节",
          "反映的主要问题", "处置方式", "承办人", "处置意见提出时间", "目前进展", "办结时间", "处理结果",
          "备注")  # fmt: skip
SOURCES = ("来信", "来访", "网络举报", "审计移交", "巡察移交", "上级交办", "联合检查", "廉洁监督员日常监督")
PROJECTS = ("港口中心项目", "滨海新区市政道路工程", "博贺新港区通用码头工程")
LINKS = ("农民工工资", "分包管理", "安全管理", "变更签证", "计量支付", "招标投标", "结算审计", "竣工验收")
POSTS = ("劳务分包单位负责人", "港口集团工程部副部长", "项目部物资主管", "恒泰监理公司专业监理工程师")
WAYS = ("谈话函询", "初步核实", "暂存待查", "予以了结", "督促整改")
PEOPLE = ("李明", "王芳", "陈静")
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "文斌丽华志强海生建国明芳静敏正岩刚涛洁冰光平"
EPOCH = date(1899, 12, 30)


def measure(*, rows: int = ROWS, times: int = 3) -> list[Result]:
    """Seconds for the import, each into an office of its own, and for pandas reading the file with the same fast reader.

    `more` holds the seconds of the bare reader, which makes Python objects of the cells and no table of them.
    """
    with office.folder() as home:
        path = _workbook(home / "ledger.xlsx", rows)
        reading, bare, importing = interleaved(
            [
                lambda _turn: _read(path),
                lambda _turn: _read_bare(path),
                lambda turn: _imported(home / str(turn), path),
            ],
            times=times,
        )
    return [Result(
        name=f"ledger import of {rows:,} rows", ours=median(importing), baseline=median(reading),
        baseline_name="reading the file alone (pandas.read_excel, calamine)", unit="s", n=rows, target=0.25,
        more={"times": times, "bare calamine, seconds": round(median(bare), 3)},
    )]  # fmt: skip


def _read(path: Path) -> float:
    taken: list[float] = []
    with timed(taken):
        pd.read_excel(path, engine="calamine", header=None)
    return taken[0]


def _read_bare(path: Path) -> float:
    taken: list[float] = []
    with timed(taken):
        CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    return taken[0]


def _imported(home: Path, path: Path) -> float:
    work = office.opened(home)
    taken: list[float] = []
    with timed(taken):
        _import(work, path)
    work.engine.dispose()
    return taken[0]


def _import(work: Work, path: Path) -> None:
    ledger = read_ledger(path, today=TODAY, machine=work.office.rulebook().machines["clue"])
    with work.unit() as session:
        landed = land(session, work.office, ledger, actor="registrar", at=AT)
    if landed.created + len(ledger.bad_rows) != ledger.read:
        raise AssertionError(f"{landed.created} of {ledger.read} rows landed")


def _workbook(path: Path, rows: int) -> Path:
    draw = random.Random(2026)
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("台账")
        sheet.write_row(0, 0, ["问题线索管理台账"])
        sheet.write_row(1, 0, HEADER)
        for place in range(1, rows + 1):
            sheet.write_row(place + 1, 0, _row(draw, place))
    return path


def _row(draw: random.Random, place: int) -> list[Any]:
    received_on = date(2026, 1, 1) + timedelta(days=draw.randrange(320))
    progress = draw.choice(("待分办", "办理中", "办理中", "已办结"))
    opinion_on = received_on + timedelta(days=draw.randrange(1, 45))
    closed_on = opinion_on + timedelta(days=draw.randrange(1, 60))
    if progress == "待分办" or max(opinion_on, closed_on) > TODAY:
        progress, way, opinion, closed, outcome = "待分办", "", "", "", ""
    else:
        way, opinion = draw.choice(WAYS), _written(draw, opinion_on)
        closed, outcome = (_written(draw, closed_on), "查无实据") if progress == "已办结" else ("", "")
    name = draw.choice(SURNAMES) + "".join(draw.choices(GIVEN, k=2))
    problem = f"{draw.choice(LINKS)}环节存在问题，涉及金额{draw.randrange(1, 999_999)}元"
    return [
        place, f"MGJ-2026-{place:06d}", draw.choice(SOURCES), _written(draw, received_on),
        draw.choice(("实名", "匿名")), name, draw.choice(POSTS), draw.choice(PROJECTS), draw.choice(LINKS), problem,
        way, draw.choice(PEOPLE), opinion, progress, closed, outcome, "",
    ]  # fmt: skip


def _written(draw: random.Random, day: date) -> Any:
    form = draw.randrange(6)
    if form == 0:
        return (day - EPOCH).days
    if form == 1:
        return f"{day.year}/{day.month}/{day.day}"
    if form == 2:
        return f"{day.year}年{day.month}月{day.day}日"
    if form == 3:
        return day.strftime("%Y.%m.%d")
    text = day.isoformat()
    return text if form == 4 else text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
