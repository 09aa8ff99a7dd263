"""The officers' digest: each working morning, one message per person with how much waits."""

from __future__ import annotations

from datetime import datetime

from prefect import flow

from flows.accounts import DIGESTS
from flows.running import RETRIES, RETRY_AFTER, carry_out, named
from plumbline import duties


@flow(
    name="send-digests",
    flow_run_name=named(DIGESTS),
    retries=RETRIES,
    retry_delay_seconds=RETRY_AFTER,
    persist_result=False,
)
async def send_digests(at: datetime | None = None) -> dict[str, int]:
    """Plan one digest per person; answers people. On a rest day nobody gets one."""
    return await carry_out(duties.send_digests, DIGESTS, at=at)
