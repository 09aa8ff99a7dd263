"""The inspection programme: each working morning the rounds whose day has come are opened, missed ones reported."""

from __future__ import annotations

from datetime import datetime

from prefect import flow

from flows.accounts import PROGRAMME
from flows.running import RETRIES, RETRY_AFTER, carry_out, named
from plumbline import duties


@flow(
    name="open-inspections",
    flow_run_name=named(PROGRAMME),
    retries=RETRIES,
    retry_delay_seconds=RETRY_AFTER,
    persist_result=False,
)
async def open_inspections(at: datetime | None = None) -> dict[str, int]:
    """Open the due rounds and report the others; answers opened, missed, skipped, failed. On a rest day none is due."""
    return await carry_out(duties.open_inspections, PROGRAMME, at=at)
