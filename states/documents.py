"""The shipped rulebook as documents: a picture of each machine, and its states, moves and clocks in words.

`python -m states.documents` writes them into docs/; a test fails when they no longer say what the rulebook says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from states import diagram
from states.rulebook import Basis, Machine, Rulebook
from states.rulebook_file import shipped

DOCS = Path(__file__).parent.parent / "docs"


def documents(rulebook: Rulebook) -> dict[str, str]:
    """Every generated document of a rulebook, by its path under docs/."""
    found: dict[str, str] = {"rulebook.md": "\n".join(_book(rulebook)) + "\n"}
    for name, machine in rulebook.machines.items():
        for lang in ("en", "zh"):
            found[f"pictures/{name}-{lang}.svg"] = diagram.svg(machine, lang=lang)
    return found


def _book(rulebook: Rulebook) -> Iterator[str]:
    yield f"# {rulebook.label.en} · {rulebook.label.zh}"
    yield ""
    yield f"Generated from the rulebook {rulebook.key}; to change it, change the rulebook."
    for name, machine in rulebook.machines.items():
        yield from _machine(name, machine)


def _machine(name: str, machine: Machine) -> Iterator[str]:
    yield from (
        "",
        f"## {machine.label.en} · {machine.label.zh}",
        "",
        f"![{machine.label.en}](pictures/{name}-en.svg)",
    )
    yield from ("", "| state | 状态 | kind | who acts |", "|---|---|---|---|")
    for key, state in machine.states.items():
        yield f"| `{key}` {state.label.en} | {state.label.zh} | {state.kind.value} | {', '.join(state.owner) or '–'} |"
    yield from ("", "| move | 步骤 | from | to | by | needs |", "|---|---|---|---|---|---|")
    for key, move in machine.moves.items():
        left = ", ".join(move.from_) if len(move.from_) <= 4 else f"{len(move.from_)} states"
        by = "the engine" if move.engine else ", ".join(move.roles)
        needs = ", ".join(use.name.replace("_", " ") for use in move.guards) or "–"
        yield f"| `{key}` {move.label.en} | {move.label.zh} | {left} | {move.to or '(stays)'} | {by} | {needs} |"
    if machine.deadlines:
        yield from (
            "",
            "| clock | 时限 | length | starts on | stops on | rests on |",
            "|---|---|---|---|---|---|",
        )
        for key, rule in machine.deadlines.items():
            starts, stops = ", ".join(rule.starts), ", ".join(rule.stops)
            yield (f"| `{key}` {rule.label.en} | {rule.label.zh} | {rule.budget} | {starts} | {stops} | "
                   f"{_basis(rule.basis)} |")  # fmt: skip


def _basis(basis: Basis) -> str:
    where = f"{basis.source} {basis.article}" if basis.article else basis.source
    return where if basis.kind == "law" else f"{basis.kind}: {where}"


def write(found: Mapping[str, str], folder: Path = DOCS) -> None:
    """Put the documents where they belong."""
    for path, text in found.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(documents(shipped()))
