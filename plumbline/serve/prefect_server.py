"""Prefect's parts, each a child: the server, the deployment of prefect.yaml, the worker."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from plumbline.serve import processes
from plumbline.serve.api import PrefectApi
from plumbline.serve.environment import LOOPBACK, POOL, PrefectHome
from plumbline.serve.processes import Child

STARTS_WITHIN = 120.0
"""Seconds; a first start migrates its database and took up to 23 on a slow machine."""


class PrefectDidNotStart(Exception):
    """Prefect's server did not start; its log says why."""


class NotDeployed(Exception):
    """prefect.yaml could not be deployed; the log says why."""


def prefect_yaml() -> Path:
    """Where prefect.yaml lies: beside the sources, or in the package once it is installed from a wheel."""
    package = Path(str(files("plumbline")))
    for place in (package.parent / "prefect.yaml", package / "prefect.yaml"):
        if place.is_file():
            return place
    raise NotDeployed("prefect.yaml is not there: install Plumbline again.")


def server_command(home: PrefectHome) -> list[str]:
    """The server, as Prefect's own command would start it, but in one process."""
    application = "prefect.server.api.server:create_app"
    where = ["--host", LOOPBACK, "--port", str(home.port)]
    return ["-m", "uvicorn", "--factory", application, *where, "--log-level", "warning",
            "--timeout-graceful-shutdown", "5"]  # fmt: skip


async def start_server(home: PrefectHome, environment: Mapping[str, str]) -> Child:
    """Start the server and wait until it is well. Raises PrefectDidNotStart."""
    server = await processes.start("server", server_command(home), environment=environment, folder=home.folder,
                                   dies_by=signal.SIGTERM)  # fmt: skip
    try:
        await _until_well(home, server)
    except BaseException:
        await server.stop(within=5)
        raise
    return server


async def _until_well(home: PrefectHome, server: Child) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    with PrefectApi(home) as api:
        while not await asyncio.to_thread(api.healthy):
            if not server.alive or time.monotonic() > deadline:
                raise PrefectDidNotStart(f"Prefect's server did not start. Its log, {server.log}, ends with:\n"
                                         f"{server.last_words()}")  # fmt: skip
            await asyncio.sleep(0.1)


async def deploy(home: PrefectHome, environment: Mapping[str, str], *, yaml: Path | None = None) -> int:
    """Deploy prefect.yaml, again if need be; answers how many deployments there are. Raises NotDeployed."""
    command = ["-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(yaml or prefect_yaml())]
    deploying = await processes.start("deploy", command, environment=environment, folder=home.folder,
                                      dies_by=signal.SIGKILL)  # fmt: skip
    try:
        status = await asyncio.wait_for(deploying.ended(), STARTS_WITHIN)
    finally:
        await deploying.stop(within=1)
    with PrefectApi(home) as api:
        count = len(await asyncio.to_thread(api.deployments))
    if status or not count:
        raise NotDeployed(f"prefect.yaml could not be deployed. The log, {deploying.log}, ends with:\n"
                          f"{deploying.last_words()}")  # fmt: skip
    return count


async def start_worker(home: PrefectHome, environment: Mapping[str, str]) -> Child:
    """Start a worker for our pool. Whatever an earlier worker left claimed is set free first."""
    with PrefectApi(home) as api:
        await asyncio.to_thread(api.set_free)
    command = ["-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process", "--name", POOL,
               "--install-policy", "never"]  # fmt: skip
    return await processes.start("worker", command, environment=environment, folder=home.folder,
                                 dies_by=signal.SIGKILL)  # fmt: skip
