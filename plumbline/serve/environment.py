"""Prefect's surroundings: its own home and database, loopback only, a password, and not a word to the outside."""

from __future__ import annotations

import json
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy.engine import make_url

import plumbline
from flows import PRIVACY
from plumbline.settings import Settings

LOOPBACK = "127.0.0.1"
POOL = "plumbline"
USUAL_PORT = 4200

KEPT_FROM_CHILDREN = ("PLUMBLINE_USER", "PLUMBLINE_TOKEN", "PYTHONDONTWRITEBYTECODE")
"""Nobody acts from within a flow, so nobody's token goes there; and bytecode makes every run start faster."""

HABITS = {
    "PREFECT__SERVER_FINAL": "1",  # build the application once
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    # In memory, a restarted server forgets who holds a slot but not that it is taken: no run would start again.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(30 * 86400),
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "30",
    "PREFECT_WORKER_QUERY_SECONDS": "5",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "WARNING",  # what runs say is kept with the run
    "PREFECT_LOGGING_COLORS": "false",
    "PREFECT_CLI_COLORS": "false",
    "PREFECT_CLI_PROMPT": "false",
}


@dataclass(frozen=True, slots=True)
class PrefectHome:
    """Where Prefect lives on this machine: its folder, its port on the loopback, the password of its API."""

    folder: Path
    port: int
    password: SecretStr

    @property
    def address(self) -> str:
        """The address of Prefect's pages."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def api_url(self) -> str:
        """The address of Prefect's API."""
        return f"{self.address}/api"

    def variables(self) -> dict[str, str]:
        """Prefect's settings, for its server, its worker and its flows alike."""
        password = self.password.get_secret_value()
        return {
            **PRIVACY,
            **HABITS,
            "PREFECT_HOME": str(self.folder),
            "PREFECT_PROFILES_PATH": str(self.folder / "profiles.toml"),
            "PREFECT_API_URL": self.api_url,
            "PREFECT_API_AUTH_STRING": password,
            "PREFECT_SERVER_API_AUTH_STRING": password,
            "PREFECT_SERVER_API_HOST": LOOPBACK,
            "PREFECT_SERVER_API_PORT": str(self.port),
            "PREFECT_SERVER_UI_API_URL": self.api_url,
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{self.folder / 'prefect.db'}",
        }


def prefect_home(settings: Settings, *, name: str = "prefect") -> PrefectHome:
    """Prefect's folder under PLUMBLINE_HOME, made where it is missing, with a port that is free now."""
    folder = settings.home / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return PrefectHome(folder, free_port(USUAL_PORT), password_in(folder / "password"))


def password_in(path: Path) -> SecretStr:
    """The password in this file, made on first use; nobody but its owner can read the file."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(f"plumbline:{secrets.token_urlsafe(32)}")
    return SecretStr(path.read_text().strip())


def free_port(wanted: int) -> int:
    """The wanted port of the loopback if nobody listens there, else one that is free."""
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("This machine has no free port on its loopback.")


def environment(settings: Settings, home: PrefectHome, given: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child: what was given, without anybody's own Prefect settings, with ours instead."""
    kept = {
        name: value
        for name, value in given.items()
        if not name.startswith("PREFECT_") and name not in KEPT_FROM_CHILDREN
    }
    return {**kept, **_sources(given), **settings_as_variables(settings), **home.variables()}


def settings_as_variables(settings: Settings) -> dict[str, str]:
    """These settings as the PLUMBLINE_* variables that would give them again, also to a process in another folder.

    Without the person and the token.
    """
    given = {f"PLUMBLINE_{name.upper()}": getattr(settings, name) for name in type(settings).model_fields}
    given["PLUMBLINE_DATABASE_URL"] = _anywhere(settings.url)
    return {
        name: _as_text(value)
        for name, value in given.items()
        if value is not None and name not in KEPT_FROM_CHILDREN
    }


def _as_text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, frozenset | tuple | list | dict):
        return json.dumps(sorted(value) if isinstance(value, frozenset) else value)
    return str(value.absolute() if isinstance(value, Path) else value)


def _anywhere(url: str) -> str:
    """A relative SQLite file means the folder that Plumbline was started in."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return url
    return parsed.set(database=str(Path(parsed.database).absolute())).render_as_string(hide_password=False)


def _sources(given: Mapping[str, str]) -> dict[str, str]:
    """Makes `flows` importable for children that start in another folder, where Plumbline runs from its sources."""
    root = Path(plumbline.__file__).parent.parent
    if {"site-packages", "dist-packages"} & set(root.parts):
        return {}
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(root), given.get("PYTHONPATH", "")]))}
