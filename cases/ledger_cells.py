"""Single cells: the text one says, made clean, or why it cannot be taken."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from typing import Any

from states.form_values import BadValue, clean, is_blank
from states.rulebook import Label

MISSING = "missing"
IN_THE_FUTURE = "in the future"
BEFORE_RECEIPT = "before it was received"
USED_TWICE = "already used in this file"
DIGITS_LOST = "digits lost: the cell was a number; make it text and write it again"
TOO_LONG = "too long"
CLASSIFIED = "a state secret: it may not enter this system; take the row out and handle it on paper"
BAD_CHARACTER = "holds a character that is not allowed"

IN_CHINESE = {
    MISSING: "缺失",
    "no such date": "没有这一天",
    "ambiguous": "日期有歧义：请写成 2026-03-05",
    IN_THE_FUTURE: "日期在今天之后",
    BEFORE_RECEIPT: "早于收到时间",
    USED_TWICE: "本文件中编号重复",
    DIGITS_LOST: "数字已丢失：请将单元格设为文本后重新填写",
    TOO_LONG: "内容过长",
    CLASSIFIED: "国家秘密不得进入本系统：请从文件中删除该行，按保密规定线下办理",
    BAD_CHARACTER: "含有不允许的字符",
}

SHORT, LONG, NUMBER = 200, 20_000, 64  # characters of a line, a story and a number
LOST_FROM = 1e15  # Excel keeps fifteen digits
PLACEHOLDERS = frozenset(
    {"/", "\\", "-", "--", "—", "——", "无", "暂无", "空", "n/a", "na", "nil", "none", "null"}
)

_PLAIN = re.compile(
    r"[\w ,.;:!?()%+#&/·—…“”‘’《》〔〕【】、，。；：！？（）－-]*"
)  # nothing here needs a closer look
_PLAIN_NUMBER = re.compile(r"[A-Za-z]{2,12}(?:-[0-9]{1,10}){1,4}")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{2}")
_LOOKS_LIKE_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_DEFUSED = re.compile(r"'+[=+\-@\t\r＝＋－＠]")
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]"
_PADDED = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")
_DASHES = str.maketrans("‐‑‒–—―−﹣", "--------")


class BadCell(Exception):
    """The cell cannot be taken; the text says why."""


def defused(text: str) -> str:
    """`text` as a spreadsheet program shows it and never computes it, also after it was copied into a text
    file.
    """
    return f"'{text}" if _LOOKS_LIKE_FORMULA.match(text) else text


def undefused(text: str) -> str:
    """What was `defused`."""
    return text[1:] if text.startswith("'") and _DEFUSED.match(text) else text


def words_in(cell: Any) -> str:
    """The cell as text, "" for a blank one. Raises BadCell for a number that has lost digits."""
    if isinstance(cell, str):
        text = undefused(cell).strip()
        return text if text[:1].isalnum() or not is_blank(text) else ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return _number_in_words(float(cell))
    if isinstance(cell, datetime):
        return (cell.date() if cell.time() == time(0) else cell).isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else "" if cell is None else str(cell)


def _number_in_words(number: float) -> str:
    if abs(number) >= LOST_FROM:
        raise BadCell(DIGITS_LOST)
    return str(int(number)) if number == int(number) else repr(number)


def story(cell: Any) -> str:
    """Text of several lines, such as the problem. Raises BadCell."""
    return _checked(words_in(cell), LONG, lines=True)


def line(cell: Any) -> str:
    """Text of one line; line ends in a wrapped cell are blanks. Raises BadCell."""
    text = words_in(cell)
    if text.lower() in PLACEHOLDERS:
        return ""
    return _checked(" ".join(text.split()), SHORT, lines=False)


def name(cell: Any) -> str:
    """A person's name: also without the blanks that pad 李　明 to three characters. Raises BadCell."""
    return _PADDED.sub("", line(cell))


def number(cell: Any) -> str:
    """A clue's number: half-width, without blanks, with plain hyphens. Raises BadCell."""
    if isinstance(cell, str) and _PLAIN_NUMBER.fullmatch(cell):
        return cell
    text = unicodedata.normalize("NFKC", "".join(words_in(cell).split())).translate(_DASHES)
    if _SCIENTIFIC.fullmatch(text):
        raise BadCell(DIGITS_LOST)
    return _checked("".join(text.split()), NUMBER, lines=False)


def _checked(text: str, most: int, *, lines: bool) -> str:
    if len(text) <= most and _PLAIN.fullmatch(text):
        return text
    try:
        return clean(text, most, lines=lines)
    except BadValue as fault:
        raise BadCell(TOO_LONG if fault.code == "too_long" else f"{BAD_CHARACTER} ({_code(text)})") from None


def _code(text: str) -> str:
    """The first character that is not to be seen, by its code point."""
    return next(
        (f"U+{ord(sign):04X}" for sign in text if not sign.isprintable() and sign not in "\n\t"), "U+0000"
    )


def why_in(lang: str, why: str) -> str:
    """A reason in the reader's language."""
    if lang != "zh":
        return why
    head, bracket, rest = why.partition(" (U+")
    return IN_CHINESE.get(head, head) + bracket + rest


def label(why: str) -> Label:
    """A reason in both languages."""
    return Label(en=why, zh=why_in("zh", why))
