"""Days as ledgers write them. Read by rule or refused; a day is never guessed."""

from __future__ import annotations

import math
import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from cases.ledger_sheet import EPOCH_1900

NO_SUCH_DATE = "no such date"
AMBIGUOUS = "ambiguous"
EARLIEST, LATEST = (
    date(1949, 1, 1),
    date(2199, 12, 31),
)  # a ledger's day outside of these is a slip of the pen

_TIME = (
    r"(?:[T ]?(?:上午|下午|早上|中午|晚上)?\d{1,2}(?::|时)\d{1,2}(?:(?::|分)\d{1,2}(?:\.\d+)?)?(?:分|秒)?"
    r"(?:Z|[+-]\d\d:?\d\d)?|上午|下午)?"
)
_WEEKDAY = r"(?:\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
_YEAR_FIRST = re.compile(
    r"(\d{4})(?:[-/.·、\\~]|年)(\d{1,2})(?:[-/.·、\\~]|月)(\d{1,2})[日号]?" + _WEEKDAY + _TIME
)
_COMPACT = re.compile(r"((?:19|20|21)\d\d)(\d\d)(\d\d)")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_DAY_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[- .]*([a-z]{3,9})[- .,]*(\d{4})")
_MONTH_NAMED = re.compile(r"([a-z]{3,9})[- .]*(\d{1,2})(?:st|nd|rd|th)?[ ,-]+(\d{4})")
_INCOMPLETE = re.compile(
    r"\d{1,4}[-/.·年月]\d{1,2}(?:[-/.·月日号]\d{0,4}[日号]?)?"  # no year, a year of two digits, no day
    r"|\d{1,2}[-/. ]*[a-z]{3,9}[-/. ,]*\d{2}"  # 5-Mar-26
    r"|\d{4}年?"
    r"|.*\d.*(?:至|到|--|—|–|~| to ).*\d.*"  # from one day to another
    r"|\d{4}年\d{1,2}月?(?:上|中|下)旬|\d{4}年\d{1,2}月(?:初|中|底|末)"
)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_DIGITS = "〇一二三四五六七八九"
_CHINESE = str.maketrans(f"{_DIGITS}零○", "012345678900")
_CHINESE_DATE = re.compile(rf"([零○{_DIGITS}]{{4}})年([{_DIGITS}十]{{1,2}})月([{_DIGITS}十]{{1,3}})[日号]")


class NotADay(Exception):
    """The cell does not say a day; the text says why: "no such date" or "ambiguous"."""


def day_of(cell: Any, *, epoch: date = EPOCH_1900) -> date:
    """The day a cell says. `epoch` is day 0 of the workbook's serial numbers. Raises NotADay.

    Read: cells that are dates; serial numbers; `2026-03-05`, `2026/3/5`, `2026.3.5`, `2026年3月5日`,
    `20260305`, with full-width digits, a weekday or a time of day after them; `5 March 2026`; 二〇二六年三月五日.
    Refused as ambiguous: `8/3/26`, `03/05/2026` and whatever lacks a year or a day.
    """
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return _plausible(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise NotADay(NO_SUCH_DATE)
    if isinstance(cell, str):
        return _written(cell, epoch)
    return _serial(float(cell), epoch)


def _written(text: str, epoch: date) -> date:
    words = " ".join(unicodedata.normalize("NFKC", text[:80]).lower().split()).rstrip(" .,;。")
    compact = words.replace(" ", "")
    if found := _YEAR_FIRST.fullmatch(compact) or _YEAR_FIRST.fullmatch(compact.upper()):
        return _day(found[1], found[2], found[3])
    if found := _COMPACT.fullmatch(compact):
        return _day(found[1], found[2], found[3])
    if _SERIAL.fullmatch(compact):
        return _serial(float(compact), epoch)
    if found := _DAY_NAMED.fullmatch(words):
        return _day(found[3], _month(found[2]), found[1])
    if found := _MONTH_NAMED.fullmatch(words):
        return _day(found[3], _month(found[1]), found[2])
    if found := _CHINESE_DATE.fullmatch(compact):
        return _day(found[1].translate(_CHINESE), _number(found[2]), _number(found[3]))
    raise NotADay(AMBIGUOUS if _INCOMPLETE.fullmatch(compact) and _could_be(compact) else NO_SUCH_DATE)


def _could_be(text: str) -> bool:
    """Whether at least one way of reading a day with its year last gives a day."""
    found = _YEAR_LAST.fullmatch(text)
    if found is None:
        return True
    first, second = int(found[1]), int(found[2])
    return 1 <= min(first, second) <= 12 and max(first, second) <= monthrange(2024, min(first, second))[1]


def _serial(number: float, epoch: date) -> date:
    """A serial number, or eight digits that a spreadsheet took for a number."""
    if not math.isfinite(number):
        raise NotADay(NO_SUCH_DATE)
    if number == int(number) and _COMPACT.fullmatch(str(int(number))):
        digits = str(int(number))
        return _day(digits[:4], digits[4:6], digits[6:])
    try:
        return _plausible(epoch + timedelta(days=int(number)))
    except (OverflowError, ValueError):
        raise NotADay(NO_SUCH_DATE) from None


def _day(year: str, month: str, day: str) -> date:
    try:
        return _plausible(date(int(year), int(month), int(day)))
    except ValueError:
        raise NotADay(NO_SUCH_DATE) from None


def _plausible(day: date) -> date:
    if not EARLIEST <= day <= LATEST:
        raise NotADay(NO_SUCH_DATE)
    return day


def _month(name: str) -> str:
    """The month's number, by its name or its first three letters or more; 0 for what is no month."""
    found = (place for place, month in enumerate(_MONTHS, start=1) if month.startswith(name))
    return str(next(found, 0))


def _number(chinese: str) -> str:
    """一 to 三十一 in digits."""
    tens, ten, ones = chinese.rpartition("十")
    digit = ones.translate(_CHINESE) or "0"
    return (
        str((int(tens.translate(_CHINESE) or 1) if ten else 0) * 10 + int(digit))
        if digit.isdecimal()
        else "0"
    )


def reader(epoch: date) -> Callable[[Any], date | NotADay]:
    """`day_of` for many cells at once: a cell that says no day becomes the reason."""

    def read(cell: Any) -> date | NotADay:
        try:
            return day_of(cell, epoch=epoch)
        except NotADay as reason:
            return reason

    return read
