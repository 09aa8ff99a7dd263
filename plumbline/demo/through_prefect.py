"""The demo's duties as real flow runs, on a Prefect server of the demo's own. Loaded only when they are wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any

from flows.deadlines import sweep_deadlines
from flows.delivery import deliver_notices
from flows.digests import send_digests
from flows.programme import open_inspections
from flows.reconciliation import reconcile_ledger
from flows.zero_reports import open_zero_reports
from plumbline.serve.session import prefect_session
from plumbline.settings import Settings

FLOWS: Mapping[str, Callable[..., Awaitable[Mapping[str, int]]]] = {
    "reconcile": reconcile_ledger,
    "open_inspections": open_inspections,
    "open_zero_reports": open_zero_reports,
    "send_digests": send_digests,
    "sweep_deadlines": sweep_deadlines,
    "deliver_notices": deliver_notices,
}


def run(settings: Settings, days: Callable[..., Coroutine[Any, Any, None]]) -> None:
    """Play the days, each duty a flow run. Raises CannotServe, and what the days raise."""
    with prefect_session(settings):
        asyncio.run(days(_as_flow))


async def _as_flow(duty: str, at: datetime) -> Mapping[str, int]:
    return await FLOWS[duty](at=at)
