"""The status as Prometheus reads it: counts and instants, no label that names a matter or a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from web.status import Status

KIND = "text/plain; version=0.0.4; charset=utf-8"


def exposition(status: Status | None, *, prefect: bool | None) -> str:
    """The text of /metrics. No status: the database cannot be read. No `prefect`: nobody asked about it."""
    return "\n".join(_lines(status, prefect=prefect)) + "\n"


def _lines(status: Status | None, *, prefect: bool | None) -> Iterator[str]:
    yield from _gauge("plumbline_database_up", "1 if the database can be read", {"": int(status is not None)})
    if prefect is not None:
        yield from _gauge("plumbline_prefect_up", "1 if Prefect creates and runs runs", {"": int(prefect)})
    if status is not None:
        yield from _of_status(status)


def _of_status(status: Status) -> Iterator[str]:
    ran = {f'duty="{one.duty.name}"': one.ran_at.timestamp() for one in status.duties if one.ran_at}
    yield from _gauge("plumbline_duty_last_run_timestamp_seconds", "When a duty last ran", ran)
    silent = {f'duty="{one.duty.name}"': int(one.silent) for one in status.duties}
    yield from _gauge("plumbline_duty_silent", "1 if a duty missed three of its runs", silent)
    sent = {f'status="{name}"': count for name, count in status.notices.items()}
    yield from _gauge("plumbline_notices", "Notices by status", sent)
    yield from _gauge("plumbline_notices_waiting", "Notices that could be tried now", {"": status.waiting})
    clocks = {
        'status="running"': status.running,
        'status="late"': status.late,
        'status="paused"': status.paused,
    }
    yield from _gauge("plumbline_deadlines", "Deadlines by status; the late ones are running, too", clocks)
    yield from _gauge("plumbline_rungs_due", "Rungs of deadlines that wait to fire", {"": status.due})
    yield from _gauge("plumbline_schema_current", "1 if the schema is the newest", {"": int(status.migrated)})
    yield from _gauge("plumbline_rehearsal", "1 on a rehearsal database", {"": int(status.rehearsal)})


def _gauge(name: str, says: str, values: Mapping[str, float]) -> Iterator[str]:
    yield f"# HELP {name} {says}."
    yield f"# TYPE {name} gauge"
    for labels, value in values.items():
        yield f"{name}{{{labels}}} {value:.15g}" if labels else f"{name} {value:.15g}"
