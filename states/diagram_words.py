"""How wide words are drawn, and how they are cut or broken to fit. Estimates: no font is asked."""

from __future__ import annotations


def width(text: str) -> float:
    """About how wide a text of 12.5 px is drawn, in px; Chinese characters are square."""
    return sum(12.7 if ord(each) > 0x2E80 else 3.8 if each in " .,:;il'|()" else 7.1 for each in text)


def cut(text: str, room: float) -> str:
    """The text, ended by "…" where it does not fit."""
    if width(text) <= room:
        return text
    while text and width(text) + 8 > room:
        text = text[:-1]
    return text.rstrip() + "…" if text else ""


def wrapped(text: str, room: float) -> list[str]:
    """On one line or two, broken at the blank nearest the middle, or anywhere in Chinese."""
    if width(text) <= room:
        return [text]
    glue = " " if " " in text else ""
    words = text.split(" ") if glue else list(text)
    if len(words) == 1:
        return [cut(text, room)]
    halves = [(glue.join(words[:at]), glue.join(words[at:])) for at in range(1, len(words))]
    first, second = min(halves, key=lambda pair: max(map(width, pair)))
    return [cut(first, room), cut(second, room)]
