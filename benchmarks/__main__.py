"""`make bench`: measure everything, print a table, write benchmarks/results.json."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.measuring import Result, facts, results_of

PARTS = (
    "gate",
    "loading",
    "api",
    "pages",
    "same_answer",
    "load",
    "rivals",
    "sweeping",
    "programmes",
    "coverage",
    "ledger_import",
)
RESULTS = Path(__file__).with_name("results.json")


def main(arguments: Sequence[str]) -> int:
    """Run the parts that are named, or all; 0 whatever they show: a figure that falls short is said, not hidden."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    about = f"what to measure of {', '.join(PARTS)} (default: everything)"
    parser.add_argument("parts", nargs="*", default=list(PARTS), metavar="PART", help=about)
    chosen: list[str] = parser.parse_args(arguments).parts
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
    results = [result for part in chosen for result in measured(part)]
    if set(chosen) == set(PARTS):
        RESULTS.write_text(document(results), encoding="utf-8")
    Console(width=None if sys.stdout.isatty() else 150).print(table(results))
    return 0


def measured(part: str) -> list[Result]:
    """The results of one part, measured in a process of its own, so that none meets what another left behind."""
    start = time.perf_counter()
    print(f"measuring: {part} ...", file=sys.stderr, flush=True)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        results = pool.submit(results_of, part).result()
    print(f"measuring: {part}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    return results


def document(results: Sequence[Result]) -> str:
    """The results as contract.md has them: a list of pairs."""
    machine = facts()
    rows: list[dict[str, Any]] = [result.as_dict(machine) for result in results]
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def table(results: Sequence[Result]) -> Table:
    """The results for people."""
    shown = Table(title="Plumbline beside the bare thing, measured in the same run")
    for name, justify in (("pair", "left"), ("ours", "right"), ("beside", "right"), ("of", "left"), ("unit", "left"),
                          ("ratio", "right"), ("wanted", "right"), ("", "left")):  # fmt: skip
        shown.add_column(name, justify=justify)  # type: ignore[arg-type]
    for one in results:
        wanted = f"{one.target:.2f}" if one.target else "-"
        verdict = ("met" if one.is_met else "short") if one.target else ""
        shown.add_row(one.name, f"{one.ours:,.2f}", f"{one.baseline:,.2f}", one.baseline_name, one.unit,
                      f"{one.ratio:.2f}", wanted, verdict)  # fmt: skip
    return shown


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
