"""The colours of a picture: light, dark as the reader's device asks, and plain for print.

Each colour is said twice, as a value and as a variable: readers that know no variables (converters to PNG or
PDF) take the first.
"""

from __future__ import annotations

LIGHT = {
    "paper": "#ffffff", "ink": "#0f172a", "soft": "#64748b", "line": "#475569", "back": "#c2410c",
    "engine": "#7c3aed", "box": "#eff6ff", "rim": "#3b82f6", "wait": "#fefce8", "wait-rim": "#ca8a04",
    "end": "#f0fdf4", "end-rim": "#15803d", "badge": "#ffffff", "chip": "#e0e7ff", "chip-ink": "#3730a3",
    "now": "#1d4ed8", "now-ink": "#ffffff", "fault": "#dc2626",
}  # fmt: skip
DARK = {
    "paper": "#0f172a", "ink": "#f1f5f9", "soft": "#94a3b8", "line": "#94a3b8", "back": "#fb923c",
    "engine": "#c4b5fd", "box": "#172554", "rim": "#60a5fa", "wait": "#422006", "wait-rim": "#facc15",
    "end": "#052e16", "end-rim": "#4ade80", "badge": "#0f172a", "chip": "#312e81", "chip-ink": "#e0e7ff",
    "now": "#3b82f6", "now-ink": "#ffffff", "fault": "#f87171",
}  # fmt: skip

_FONT = (
    'system-ui,-apple-system,"Segoe UI","PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",'
    "sans-serif"
)

_RULES = (
    (".paper", "fill:@paper"),
    ("text", f"font:13px {_FONT};fill:@ink"),
    (".heading", "font-size:19px;font-weight:650"),
    (".key", "font-size:12px;fill:@soft"),
    (".line path", "fill:none;stroke:@line;stroke-width:1.5"),
    (".line .under", "stroke:@paper;stroke-width:5"),
    (".line.back path:not(.under)", "stroke:@back"),
    (".line.engine path:not(.under)", "stroke:@engine;stroke-dasharray:5 3"),
    (".line.came path:not(.under)", "stroke:@now;stroke-width:3"),
    (".line.faulty path:not(.under)", "stroke:@fault;stroke-width:3"),
    (".tip", "fill:@line"),
    (".tip.back", "fill:@back"),
    (".tip.engine", "fill:@engine"),
    (".tip.came", "fill:@now"),
    (".tip.faulty", "fill:@fault"),
    (".start", "fill:@ink"),
    (".state rect", "fill:@box;stroke:@rim;stroke-width:1.5"),
    (".state.waiting rect", "fill:@wait;stroke:@wait-rim;stroke-dasharray:5 3"),
    (".state.final rect", "fill:@end;stroke:@end-rim"),
    (".state .rim", "stroke-width:1"),
    (".state .name", "font-size:15px;font-weight:600;text-anchor:middle"),
    (".state.came>rect", "stroke:@now;stroke-width:2.5"),
    (".state.current>rect", "fill:@now;stroke:@now;stroke-width:3;stroke-dasharray:none"),
    (".state.current .name", "fill:@now-ink"),
    (".state.faulty>rect", "stroke:@fault;stroke-width:3"),
    (".badge rect", "fill:@badge;stroke:@line;stroke-width:1"),
    (".badge text", "font-size:12.5px;font-weight:600;text-anchor:middle"),
    (".badge.back rect", "stroke:@back"),
    (".badge.back text", "fill:@back"),
    (".badge.engine rect", "stroke:@engine"),
    (".badge.engine text", "fill:@engine"),
    (".badge.faulty rect", "stroke:@fault"),
    (".chip rect,.state .chip rect", "fill:@chip;stroke:none;stroke-dasharray:none"),
    (".chip text,.state .chip text", "font-size:12px;font-weight:600;text-anchor:middle;fill:@chip-ink"),
    (".chip.stays rect,.state .chip.stays rect", "fill:@paper;stroke:@soft;stroke-width:1"),
    (".chip.stays text,.state .chip.stays text", "fill:@soft"),
    (".chip.faulty rect,.state .chip.faulty rect", "stroke:@fault;stroke-width:2"),
    (".state .count rect", "fill:@now;stroke:@paper;stroke-width:1.5;stroke-dasharray:none"),
    (".state .count text", "font-size:11.5px;font-weight:700;text-anchor:middle;fill:@now-ink"),
    (".legend .number", "font-weight:700;text-anchor:end;fill:@now"),
    (".legend .stays", "fill:@soft"),
    (".legend .to", "fill:@soft"),
)


def style(scope: str) -> str:
    """The style sheet of the picture with the id `scope`; it reaches nothing outside it."""
    return sheet(f"#{scope}")


def sheet(pictures: str) -> str:
    """The style sheet of the pictures that this selector finds, for pages that may hold no style of their own."""
    rules = "\n".join(f"{_scoped(pictures, selector)}{{{_declared(text)}}}" for selector, text in _RULES)
    light, dark = _variables(LIGHT), _variables(DARK)
    return (
        f"\n{pictures}{{{light}}}\n@media (prefers-color-scheme:dark){{{pictures}{{{dark}}}}}\n"
        f':root[data-theme="light"] {pictures}{{{light}}}\n:root[data-theme="dark"] {pictures}{{{dark}}}\n'
        f"@media print{{{pictures}{{{light}}}}}\n{rules}\n"
    )


def _scoped(pictures: str, selector: str) -> str:
    return ",".join(f"{pictures} {each}" for each in selector.split(","))


def _variables(colours: dict[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in colours.items())


def _declared(text: str) -> str:
    """`fill:@ink` becomes `fill:#0f172a;fill:var(--ink)`."""
    parts = []
    for declaration in text.split(";"):
        name, _, value = declaration.partition(":")
        if value.startswith("@"):
            parts.append(f"{name}:{LIGHT[value[1:]]};{name}:var(--{value[1:]})")
        else:
            parts.append(declaration)
    return ";".join(parts)
