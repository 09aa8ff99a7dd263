"""The few questions we put to Prefect's API, without loading Prefect."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self

import httpx

from plumbline.serve.environment import POOL, PrefectHome

HELD = ("PENDING", "RUNNING", "CANCELLING")
"""States in which a run holds its deployment's only slot."""


_WAITING = {"state": {"type": {"any_": ["SCHEDULED"]}}}


class PrefectSilent(Exception):
    """Prefect's server does not answer."""


class PrefectApi:
    """A connection to Prefect's API. Every question raises PrefectSilent where no usable answer comes."""

    def __init__(self, home: PrefectHome, *, patience: float = 10) -> None:
        user, _, password = home.password.get_secret_value().partition(":")
        self._client = httpx.Client(
            base_url=home.api_url, auth=(user, password), timeout=patience, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def healthy(self) -> bool:
        """Whether the server says it is well."""
        try:
            return self._client.get("/health").status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def deployments(self) -> list[dict[str, Any]]:
        """What is deployed."""
        return list(self._ask("/deployments/filter", {}))

    def runs(
        self, *, states: tuple[str, ...] = (), limit: int = 200, **narrower: Any
    ) -> list[dict[str, Any]]:
        """Runs in these types of states, newest expected start first."""
        narrow: dict[str, Any] = dict(narrower)
        if states:
            narrow["state"] = {"type": {"any_": list(states)}}
        return list(
            self._ask(
                "/flow_runs/filter", {"flow_runs": narrow, "limit": limit, "sort": "EXPECTED_START_TIME_DESC"}
            )
        )

    def upcoming(self, at: datetime, *, deployment: str | None = None) -> int:
        """How many runs are scheduled for after `at`, of all deployments or of one."""
        later: dict[str, Any] = {"expected_start_time": {"after_": at.isoformat()}, **_WAITING}
        if deployment is not None:
            later["deployment_id"] = {"any_": [deployment]}
        return int(self._ask("/flow_runs/count", {"flow_runs": later}))

    def overdue(self, at: datetime, *, by: timedelta) -> int:
        """How many runs should have started `by` before `at` and are still waiting: no worker takes them."""
        before = {"expected_start_time": {"before_": (at - by).isoformat()}, **_WAITING}
        return int(self._ask("/flow_runs/count", {"flow_runs": before}))

    def artifacts(self, *, limit: int = 200) -> list[dict[str, Any]]:
        """The accounts of runs, newest first."""
        wanted = {"artifacts": {"key": {"exists_": True}}, "limit": limit, "sort": "CREATED_DESC"}
        return list(self._ask("/artifacts/filter", wanted))

    def make_pool(self) -> None:
        """Make the work pool, unless it is there."""
        answer = self._post("/work_pools/", {"name": POOL, "type": "process"})
        if answer.status_code not in {httpx.codes.CREATED, httpx.codes.CONFLICT}:
            raise PrefectSilent(f"Prefect did not make the work pool: {answer.status_code}.")

    def set_free(self) -> int:
        """Put an end to runs that a worker left behind when it was killed: they hold slots for ever.

        Only to be called while no worker runs. Answers how many there were.
        """
        left = self.runs(states=HELD)
        for run in left:
            state = {"type": "CRASHED", "name": "Crashed", "message": "Its worker ended before it did."}
            self._ask(f"/flow_runs/{run['id']}/set_state", {"state": state, "force": True})
        return len(left)

    def _ask(self, path: str, body: dict[str, Any]) -> Any:
        answer = self._post(path, body)
        if not answer.is_success:
            raise PrefectSilent(f"Prefect answered {answer.status_code} to {path}.")
        return answer.json()

    def _post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        try:
            return self._client.post(path, json=body)
        except httpx.HTTPError as fault:
            raise PrefectSilent(PrefectSilent.__doc__) from fault
