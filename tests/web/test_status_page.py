"""The status page: when the clocks were last looked at, red when nobody does, and Prefect's runs for the operator."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from cases import duty_runs
from tests.plumbline.shell import NOON
from tests.web.browsing import Browser, Clock, at_work
from web import app


class Run(NamedTuple):
    deployment: str
    state: str
    expected_at: datetime
    ended_at: datetime | None
    well: bool


RUNS = (
    Run("deadlines", "CRASHED", NOON, NOON, well=False),
    Run("delivery", "COMPLETED", NOON, NOON, well=True),
)


def test_the_last_tick_is_told_and_red_when_it_is_long_ago(home: Path, time: Clock) -> None:
    with at_work(time) as office:
        with office.work.unit() as session:
            duty_runs.record(session, duty="sweep_deadlines", at=NOON, started_at=NOON, ended_at=NOON, outcome="done",
                             counts={})  # fmt: skip
        page = office.browser().get("/status?lang=en").text
        assert "Clocks last looked at: <time" in page
        assert 'role="alert"' not in page
        time.later(minutes=15, seconds=1)
        assert (
            'class="bad" role="alert">Clocks last looked at' in office.browser().get("/status?lang=en").text
        )
        assert "期限无人巡查" in office.browser().get("/status?lang=zh").text


@pytest.mark.parametrize("who, sees", [("operator", True), ("head", False), (None, False)])
def test_prefects_runs_are_the_operators_to_read(
    home: Path, time: Clock, who: str | None, sees: bool
) -> None:
    with at_work(time) as office:
        office.app = app.create(office.work, runs=lambda: RUNS)
        browser: Browser = office.browser()
        if who is not None:
            browser.post("/rehearsal", login=who)
        page = browser.get("/status?lang=en").text
        assert ("Prefect's last runs" in page.replace("&#39;", "'")) == sees
        assert ('<td class="bad">crashed</td>' in page) == sees
