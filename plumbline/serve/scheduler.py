"""Whether Prefect's scheduler lives: runs are made ahead, a worker takes them, they end well, none is stuck."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from plumbline import clock
from plumbline.serve import lock
from plumbline.serve.api import HELD, PrefectApi, PrefectSilent
from plumbline.serve.environment import PrefectHome
from plumbline.settings import Settings
from states.rulebook import Label

PATIENCE = timedelta(minutes=5)
"""Delivery is scheduled every minute: five without one that ended well, and something is wrong."""

STARTS_WITHIN = timedelta(minutes=3)
"""So long after its start, what is missing may still be on its way."""

STUCK_AFTER = timedelta(minutes=30)

RESTART = Label(zh="请重启 plumbline serve，并查看 PLUMBLINE_HOME 下 prefect/logs 中的日志。",
                en="Restart `plumbline serve`, and read the logs in prefect/logs under PLUMBLINE_HOME.")  # fmt: skip

NOT_RUNNING = Label(
    zh="Prefect 未在运行；也可定时运行 plumbline tick。",
    en="Prefect is not running here; `plumbline tick` from cron does the same work.",
)
STARTING = Label(
    zh="Prefect 正在启动，请过几分钟再看。", en="Prefect is still starting; look again in a few minutes."
)
WITHOUT_PREFECT = Label(
    zh="plumbline serve 正在运行，未启用 Prefect；请定时运行 plumbline tick。",
    en="`plumbline serve` runs without Prefect; `plumbline tick` from cron does the work.",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether all is well, what was found, and what to do about it."""

    ok: bool
    says: Label
    do: Label | None = None


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest run of a deployment that is not only planned: Prefect's word for its state, when it was to start, and
    when it ended. `well`: it ended as it should, or is still on its way and not stuck."""

    deployment: str
    state: str
    expected_at: datetime
    ended_at: datetime | None
    well: bool


ENDED_OR_ON = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED", *HELD)


def last_runs(home: PrefectHome, *, at: datetime) -> tuple[LastRun, ...]:
    """The newest run of every deployment, by name; nothing where Prefect does not answer."""
    try:
        with PrefectApi(home, patience=5) as api:
            names = {one["id"]: str(one["name"]) for one in api.deployments()}
            found = [_last_run(api, names[key], key, at) for key in sorted(names, key=names.__getitem__)]
    except PrefectSilent:
        return ()
    return tuple(one for one in found if one is not None)


def _last_run(api: PrefectApi, name: str, key: str, at: datetime) -> LastRun | None:
    for run in api.runs(states=ENDED_OR_ON, limit=1, deployment_id={"any_": [key]}):
        expected, ended = datetime.fromisoformat(run["expected_start_time"]), run.get("end_time")
        state = str(run["state_type"])
        well = state == "COMPLETED" or (state in HELD and expected >= at - STUCK_AFTER)
        return LastRun(name, state, expected, datetime.fromisoformat(ended) if ended else None, well)
    return None


def self_test(settings: Settings) -> Verdict:
    """For `plumbline doctor`: is the Prefect of this PLUMBLINE_HOME, if it runs, really creating and running runs?"""
    running = lock.holder(settings)
    if running is None:
        return Verdict(ok=True, says=NOT_RUNNING)
    if running.prefect is None:
        return Verdict(ok=True, says=WITHOUT_PREFECT)
    return scheduler_is_creating_runs(running.prefect, at=clock.now(), since=running.started_at)


def scheduler_is_creating_runs(home: PrefectHome, *, at: datetime, since: datetime) -> Verdict:
    """Ask the server at `home`, which was started at `since`, about its deployments and runs as of `at`."""
    try:
        with PrefectApi(home, patience=5) as api:
            wrong = next(_wrong(api, at=at, since=since), None)
            coming = api.upcoming(at)
    except PrefectSilent:
        wrong, coming = Label(zh="Prefect 服务没有应答。", en="Prefect's server does not answer."), 0
    if wrong is None:
        zh = f"Prefect 正在调度，后续已排 {coming} 次运行。"
        return Verdict(
            ok=True, says=Label(zh=zh, en=f"Prefect's scheduler works; {coming} runs are planned ahead.")
        )
    if at - since < STARTS_WITHIN:
        return Verdict(ok=True, says=STARTING)
    return Verdict(ok=False, says=wrong, do=RESTART)


def _wrong(api: PrefectApi, *, at: datetime, since: datetime) -> Iterator[Label]:
    """What is wrong, the root before what follows from it."""
    deployments = api.deployments()
    if not deployments:
        yield Label(zh="Prefect 中没有部署。", en="Nothing is deployed in Prefect.")
    idle = sorted(one["name"] for one in deployments if one["paused"] or not _scheduled(api, one, at))
    if idle:
        yield Label(zh=f"调度器没有为以下部署排出运行：{'、'.join(idle)}。",
                    en=f"The scheduler creates no runs for: {', '.join(idle)}.")  # fmt: skip
    overdue = api.overdue(at, by=PATIENCE)
    if overdue:
        yield Label(
            zh=f"{overdue} 次运行到时未被领取：没有工作进程。",
            en=f"{overdue} runs are due and no worker takes them.",
        )
    if at - since > PATIENCE and not _completed(api, after=at - PATIENCE):
        yield Label(zh="五分钟内没有一次运行正常结束。", en="No run has ended well in the last five minutes.")
    stuck = sum(
        datetime.fromisoformat(run["expected_start_time"]) < at - STUCK_AFTER for run in api.runs(states=HELD)
    )
    if stuck:
        yield Label(
            zh=f"{stuck} 次运行已卡住半小时以上。", en=f"{stuck} runs have been stuck for over half an hour."
        )


def _scheduled(api: PrefectApi, deployment: dict[str, Any], at: datetime) -> bool:
    return api.upcoming(at, deployment=deployment["id"]) > 0


def _completed(api: PrefectApi, *, after: datetime) -> bool:
    return bool(api.runs(states=("COMPLETED",), limit=1, end_time={"after_": after.isoformat()}))
