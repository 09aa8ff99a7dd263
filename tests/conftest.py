"""What every test stands on: one set of rules for randomness, and no way out of this machine."""

import atexit
import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path

MEMORY, ROOM = "/dev/shm", 4 << 30
if "TMPDIR" not in os.environ and Path(MEMORY).is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    # A run makes some thousand databases, and none of them has to outlive a power cut: a disk only costs time.
    os.environ["TMPDIR"] = tempfile.tempdir = MEMORY
SCRATCH = tempfile.mkdtemp(prefix="plumbline-")
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)

# Set before anything imports Prefect: it reads its settings once, and must not touch a developer's own home.
os.environ["DO_NOT_TRACK"] = "1"
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
os.environ["PREFECT_HOME"] = f"{SCRATCH}/prefect"
os.environ.setdefault("XDG_RUNTIME_DIR", SCRATCH)  # the embedded PostgreSQL warns where there is none
for name in [name for name in os.environ if name.startswith("PLUMBLINE_") and "_TEST_" not in name]:
    del os.environ[name]

import pandas as pd  # noqa: E402, F401 - its first import under a frozen clock crashes the interpreter
from hypothesis import HealthCheck, settings  # noqa: E402

settings.register_profile("ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

gc.set_threshold(
    50_000, 20, 100
)  # what a test makes is short-lived; looking through all of it took a fifth of the time


def pytest_collection_finish() -> None:
    """What is loaded now stays until the end: nothing in it need be looked at again."""
    gc.collect()
    gc.freeze()


LOOPBACK = ("127.", "::1", "localhost")


def stay_on_this_machine(happening: str, arguments: tuple[object, ...]) -> None:
    """Refuses every connection that leaves the loopback; Unix sockets are files and pass."""
    if happening != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and not str(address[0]).startswith(LOOPBACK):
        raise PermissionError(f"A test tried to reach {address[0]}; tests stay on this machine.")


sys.addaudithook(stay_on_this_machine)

from tests.databases import database_url, engine, postgresql_server, sqlite_template  # noqa: E402, F401
