"""prefect.yaml and the code agree: every schedule names a real flow, and hands it nothing."""

from __future__ import annotations

import importlib
import inspect
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect import Flow
from ruamel.yaml import YAML

import flows
from plumbline.serve import parts
from web import status

TEXT = parts.prefect_yaml().read_text()
DECLARED = YAML(typ="safe").load(TEXT)
DEPLOYMENTS: dict[str, dict[str, Any]] = {one["name"]: one for one in DECLARED["deployments"]}
SCHEDULES = {
    ("deadlines", "every-5-minutes"): "*/5 * * * *",
    ("delivery", "every-minute"): "* * * * *",
    ("programme", "working-mornings"): "0 8 * * *",
    ("zero-reports", "mornings"): "10 8 * * *",
    ("digests", "working-mornings"): "30 8 * * *",
    ("reconciliation", "weekly"): "0 6 * * 1",
    ("reconciliation", "quarterly"): "0 7 10 1,4,7,10 *",
}
INTERVALS = {
    "*/5 * * * *": timedelta(minutes=5),
    "* * * * *": timedelta(minutes=1),
    "0 8 * * *": timedelta(days=1),
    "10 8 * * *": timedelta(days=1),
    "30 8 * * *": timedelta(days=1),
    "0 6 * * 1": timedelta(weeks=1),
}
DUTY_OF = {
    "deadlines": "sweep_deadlines",
    "delivery": "deliver_notices",
    "programme": "open_inspections",
    "zero-reports": "open_zero_reports",
    "digests": "send_digests",
    "reconciliation": "reconcile",
}


def entrypoint(deployment: dict[str, Any]) -> Flow[Any, Any]:
    module, _, name = deployment["entrypoint"].rpartition(".")
    found = getattr(importlib.import_module(module), name)
    assert isinstance(found, Flow)
    return found


def test_the_office_s_schedule() -> None:
    """The digest and the inspections run daily: which mornings are working ones, the calendar knows, not the cron."""
    found = {
        (name, schedule["slug"]): schedule["cron"]
        for name, deployment in DEPLOYMENTS.items()
        for schedule in deployment["schedules"]
    }
    assert found == SCHEDULES


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_every_deployment_names_a_real_flow_that_is_async(name: str) -> None:
    """A synchronous run costs a second more."""
    flow = entrypoint(DEPLOYMENTS[name])
    assert flow.isasync
    assert flow.retries == 2


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_run_is_handed_nothing(name: str) -> None:
    """Prefect keeps parameters in clear text. Flows take `at` alone; schedules do not even give that."""
    deployment = DEPLOYMENTS[name]
    flow = entrypoint(deployment)
    assert list(inspect.signature(flow.fn).parameters) == ["at"]
    assert inspect.signature(flow.fn).parameters["at"].default is None
    assert not deployment.get("parameters")
    assert not any(schedule.get("parameters") for schedule in deployment["schedules"])


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_one_run_at_a_time_in_the_office_s_zone(name: str) -> None:
    deployment = DEPLOYMENTS[name]
    assert deployment["concurrency_limit"] == {
        "limit": 1,
        "collision_strategy": "CANCEL_NEW",
        "grace_period_seconds": 60,
    }
    assert deployment["work_pool"] == {"name": "plumbline"}
    assert {schedule["timezone"] for schedule in deployment["schedules"]} == {"Asia/Shanghai"}
    assert "plumbline" in deployment["tags"]


def test_nothing_is_pulled_and_no_folder_of_flows_goes_first_on_the_path() -> None:
    assert DECLARED["pull"] is None
    assert not any("/" in one["entrypoint"] or ":" in one["entrypoint"] for one in DECLARED["deployments"])


def test_every_flow_is_deployed() -> None:
    folder = Path(flows.__file__).parent
    modules = [importlib.import_module(f"flows.{path.stem}") for path in sorted(folder.glob("[a-z]*.py"))]
    written = {id(value) for module in modules for value in vars(module).values() if isinstance(value, Flow)}
    assert written == {id(entrypoint(deployment)) for deployment in DEPLOYMENTS.values()}


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_the_status_page_expects_a_duty_as_often_as_it_is_scheduled(name: str) -> None:
    expected = {duty.name: duty.every for duty in status.DUTIES}
    scheduled = [schedule["cron"] for schedule in DEPLOYMENTS[name]["schedules"]]
    assert expected[DUTY_OF[name]] == min(INTERVALS[cron] for cron in scheduled if cron in INTERVALS)
