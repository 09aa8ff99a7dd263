"""What a rehearsal found, for scripts and for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from plumbline.rehearsal.log import Log
from plumbline.rehearsal.tally import Tally
from states.rulebook import Label, Machine, Rulebook

MOST_REFUSED = 15  # told one by one in the table; the document holds them all


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the summary: a title, headings, and rows of text and numbers."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A rehearsal that ended. `seconds` is what it took from the first byte read to the last row written."""

    rulebook: Rulebook
    machine: Machine
    tally: Tally
    log: Log
    store: str
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """The answer of contract.md, and more: clocks, rungs, notices, load per week, the log itself."""
        tally = self.tally
        return {
            "cases": tally.cases,
            "whole": tally.whole,
            "moves": tally.moves,
            "refused": [
                {"move": move, "from": state, "code": code, "count": count}
                for (move, state, code), count in _most(tally.refused)
            ],
            "missed": [
                {"deadline": name, "count": tally.clocks[name].missed}
                for name in self.machine.deadlines if tally.clocks[name].missed
            ],
            "escalations": tally.escalations,
            "seconds": round(self.seconds, 2),
            "deadlines": [
                {"deadline": name, "opened": each.opened, "met": each.met, "missed": each.missed,
                 "open": each.still_open}
                for name in self.machine.deadlines for each in [tally.clocks[name]]
            ],
            "rungs": [
                {"deadline": deadline, "rung": rung, "count": count} for (deadline, rung), count in _most(tally.rungs)
            ],
            "engine_moves": tally.engine_moves,
            "notices": [
                {"document": document, "to": to, "count": count} for (document, to), count in _most(tally.notices)
            ],
            "reopenings": {"allowed": tally.reopened, "refused": tally.reopenings_refused},
            "handovers": {"all": tally.handovers, "back": tally.returns, "cases_back": tally.ping_pong_cases},
            "load": [
                {"week": monday.isoformat(), "opened": week.opened, "moves": week.moves, "missed": week.missed,
                 "escalations": week.escalations, "notices": week.notices}
                for monday, week in sorted(tally.weeks.items())
            ],
            "log": self._log(),
            "rulebook": self.rulebook.key,
            "store": self.store,
        }  # fmt: skip

    def _log(self) -> dict[str, Any]:
        log = self.log
        return {
            "rows": log.rows, "ends_at": log.ends_at.isoformat(), "out_of_order": log.out_of_order,
            "same_instant": log.same_instant, "duplicates": log.duplicates, "repeats": self.tally.repeats,
            "left_out": [
                {"why": why, "count": left.count, "first_row": left.first_row} for why, left in log.left_out.items()
            ],
        }  # fmt: skip


def summary_table(rehearsed: Rehearsed, *, lang: str = "en") -> tuple[Part, ...]:
    """The findings as tables that fit a terminal, most important first. Empty ones are left out."""
    parts = (_whole(rehearsed, lang), _refused(rehearsed, lang), _deadlines(rehearsed, lang), _notices(rehearsed, lang),
             _left_out(rehearsed, lang))  # fmt: skip
    return tuple(part for part in parts if part.rows)


def _whole(rehearsed: Rehearsed, lang: str) -> Part:
    tally, log = rehearsed.tally, rehearsed.log
    rows: Sequence[tuple[str, str, int]] = (
        ("案件", "cases", tally.cases),
        ("完全合规的案件", "cases whole", tally.whole),
        ("有步骤被拒的案件", "cases with refused moves", tally.cases - tally.whole),
        ("状态变化", "moves in the log", tally.moves),
        ("被拒步骤", "moves refused", tally.refused.total()),
        ("应发出的升级", "escalations that would have gone out", tally.escalations),
        ("应发出的通知", "notices that would have gone out", tally.notices.total()),
        ("重开（允许）", "reopenings allowed", tally.reopened),
        ("重开（拒绝）", "reopenings refused", tally.reopenings_refused),
        ("移交", "handovers", tally.handovers),
        ("移交后又退回", "handed back to where they came from", tally.returns),
        ("与前一行相同的行", "rows that only repeat the one before", tally.repeats),
        ("次序颠倒的行", "rows out of order", log.out_of_order),
        ("同一时刻的行", "rows at the same instant", log.same_instant),
        ("完全重复的行（未计）", "duplicate rows, left out", log.duplicates),
    )
    label = Label(zh="演练", en="Rehearsal")
    machine = rehearsed.machine.label
    return Part(f"{label.in_(lang)}: {machine.in_(lang)} ({rehearsed.rulebook.key}), {rehearsed.seconds:.1f} s",
                _headings(lang, ("项目", "what"), ("数量", "count")),
                tuple((zh if lang == "zh" else en, count) for zh, en, count in rows))  # fmt: skip


def _refused(rehearsed: Rehearsed, lang: str) -> Part:
    machine = rehearsed.machine
    found = _most(rehearsed.tally.refused)
    rows = [(_move(machine, move, lang), machine.states[state].label.in_(lang) if state else "", code, count)
            for (move, state, code), count in found[:MOST_REFUSED]]  # fmt: skip
    if others := found[MOST_REFUSED:]:
        said = f"其他 {len(others)} 种" if lang == "zh" else f"{len(others)} other kinds"
        rows.append((said, "", "", sum(count for _, count in others)))
    heads = (("步骤", "move"), ("所处状态", "while it was"), ("原因", "code"), ("次数", "count"))
    return Part("被拒步骤" if lang == "zh" else "Moves refused", _headings(lang, *heads), tuple(rows))


def _move(machine: Machine, move: str, lang: str) -> str:
    return machine.moves[move].label.in_(lang) if move in machine.moves else move


def _deadlines(rehearsed: Rehearsed, lang: str) -> Part:
    rows = [
        (rule.label.in_(lang), rule.budget, each.opened, each.met, each.missed, each.still_open)
        for name, rule in rehearsed.machine.deadlines.items() for each in [rehearsed.tally.clocks[name]]
    ]  # fmt: skip
    heads = (
        ("时限", "deadline"),
        ("期限", "budget"),
        ("开始", "opened"),
        ("按期", "met"),
        ("逾期", "missed"),
        ("未结", "open"),
    )
    return Part("时限" if lang == "zh" else "Deadlines", _headings(lang, *heads), tuple(rows))


def _notices(rehearsed: Rehearsed, lang: str) -> Part:
    documents, roles = rehearsed.rulebook.documents, rehearsed.rulebook.roles
    rows = [
        (documents[document].in_(lang), roles[to].label.in_(lang) if to in roles else to, count)
        for (document, to), count in _most(rehearsed.tally.notices)
    ]
    title = "应发出的通知" if lang == "zh" else "Notices that would have gone out"
    return Part(
        title, _headings(lang, ("文书", "document"), ("收件人", "to"), ("数量", "count")), tuple(rows)
    )


def _left_out(rehearsed: Rehearsed, lang: str) -> Part:
    rows = [(why, left.count, left.first_row) for why, left in rehearsed.log.left_out.items()]
    title = "无法读取的行" if lang == "zh" else "Rows that could not be read"
    return Part(
        title, _headings(lang, ("原因", "why"), ("数量", "count"), ("首行", "first on line")), tuple(rows)
    )


def _headings(lang: str, *pairs: tuple[str, str]) -> tuple[str, ...]:
    return tuple(zh if lang == "zh" else en for zh, en in pairs)


def _most(counter: Any) -> list[tuple[Any, int]]:
    """By count, then by name: the same every time."""
    return sorted(counter.items(), key=lambda each: (-each[1], each[0]))
