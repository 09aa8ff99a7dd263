"""Texts of the shell, in Chinese and English."""

from __future__ import annotations

import os
import unicodedata

_HARMLESS = {"\u200d"}  # joins letters and emoji; moves nothing


def chosen() -> str:
    """The language this shell speaks, before any settings are read: PLUMBLINE_LANG, or English."""
    return "zh" if os.environ.get("PLUMBLINE_LANG") == "zh" else "en"


def said(zh: str, en: str, lang: str | None = None) -> str:
    """One of two texts."""
    return zh if (lang or chosen()) == "zh" else en


def visible(text: object) -> str:
    """`text` on one line, with everything shown that could move a cursor, hide or turn what follows."""
    return "".join(_shown(sign) for sign in str(text))


def _shown(sign: str) -> str:
    if sign.isprintable() or sign in _HARMLESS:
        return sign
    if sign in "\n\t\r" or unicodedata.category(sign).startswith("Z"):
        return " "
    return sign.encode("unicode_escape").decode("ascii")


def lines(text: object) -> str:
    """`text` with its line breaks kept and everything else as in `visible`."""
    return "\n".join(visible(line) for line in str(text).splitlines())
