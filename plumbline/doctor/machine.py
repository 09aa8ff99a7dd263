"""The machine: Python, SQLite, the folder everything is written to."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator

from plumbline.database import sqlite as driver
from plumbline.doctor.findings import Check, ok, wrong
from plumbline.settings import Settings

LEAST_FREE = 500_000_000  # bytes: less, and the next backup or import may not fit


def python() -> Check:
    """Whether it is a Python this was made for."""
    version = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return ok("python", f"Python {version}", f"Python {version}")
    return wrong(
        "python",
        f"Python {version} 不在支持范围。",
        f"Python {version} is not one this was made for.",
        "请改用 Python 3.11 至 3.13。",
        "Use Python 3.11, 3.12 or 3.13.",
    )


def sqlite(settings: Settings) -> Iterator[Check]:
    """Old SQLites can damage a WAL database that several processes write at once (fixed in 3.51.3)."""
    if not settings.url.startswith("sqlite"):
        return
    version = driver.sqlite_version_info
    fixed = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    if fixed:
        yield ok("sqlite", f"SQLite {driver.sqlite_version}", f"SQLite {driver.sqlite_version}")
    else:
        yield wrong(
            "sqlite",
            f"SQLite {driver.sqlite_version} 在多进程写入时可能损坏数据库。",
            f"SQLite {driver.sqlite_version} can damage a database that several processes write.",
            "请安装 pysqlite3 0.6.1 或更新版本。",
            "Install pysqlite3 0.6.1 or newer.",
        )


def home(settings: Settings) -> Iterator[Check]:
    """Whether there is room, and the right to use it."""
    folder = settings.home
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        probe = nearest / ".plumbline-probe"
        probe.touch()
        probe.unlink()
    except OSError as fault:
        yield wrong(
            "home",
            f"{folder} 不可写（{fault.strerror}）。",
            f"{folder} cannot be written ({fault.strerror}).",
            "请检查权限，或另设 PLUMBLINE_HOME。",
            "Check the rights on it, or set another PLUMBLINE_HOME.",
        )
        return
    free = shutil.disk_usage(nearest).free
    gigabytes = f"{free / 1e9:.1f} GB"
    if free < LEAST_FREE:
        yield wrong(
            "home",
            f"{folder} 仅剩 {gigabytes}。",
            f"Only {gigabytes} are free at {folder}.",
            "请清理磁盘。",
            "Make room on that disk.",
        )
    else:
        yield ok("home", f"{folder} 可写，剩余 {gigabytes}", f"{folder} can be written, {gigabytes} free")
