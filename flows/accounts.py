"""What a run tells: its name, and an account in Chinese and English that a leader can read. Counts, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
"""The zone of the schedules in prefect.yaml; runs are named by it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One count, by its name in the duty's answer, and what it counts. `cure` says what to do where it is not zero."""

    count: str
    zh: str
    en: str
    cure: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """The headings of one duty's accounts. `key` names the artifact, and its history in Prefect."""

    key: str
    zh: str
    en: str
    lines: tuple[Line, ...]

    def run_name(self, at: datetime) -> str:
        """How the run is called, e.g. "deadlines 2026-11-25 08:00"."""
        return f"{self.key} {at.astimezone(ZONE):%Y-%m-%d %H:%M}"

    def summary(self, counts: Mapping[str, int]) -> str:
        """One line for the log, e.g. "fired=3 planned=3 failed=0"."""
        return " ".join(f"{line.count}={counts[line.count]}" for line in self.lines)

    def markdown(self, counts: Mapping[str, int], *, at: datetime, rehearsal: bool) -> str:
        """The account of one run, as Markdown."""
        table = [f"| {line.zh} | {line.en} | {counts[line.count]} |" for line in self.lines]
        cures = [
            f"- {line.zh} / {line.en}: {' '.join(line.cure)}"
            for line in self.lines
            if line.cure and counts[line.count]
        ]
        head = [f"## {self.zh} · {self.en}", f"{at.astimezone(ZONE):%Y-%m-%d %H:%M} ({ZONE.key})"]
        if rehearsal:
            head.append("**演练数据，不是真实案件。 Rehearsal data, no real case.**")
        parts = [*head, "\n".join(["| 事项 | Item | 数量 Count |", "| --- | --- | ---: |", *table])]
        if cures:
            parts.append("\n".join(["### 需要处理 · To do", *cures]))
        return "\n\n".join(parts) + "\n"


DOCTOR = ("请运维人员运行 plumbline doctor。", "Ask the operator to run `plumbline doctor`.")

DEADLINES = Account(
    "deadlines",
    "期限巡查",
    "Deadline sweep",
    (
        Line("fired", "到点的期限节点", "Rungs of deadlines that came due"),
        Line("planned", "由此拟发的通知", "Notices planned for them"),
        Line("failed", "未能处理、将再试", "Could not be handled, tried again next time", DOCTOR),
        Line("raised", "按规则提请复核的风险点", "Risk points raised for review by rule"),
        Line("told", "已提示停滞的事项", "Matters whose standing still was told"),
        Line(
            "filed",
            "按规则归档或转为待更新的廉政档案",
            "Integrity files filed into by rule, or to be updated",
        ),
    ),
)

DELIVERY = Account(
    "delivery",
    "通知投递",
    "Notice delivery",
    (
        Line("delivered", "已送出", "Delivered"),
        Line("failed", "未送出、将再试", "Not delivered, tried again later"),
        Line(
            "dead",
            "多次失败、已放弃",
            "Given up after many tries",
            ("请运行 plumbline notices list 查看原因。", "Run `plumbline notices list` for the reasons."),
        ),
    ),
)

PROGRAMME = Account(
    "programme",
    "监督检查计划",
    "Inspection programme",
    (
        Line("opened", "已开启的检查", "Inspection rounds opened"),
        Line(
            "missed",
            "错过的检查",
            "Inspection rounds missed",
            ("请负责人补做并说明原因。", "The one in charge makes up for them and says why."),
        ),
        Line("skipped", "按计划不再补做的检查", "Inspection rounds skipped by their plan"),
        Line("failed", "未能开启、将再试", "Could not be opened, tried again next time", DOCTOR),
    ),
)

ZERO_REPORTS = Account(
    "zero-reports",
    "零报告",
    "Zero reports",
    (
        Line("opened", "已开启的零报告", "Reports of a period opened"),
        Line("late", "其中补开的", "Of them opened late"),
        Line("lapsed", "因中断未要求的报告期", "Periods that an outage passed over"),
        Line("failed", "未能开启、将再试", "Could not be opened, tried again next time", DOCTOR),
    ),
)

DIGESTS = Account(
    "digests",
    "每日提要",
    "Officers' digests",
    (Line("people", "收到提要的人", "People who get a digest"),),
)

RECONCILIATION = Account(
    "reconciliation",
    "台账核对",
    "Ledger reconciliation",
    (
        Line("events", "已核验的记录", "Events verified"),
        Line(
            "faults",
            "核验不符",
            "Events that do not verify",
            ("请立即运行 plumbline audit verify。", "Run `plumbline audit verify` at once."),
        ),
        Line("recomputed", "按新日历重算的期限", "Deadlines computed anew under a newer calendar"),
        Line("moved", "因此变更日期的期限", "Deadlines whose date moved by it"),
    ),
)
