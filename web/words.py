"""The texts of the pages, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from fastapi import Request

from states.periods import Period

ZONE = ZoneInfo("Asia/Shanghai")

TEXTS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "title": "准绳 · 运行状态",
        "other": "English",
        "rehearsal": "演练数据，不是真实案件。",
        "down": "读不到数据库。",
        "down_do": "请在服务器上运行 plumbline doctor。",
        "well": "一切正常",
        "ill": "有事项需要处理",
        "duties": "定时任务",
        "duty": "任务",
        "last": "上次运行",
        "acted": "办理时点",
        "counts": "结果",
        "never": "尚未运行",
        "silent": "已中断",
        "runs": "正常",
        "not_yet": "等待首次运行",
        "state": "状态",
        "outbox": "发件箱",
        "pending": "待发",
        "sending": "发送中",
        "sent": "已发",
        "dead": "已放弃",
        "dropped": "不再发送",
        "waiting": "现在可发",
        "deadlines": "期限",
        "running": "计时中",
        "late": "其中已超期",
        "paused": "已中止计时",
        "due": "到点待处理",
        "machinery": "设施",
        "prefect": "Prefect",
        "database": "数据库",
        "schema": "数据库结构",
        "current": "最新",
        "old": "须升级：请运行 plumbline init",
        "as_of": "截至",
        "last_tick": "最近一次期限巡查：",
        "tick_silent": "期限无人巡查，提醒和催办不会发出。请检查 plumbline serve，或定时运行 plumbline tick。",
        "prefect_runs": "Prefect 最近运行",
        "deployment": "部署",
        "expected": "计划开始",
        "ended": "结束",
        "run_COMPLETED": "已完成",
        "run_FAILED": "失败",
        "run_CRASHED": "崩溃",
        "run_CANCELLED": "已取消",
        "run_PENDING": "等待中",
        "run_RUNNING": "运行中",
        "run_CANCELLING": "取消中",
    },
    "en": {
        "title": "Plumbline · status",
        "other": "中文",
        "rehearsal": "Rehearsal data, no real case.",
        "down": "The database cannot be read.",
        "down_do": "Run `plumbline doctor` on the server.",
        "well": "All is well",
        "ill": "Something needs doing",
        "duties": "Duties of the clock",
        "duty": "Duty",
        "last": "Last run",
        "acted": "Acted as of",
        "counts": "Result",
        "never": "never",
        "silent": "silent",
        "runs": "runs",
        "not_yet": "waits for its first run",
        "state": "State",
        "outbox": "Outbox",
        "pending": "pending",
        "sending": "being sent",
        "sent": "sent",
        "dead": "given up",
        "dropped": "not sent",
        "waiting": "could leave now",
        "deadlines": "Deadlines",
        "running": "running",
        "late": "of them late",
        "paused": "paused",
        "due": "rungs waiting to fire",
        "machinery": "Machinery",
        "prefect": "Prefect",
        "database": "Database",
        "schema": "Schema",
        "current": "current",
        "old": "needs an upgrade: run `plumbline init`",
        "as_of": "As of",
        "last_tick": "Clocks last looked at:",
        "tick_silent": "Nobody looks at the clocks. See to `plumbline serve`, or run `plumbline tick` from cron.",
        "prefect_runs": "Prefect's last runs",
        "deployment": "Deployment",
        "expected": "To start at",
        "ended": "Ended",
        "run_COMPLETED": "ended well",
        "run_FAILED": "failed",
        "run_CRASHED": "crashed",
        "run_CANCELLED": "cancelled",
        "run_PENDING": "about to run",
        "run_RUNNING": "running",
        "run_CANCELLING": "being cancelled",
    },
}


def asked(request: Request, usual: str) -> str:
    """The language of a page: `?lang=`, else what the browser prefers, else the usual one."""
    wanted = request.query_params.get("lang", "")
    if wanted in TEXTS:
        return wanted
    preferred = request.headers.get("accept-language", "")[:2].lower()
    return preferred if preferred in TEXTS else usual


def local(at: datetime) -> str:
    """An instant as the office reads it: local, to the minute."""
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"


def day(on: date | str | None, lang: str) -> str:
    """A day as an office writes it: 2026年9月1日, 1 September 2026."""
    if not on:
        return ""
    one = date.fromisoformat(on[:10]) if isinstance(on, str) else on
    return f"{one.year}年{one.month}月{one.day}日" if lang == "zh" else f"{one.day} {one:%B %Y}"


def moment(at: datetime | str | None, lang: str) -> str:
    """An instant as an office writes it: its day and the time of day, local."""
    if not at:
        return ""
    here = (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone(ZONE)
    return (
        f"{day(here.date(), lang)} {here:%H:%M}"
        if lang == "zh"
        else f"{day(here.date(), lang)}, {here:%H:%M}"
    )


def period(text: str, lang: str) -> str:
    """A period as an office writes it: 15 个工作日, 15 working days."""
    one = Period.parse(text)
    return f"{one.count} {one.unit.zh}" if lang == "zh" else str(one)
