"""The reconciliation of the ledger: history is verified, a checkpoint set, dates recomputed under a newer calendar."""

from __future__ import annotations

from datetime import datetime

from prefect import flow

from flows.accounts import RECONCILIATION
from flows.running import RETRIES, RETRY_AFTER, carry_out, named
from plumbline import duties


@flow(
    name="reconcile-ledger",
    flow_run_name=named(RECONCILIATION),
    retries=RETRIES,
    retry_delay_seconds=RETRY_AFTER,
    persist_result=False,
)
async def reconcile_ledger(at: datetime | None = None) -> dict[str, int]:
    """Verify and reconcile; answers events, faults, recomputed, moved."""
    return await carry_out(duties.reconcile, RECONCILIATION, at=at)
