"""The delivery of notices: the outbox is emptied, one try for each that is due."""

from __future__ import annotations

from datetime import datetime

from prefect import flow

from flows.accounts import DELIVERY
from flows.running import RETRIES, RETRY_AFTER, carry_out, named
from plumbline import duties


@flow(
    name="deliver-notices",
    flow_run_name=named(DELIVERY),
    retries=RETRIES,
    retry_delay_seconds=RETRY_AFTER,
    persist_result=False,
)
async def deliver_notices(at: datetime | None = None) -> dict[str, int]:
    """Try every notice that is due; answers delivered, failed, dead."""
    return await carry_out(duties.deliver_notices, DELIVERY, at=at)
