"""The deadline sweep: whatever came due since the last one is acted on, oldest first."""

from __future__ import annotations

from datetime import datetime

from prefect import flow

from flows.accounts import DEADLINES
from flows.running import RETRIES, RETRY_AFTER, carry_out, named
from plumbline import duties


@flow(
    name="sweep-deadlines",
    flow_run_name=named(DEADLINES),
    retries=RETRIES,
    retry_delay_seconds=RETRY_AFTER,
    persist_result=False,
)
async def sweep_deadlines(at: datetime | None = None) -> dict[str, int]:
    """Fire every rung that is due, raise risk points, see to integrity files, tell of what stands still; answers their
    counts."""
    return await carry_out(duties.sweep_deadlines, DEADLINES, at=at)
