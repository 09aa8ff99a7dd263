"""Recurrences as an office writes them, in Chinese and in English, and back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, time
from functools import lru_cache

from dateutil.rrule import rrulestr

from states.calendars import FIRST_ON
from states.recurrence import (
    LAST,
    MOST_APART,
    MOST_AWAY,
    MOST_NTH,
    ByDay,
    ByMilestone,
    ByMonth,
    ByWeek,
    ByWeekdayOfMonth,
    ByWorkingDayOfMonth,
    ByYear,
    NotARule,
    Rule,
    Standard,
)

LONGEST = 200
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAYS_ZH = "一二三四五六日"
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_NUMBERS = {sign: number for number, sign in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}

_NTH = r"(?P<nth>last|[a-z]+|\d{1,2}(?:st|nd|rd|th))"
_NTH_ZH = r"(?P<nth>最后1?个?|最后一个|第\d{1,2}个|第[一二三四五六七八九十]个|首个)"
_WEEKDAY_ZH = r"(?:周|星期|礼拜)[一二三四五六日天]"
_APART_ZH = r"(?:(?P<apart>\d{1,2}|[一二两三四五六七八九十])个?)?"
_LISTED = re.compile(r"\s*(?:,|，|、|\band\b|和|及)\s*")

Reader = Callable[[re.Match[str]], Rule]


@lru_cache(maxsize=2**12)
def parse(text: str) -> Rule:
    """The recurrence that `text` states, in either language. Raises NotARule."""
    given = unicodedata.normalize("NFKC", text).strip()
    plain = " ".join(given.split())
    if not plain or len(given) > LONGEST:
        raise NotARule(text)
    if "FREQ=" in plain.upper():
        return _standard(given)
    for pattern, reader in _FORMS:
        found = pattern.fullmatch(plain)
        if found is not None:
            try:
                return reader(found)
            except (ValueError, KeyError):
                raise NotARule(text) from None
    raise NotARule(text)


def write(rule: Rule, lang: str = "en") -> str:
    """The rule as people read it, and as `parse` reads it back."""
    return _zh(rule) if lang == "zh" else _en(rule)


def label(text: str, lang: str) -> str:
    """`text` in the language `lang`; one that cannot be read stays as it is."""
    try:
        return write(parse(text), lang)
    except NotARule:
        return text


def _standard(text: str) -> Rule:
    try:
        series = rrulestr(text, dtstart=datetime.combine(FIRST_ON, time.min))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise NotARule(text) from None
    if getattr(series, "_freq", 0) > 3:  # hours, minutes and seconds: a slot is a day
        raise NotARule(text)
    return Standard(text)


# ------------------------------------------------------------------------------------------------------ reading


def _number(text: str | None, most: int) -> int:
    number = 1 if text is None else _NUMBERS[text] if text in _NUMBERS else int(text)
    if not 1 <= number <= most:
        raise ValueError(number)
    return number


def _nth(text: str, most: int) -> int:
    """Which one: "last", "first", "3rd", "最后一个", "第3个", "首个"."""
    if text == "last" or text.startswith("最后"):
        return LAST
    if text in _ORDINALS:
        return _number(str(_ORDINALS.index(text) + 1), most)
    if text == "首个":
        return 1
    return _number(re.sub("st|nd|rd|th|第|个", "", text), most)


def _weekdays(text: str) -> tuple[int, ...]:
    names = [one.lower() for one in _WEEKDAYS]
    found = []
    for one in _LISTED.split(text):
        if one[:1] in "周星礼":
            found.append(_WEEKDAYS_ZH.index(one[-1].replace("天", "日")))
        elif one in _WEEKDAYS_ZH:
            found.append(_WEEKDAYS_ZH.index(one))
        else:
            found.append(names.index(one.lower()))
    return tuple(sorted(set(found)))


def _days_of_year(text: str) -> tuple[tuple[int, int], ...]:
    months = [one.lower() for one in _MONTHS]
    found = set()
    for one in _LISTED.split(text):
        if zh := re.fullmatch(r"(\d{1,2})月(\d{1,2})[日号]", one):
            month, day = int(zh[1]), int(zh[2])
        else:
            said, name = one.lower().split(" ")
            month, day = months.index(name) + 1, int(said)
        if not 1 <= month <= 12 or not 1 <= day <= _LENGTHS[month - 1]:
            raise ValueError(one)
        found.add((month, day))
    return tuple(sorted(found))


def _by_month(found: re.Match[str]) -> Rule:
    quarters = _quarters(found)
    if quarters and found["apart"] is not None:
        raise ValueError(found["apart"])
    day = (
        LAST
        if "last" in found["day"].lower() or "最后" in found["day"]
        else _number(re.sub(r"\D", "", found["day"]), 31)
    )
    return ByMonth(day, 1 if quarters else _number(found["apart"], MOST_APART), quarters)


def _quarters(found: re.Match[str]) -> bool:
    return found["unit"].lower() in ("quarter", "季度", "季")


def _away(found: re.Match[str]) -> Rule:
    name = found["name"].strip(" “”\"'")
    if not name:
        raise ValueError(name)
    return ByMilestone(_number(found["count"], MOST_AWAY), name, found["side"].lower() in ("after", "后"))


_EN = re.IGNORECASE
_FORMS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (re.compile(r"every working day|每个?工作日"), lambda _: ByDay(working=True)),
    (re.compile(r"every(?: (?P<apart>\d{1,2}))? days?|每(?P<zh>\d{1,2})?[日天]"),
     lambda m: ByDay(_number(m["apart"] or m["zh"], MOST_APART))),
    (re.compile(r"every(?: (?P<apart>\d{1,2}))? weeks? on (?P<days>[a-z, ]+)", _EN),
     lambda m: ByWeek(_weekdays(m["days"]), _number(m["apart"], MOST_APART))),
    (re.compile(rf"每{_APART_ZH}周的?(?P<days>{_WEEKDAY_ZH}(?:[、,，和及]{_WEEKDAY_ZH})*)"),
     lambda m: ByWeek(_weekdays(m["days"]), _number(m["apart"], MOST_APART))),
    (re.compile(r"每(?:周|星期|礼拜)(?P<days>[一二三四五六日天](?:[、,，和及](?:周|星期|礼拜)?[一二三四五六日天])*)"),
     lambda m: ByWeek(_weekdays("周" + m["days"]))),
    (re.compile(rf"every (?P<unit>month|quarter) on the {_NTH} working day", _EN),
     lambda m: ByWorkingDayOfMonth(_nth(m["nth"].lower(), MOST_NTH), _quarters(m))),
    (re.compile(rf"每(?P<unit>月|季度|季)的?{_NTH_ZH}工作日"),
     lambda m: ByWorkingDayOfMonth(_nth(m["nth"], MOST_NTH), _quarters(m))),
    (re.compile(r"every(?: (?P<apart>\d{1,2}))? (?P<unit>month|quarter)s? on the (?P<day>last day|\d{1,2}(?:st|nd|rd|th))",
                _EN), _by_month),
    (re.compile(rf"每{_APART_ZH}(?P<unit>月|季度|季)的?(?:首月)?(?P<day>最后[1一]?[日天]|\d{{1,2}}[日号])"), _by_month),
    (re.compile(rf"every (?P<unit>month|quarter) on the {_NTH} (?P<weekday>[a-z]+day)", _EN),
     lambda m: ByWeekdayOfMonth(_nth(m["nth"].lower(), 4), _weekdays(m["weekday"])[0], _quarters(m))),
    (re.compile(rf"每(?P<unit>月|季度|季)(?:首月)?的?{_NTH_ZH}(?P<weekday>{_WEEKDAY_ZH})"),
     lambda m: ByWeekdayOfMonth(_nth(m["nth"], 4), _weekdays(m["weekday"])[0], _quarters(m))),
    (re.compile(r"every year on (?P<days>[a-z0-9, ]+)", _EN), lambda m: ByYear(_days_of_year(m["days"]))),
    (re.compile(r"每年(?P<days>\d{1,2}月\d{1,2}[日号](?:[、,，和及]\d{1,2}月\d{1,2}[日号])*)"),
     lambda m: ByYear(_days_of_year(m["days"]))),
    (re.compile(r"(?P<count>\d{1,3}) working days? (?P<side>before|after) (?P<name>.{1,64})", _EN), _away),
    (re.compile(r"(?P<name>.{1,64}?)(?P<side>前|后)(?P<count>\d{1,3})个?工作日"), _away),
)  # fmt: skip


# ------------------------------------------------------------------------------------------------------ writing


def _th(number: int) -> str:
    ending = "th" if 11 <= number % 100 <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _nth_en(number: int) -> str:
    if number == LAST:
        return "last"
    return _ORDINALS[number - 1] if number <= len(_ORDINALS) else _th(number)


def _nth_zh(number: int) -> str:
    return "最后1个" if number == LAST else f"第{number}个"


def _and(words: list[str]) -> str:
    return ", ".join(words[:-1]) + (" and " if words[:-1] else "") + words[-1]


def _every(apart: int, unit: str) -> str:
    return f"every {unit}" if apart == 1 else f"every {apart} {unit}s"


def _en(rule: Rule) -> str:
    match rule:
        case ByDay(apart, working):
            return "every working day" if working else _every(apart, "day")
        case ByWeek(weekdays, apart):
            return f"{_every(apart, 'week')} on {_and([_WEEKDAYS[one] for one in weekdays])}"
        case ByMonth(day, apart, quarters):
            which = "last day" if day == LAST else _th(day)
            return f"{_every(apart, 'quarter' if quarters else 'month')} on the {which}"
        case ByYear(days):
            return f"every year on {_and([f'{day} {_MONTHS[month - 1]}' for month, day in days])}"
        case ByWeekdayOfMonth(nth, weekday, quarters):
            return f"every {'quarter' if quarters else 'month'} on the {_nth_en(nth)} {_WEEKDAYS[weekday]}"
        case ByWorkingDayOfMonth(nth, quarters):
            return f"every {'quarter' if quarters else 'month'} on the {_nth_en(nth)} working day"
        case ByMilestone(count, milestone, after):
            unit = "working day" if count == 1 else "working days"
            return f"{count} {unit} {'after' if after else 'before'} {milestone}"
        case Standard(text):
            return text
    raise AssertionError(rule)


def _quarter_zh(which: int) -> str:
    return "季度" if which == LAST else "季度首月"


def _zh(rule: Rule) -> str:
    match rule:
        case ByDay(apart, working):
            return "每个工作日" if working else "每日" if apart == 1 else f"每{apart}日"
        case ByWeek(weekdays, apart):
            days = "、".join(f"周{_WEEKDAYS_ZH[one]}" for one in weekdays)
            return f"每{days}" if apart == 1 else f"每{apart}周的{days}"
        case ByMonth(day, apart, quarters):
            unit = _quarter_zh(day) if quarters else "月" if apart == 1 else f"{apart}个月"
            return f"每{unit}{'最后1日' if day == LAST else f'{day}日'}"
        case ByYear(dates):
            return "每年" + "、".join(f"{month}月{day}日" for month, day in dates)
        case ByWeekdayOfMonth(nth, weekday, quarters):
            return f"每{_quarter_zh(nth) if quarters else '月'}{_nth_zh(nth)}周{_WEEKDAYS_ZH[weekday]}"
        case ByWorkingDayOfMonth(nth, quarters):
            return f"每{'季度' if quarters else '月'}{_nth_zh(nth)}工作日"
        case ByMilestone(count, milestone, after):
            return f"{milestone}{'后' if after else '前'}{count}个工作日"
        case Standard(text):
            return text
    raise AssertionError(rule)
