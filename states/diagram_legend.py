"""What stands around a picture: the key of its signs, and the list of its moves."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from states.diagram_graph import Graph
from states.diagram_words import cut, width
from states.rulebook import Machine

_ROW, _COLUMN, _GAP = 21.0, 300.0, 30.0

_KEYS = {
    "en": (("open", "somebody acts"), ("waiting", "waits for others"), ("final", "final"), ("on", "onward"),
           ("back", "back"), ("engine", "by itself"), ("jump", "jumps to the same number"),
           ("stays", "moves that stay")),
    "zh": (("open", "待办"), ("waiting", "等待他方"), ("final", "终结"), ("on", "向前"), ("back", "退回"),
           ("engine", "自动"), ("jump", "转入同号状态"), ("stays", "状态不变的步骤")),
}  # fmt: skip


def key(kinds: Iterable[str], lang: str, *, right: float, least: float) -> str:
    """The signs that occur, explained on one row that ends at `right`; nothing where it would begin before `least`."""
    present = set(kinds)
    shown = [(kind, text) for kind, text in _KEYS["zh" if lang == "zh" else "en"] if kind in present]
    x = right - sum(width(text) + 42 for _, text in shown)
    if x < least:
        return ""
    parts = []
    for kind, text in shown:
        parts.append(f'{_sign(kind, x)}<text class="key" x="{x + 28:.1f}" y="33">{escape(text)}</text>')
        x += width(text) + 42
    return "".join(parts)


def _sign(kind: str, x: float) -> str:
    if kind in ("open", "waiting", "final"):
        return f'<g class="state {kind}"><rect x="{x:.1f}" y="21" width="22" height="15" rx="4"/></g>'
    if kind in ("jump", "stays"):
        text = "n→" if kind == "jump" else "↻n"
        return (
            f'<g class="chip {kind}"><rect x="{x:.1f}" y="20" width="24" height="16" rx="8"/>'
            f'<text x="{x + 12:.1f}" y="32">{text}</text></g>'
        )
    return f'<g class="line {kind}"><path d="M{x:.1f} 28.5h22"/></g>'


def legend(
    graph: Graph, lang: str, *, left: float, top: float, wide: float, numbered: bool
) -> tuple[str, float]:
    """The moves by number, then those that stay in their state; and how high that is. Empty where there is nothing."""
    texts = [
        _numbered(graph.machine, move, number, lang) for move, number in graph.numbers.items() if numbered
    ]
    texts += [_staying(graph, move, lang) for move in graph.staying]
    if not texts:
        return "", 0.0
    columns = max(1, int(wide // _COLUMN))
    rows = -(-len(texts) // columns)
    each = wide / columns
    entries = [
        _entry(text, left + each * (index // rows), top + _GAP + _ROW * (index % rows), each - 40)
        for index, text in enumerate(texts)
    ]
    return f'<g class="legend">{"".join(entries)}</g>', _GAP + _ROW * rows


def _numbered(machine: Machine, move: str, number: int, lang: str) -> tuple[str, str, str]:
    each = machine.moves[move]
    target = f"→ {machine.states[str(each.to)].label.in_(lang)}"
    return str(number), each.label.in_(lang), target + _by_itself(lang, by_itself=each.engine)


def _staying(graph: Graph, move: str, lang: str) -> tuple[str, str, str]:
    each, states = graph.machine.moves[move], graph.staying[move]
    if len(states) > 2:
        where = f"{len(states)} 个状态" if lang == "zh" else f"in {len(states)} states"
    else:
        names = [graph.machine.states[state].label.in_(lang) for state in states]
        where = "、".join(names) if lang == "zh" else ", ".join(names)
    return "↻", each.label.in_(lang), where + _by_itself(lang, by_itself=each.engine)


def _by_itself(lang: str, *, by_itself: bool) -> str:
    return "" if not by_itself else "（自动）" if lang == "zh" else " (by itself)"


def _entry(text: tuple[str, str, str], x: float, y: float, room: float) -> str:
    sign, label, rest = text
    kind = "number" if sign.isdigit() else "number stays"
    label = cut(label, room)
    return (
        f'<text class="{kind}" x="{x + 20:.1f}" y="{y:.1f}">{sign}</text><text x="{x + 28:.1f}" y="{y:.1f}">'
        f'{escape(label)}<tspan class="to" dx="7">{escape(cut(rest, room - width(label) - 6))}</tspan></text>'
    )
