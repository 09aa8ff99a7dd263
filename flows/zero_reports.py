"""The zero reports: each morning the periods that are over are asked for, of every body that owes its report."""

from __future__ import annotations

from datetime import datetime

from prefect import flow

from flows.accounts import ZERO_REPORTS
from flows.running import RETRIES, RETRY_AFTER, carry_out, named
from plumbline import duties


@flow(
    name="open-zero-reports",
    flow_run_name=named(ZERO_REPORTS),
    retries=RETRIES,
    retry_delay_seconds=RETRY_AFTER,
    persist_result=False,
)
async def open_zero_reports(at: datetime | None = None) -> dict[str, int]:
    """Open the reports that are owed; answers opened, late, lapsed, failed."""
    return await carry_out(duties.open_zero_reports, ZERO_REPORTS, at=at)
