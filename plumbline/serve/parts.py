"""Prefect's parts, each a child: the server, the deployment of prefect.yaml, the worker."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event

import plumbline
from plumbline.serve import faults, processes
from plumbline.serve.api import PrefectApi
from plumbline.serve.environment import LOOPBACK, POOL, PrefectHome
from plumbline.serve.faults import Stopped
from plumbline.serve.processes import Child
from plumbline.settings import Settings

STARTS_WITHIN = 180.0
"""Seconds; a first start migrates its database, which took 34 on a machine that was busy with other things."""


def prefect_yaml() -> Path:
    """Where prefect.yaml lies: beside the sources, or in the package once it is installed from a wheel."""
    package = Path(plumbline.__file__).parent
    shipped = package / "prefect.yaml"
    return shipped if shipped.is_file() else package.parent / "prefect.yaml"


def start_server(home: PrefectHome, environment: Mapping[str, str]) -> Child:
    """Start the server: as Prefect's own command would, but in one process and without loading its shell."""
    command = [
        "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app", "--host", LOOPBACK,
        "--port", str(home.port), "--log-level", "warning", "--timeout-graceful-shutdown", "5",
    ]  # fmt: skip
    return processes.start(
        "server", command, environment=environment, folder=home.folder, dies_by=signal.SIGTERM
    )


def await_server(settings: Settings, home: PrefectHome, server: Child, stop: Event) -> None:
    """Wait until the server is well. Raises CannotServe, and Stopped."""
    with PrefectApi(home) as api:
        _wait(settings, server, stop, until=api.healthy, what="Prefect's server")


def deploy(
    settings: Settings, home: PrefectHome, environment: Mapping[str, str], yaml: Path, stop: Event
) -> int:
    """Deploy prefect.yaml, again if need be; answers how many deployments there are.

    Raises CannotServe, and Stopped.
    """
    command = ["-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(yaml)]
    with PrefectApi(home) as api:
        api.make_pool()
        deploying = processes.start("deploy", command, environment=environment, folder=home.folder,
                                    dies_by=signal.SIGKILL)  # fmt: skip
        try:
            _wait(settings, deploying, stop, until=lambda: deploying.status == 0, what="prefect deploy")
        finally:
            deploying.stop(within=1)
        return len(api.deployments())


def start_worker(home: PrefectHome, environment: Mapping[str, str]) -> Child:
    """Start a worker for our pool. Whatever an earlier worker left claimed is set free first."""
    with PrefectApi(home) as api:
        api.set_free()
    command = ["-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process", "--name", POOL,
               "--install-policy", "never"]  # fmt: skip
    return processes.start(
        "worker", command, environment=environment, folder=home.folder, dies_by=signal.SIGKILL
    )


def _wait(settings: Settings, child: Child, stop: Event, *, until: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        over = child.status is not None or time.monotonic() > deadline
        if until():
            return
        if over:
            raise faults.did_not_start(settings, what, str(child.log), child.last_words())
        if stop.wait(0.1):
            raise Stopped
