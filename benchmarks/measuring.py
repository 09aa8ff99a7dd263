"""Timing two things side by side, and saying it in the form others read."""

from __future__ import annotations

import os
import platform
import re
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from plumbline.database import PRAGMAS, sqlite

Act = Callable[[int], float]
"""Does one thing, by its number, and answers how many seconds of it count."""


@dataclass(frozen=True, slots=True)
class Result:
    """A pair measured in the same run. `ratio` is baseline / ours: above 1, ours is quicker.

    `target` is the least ratio that will do. `more` are further facts, for people.
    """

    name: str
    ours: float
    baseline: float
    baseline_name: str
    unit: str
    n: int
    target: float
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        return self.baseline / self.ours if self.ours else 0.0

    @property
    def is_met(self) -> bool:
        return self.ratio >= self.target

    def as_dict(self, facts: dict[str, Any]) -> dict[str, Any]:
        """The form of contract.md, with the machine and what was asked for besides."""
        row = asdict(self) | {"ratio": round(self.ratio, 4), "met": self.is_met, "machine": facts}
        return row | {"ours": round(self.ours, 6), "baseline": round(self.baseline, 6)}


def facts() -> dict[str, Any]:
    """What the figures depend on besides the code."""
    return {
        "python": platform.python_version(),
        "sqlite": sqlite.sqlite_version,
        "pragmas": PRAGMAS,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def results_of(part: str) -> list[Result]:
    """Everything that the module of this name in this package measures."""
    results: list[Result] = import_module(f"benchmarks.{part}").measure()
    return results


@contextmanager
def timed(into: list[float]) -> Iterator[None]:
    """Puts the seconds that the block took into a list."""
    start = time.perf_counter()
    yield
    into.append(time.perf_counter() - start)


def interleaved(acts: Sequence[Act], *, times: int, warm: int = 0) -> list[list[float]]:
    """Each act's seconds, `times` of them, done in turn so that all meet the same weather.

    The first `warm` rounds are not counted.
    """
    rounds = [[act(turn) for act in acts] for turn in range(warm + times)]
    return [list(seconds) for seconds in zip(*rounds[warm:], strict=True)]


@contextmanager
def peak_growth() -> Iterator[list[float]]:
    """Puts into a list by how many MiB the memory in use rose at its highest, above where it stood at the start.

    Linux forgets an earlier height when asked to; elsewhere only what exceeds every earlier height is seen.
    """
    grown: list[float] = []
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    start = _peak()
    yield grown
    grown.append(_peak() - start)


def _peak() -> float:
    try:
        said = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    except OSError:
        said = None
    return int(said[1]) / 1024 if said else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def micros(seconds: Sequence[float]) -> float:
    """The median in microseconds: one slow disk flush does not move it."""
    return statistics.median(seconds) * 1e6
