"""The shipped rulebook, read, checked and made ready for every command, beside the bare reading of the same YAML.

Ours notes the line of every key, refuses what YAML lets slip, validates every machine and holds every name against what it
refers to; PyYAML's own loader only builds the values.
"""

from __future__ import annotations

from statistics import median

import yaml

from benchmarks.measuring import Result, interleaved, timed
from states.rulebook_file import SHIPPED, load

TIMES = 5


def measure() -> list[Result]:
    """One pair: seconds to load every shipped rulebook."""
    ours, theirs = interleaved([_loaded, _read], times=TIMES, warm=1)
    return [
        Result("rulebook loaded", median(ours), median(theirs), "PyYAML", "s", TIMES, 0.4,
               {"minima": [min(ours), min(theirs)]})
    ]  # fmt: skip


def _loaded(_turn: int) -> float:
    taken: list[float] = []
    with timed(taken):
        for path in SHIPPED.values():
            load(path)
    return taken[0]


def _read(_turn: int) -> float:
    texts = [
        part.read_text("utf-8") for path in SHIPPED.values() for part in sorted(path.parent.glob("*.yaml"))
    ]
    taken: list[float] = []
    with timed(taken):
        for text in texts:
            yaml.load(text, Loader=yaml.CSafeLoader)
    return taken[0]
