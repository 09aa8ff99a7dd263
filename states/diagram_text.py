"""The same picture for those who read rather than look: a table in Markdown, and Mermaid."""

from __future__ import annotations

from states.rulebook import Machine, StateKind

_HEADS = {
    "zh": ("状态", "步骤", "下一状态", "由谁办理"),
    "en": ("State", "Move", "Next state", "Made by"),
}


def table(machine: Machine, lang: str) -> str:
    """Every state with its ways out, as a Markdown table; what reads a page aloud reads this."""
    heads = _HEADS["zh" if lang == "zh" else "en"]
    rows = [heads, ("---",) * len(heads)]
    for name, state in machine.states.items():
        moves = machine.moves_from[name]
        rows += [_row(machine, name, move, lang) for move in moves]
        if not moves:
            rows.append((state.label.in_(lang), "—", "—", "—"))
    return "\n".join("| " + " | ".join(_cell(each) for each in row) + " |" for row in rows) + "\n"


def _row(machine: Machine, state: str, move: str, lang: str) -> tuple[str, str, str, str]:
    each = machine.moves[move]
    by = ("自动" if lang == "zh" else "by itself") if each.engine else ", ".join(each.roles)
    here = machine.states[state].label.in_(lang)
    return here, each.label.in_(lang), machine.states[each.to or state].label.in_(lang), by


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def mermaid(machine: Machine, lang: str) -> str:
    """The machine as a Mermaid state diagram: English ids, labels in `lang`, the moves of a pair on one arrow."""
    lines = ["stateDiagram-v2", "    direction LR"]
    lines += [
        f'    state "{_quoted(state.label.in_(lang))}" as {name}' for name, state in machine.states.items()
    ]
    lines.append(f"    [*] --> {machine.initial}")
    arrows: dict[tuple[str, str], list[str]] = {}
    for move in machine.moves.values():
        if not move.from_ and move.to:  # it brings the matter about
            lines.append(f"    [*] --> {move.to} : {_quoted(move.label.in_(lang))}")
        for source in move.from_:
            arrows.setdefault((source, move.to or source), []).append(_quoted(move.label.in_(lang)))
    lines += [
        f"    {source} --> {target} : {' / '.join(texts)}" for (source, target), texts in arrows.items()
    ]
    lines += [
        f"    {name} --> [*]" for name, state in machine.states.items() if state.kind is StateKind.FINAL
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Without what Mermaid would take for its own: quotes, colons, semicolons, hashes, line ends."""
    return " ".join(text.translate(_SAFE).split())


_SAFE = str.maketrans('":;#', "'：；＃")
