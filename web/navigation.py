"""Where one can go from everywhere: the entries at the head of every page, in the order of a day."""

from __future__ import annotations

from dataclasses import dataclass

from states.rulebook import Label


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that everybody who is signed in may open; what they find there is what they may see."""

    path: str
    label: Label


ENTRIES: tuple[Entry, ...] = (
    Entry("/", Label(zh="今日", en="Today")),
    Entry("/register", Label(zh="登记", en="Register")),
    Entry("/worklist", Label(zh="工作台账", en="Worklist")),
    Entry("/rounds", Label(zh="会商", en="Consultations")),
    Entry("/tasks", Label(zh="任务", en="Tasks")),
    Entry("/inspections", Label(zh="监督检查", en="Inspections")),
    Entry("/programme", Label(zh="检查计划", en="Programme")),
    Entry("/coverage", Label(zh="覆盖", en="Coverage")),
    Entry("/risks", Label(zh="风险点", en="Risks")),
    Entry("/decisions", Label(zh="重大决策", en="Decisions")),
    Entry("/creation", Label(zh="联创共建", en="Joint creation")),
    Entry("/files", Label(zh="廉政档案", en="Integrity files")),
    Entry("/zero-reports", Label(zh="零报告", en="Zero reports")),
    Entry("/assessment", Label(zh="考核", en="Assessment")),
    Entry("/radar", Label(zh="停滞", en="Radar")),
    Entry("/board", Label(zh="看板", en="Board")),
    Entry("/calendar", Label(zh="日历", en="Calendar")),
    Entry("/search", Label(zh="搜索", en="Search")),
    Entry("/figures", Label(zh="统计", en="Figures")),
    Entry("/outbox", Label(zh="上报", en="Outbox")),
    Entry("/inbox", Label(zh="收件", en="Inbox")),
    Entry("/notices", Label(zh="通知", en="Notices")),
    Entry("/settings", Label(zh="设置", en="Settings")),
)


def entries(lang: str) -> tuple[tuple[str, str], ...]:
    """Path and name of each."""
    return tuple((one.path, one.label.in_(lang)) for one in ENTRIES)
