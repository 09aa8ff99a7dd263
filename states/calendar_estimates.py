"""An estimate for years that no notice decrees yet: what the statute alone says about rest days.

Source: the Regulation on Public Holidays for National Festivals and Memorial Days as amended from 2025
(State Council order no. 795): thirteen days a year, and a day that falls on a Saturday or Sunday is made up
on a working day. Which working day, and which weekends are worked instead, only the notice for the year
says; here it is the next free weekday. The dates of the lunar festivals are in
`calendar_data/cn-festivals.csv`; for a year outside that table only the fixed days are known. Whatever rests
on this is flagged provisional, so an estimate may be wrong but is never silent.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

_FESTIVALS = Path(__file__).parent / "calendar_data" / "cn-festivals.csv"
_ONE_DAY = timedelta(days=1)

NEW_YEAR = ("元旦（推定）", "New Year's Day (estimated)")
SPRING_FESTIVAL = ("春节（推定）", "Spring Festival (estimated)")
QINGMING = ("清明节（推定）", "Qingming (estimated)")
LABOUR_DAY = ("劳动节（推定）", "Labour Day (estimated)")
DRAGON_BOAT = ("端午节（推定）", "Dragon Boat Festival (estimated)")
MID_AUTUMN = ("中秋节（推定）", "Mid-Autumn Festival (estimated)")
NATIONAL_DAY = ("国庆节（推定）", "National Day (estimated)")


def rest_days(year: int) -> dict[date, tuple[str, str]]:
    """The statutory rest days of `year` with their names, weekday substitutes included."""
    statutory = dict(sorted(_statutory(year)))
    rest = dict(statutory)
    for day, name in statutory.items():
        if day.weekday() >= 5:
            rest[_next_free(day, rest)] = name
    return rest


def _statutory(year: int) -> list[tuple[date, tuple[str, str]]]:
    fixed = [(date(year, 1, 1), NEW_YEAR)]
    fixed += [(date(year, 5, day), LABOUR_DAY) for day in (1, 2)]
    fixed += [(date(year, 10, day), NATIONAL_DAY) for day in (1, 2, 3)]
    if year not in _festivals():
        return fixed
    spring, qingming, dragon_boat, mid_autumn = _festivals()[year]
    lunar = [(spring + _ONE_DAY * offset, SPRING_FESTIVAL) for offset in (-1, 0, 1, 2)]  # from New Year's Eve
    lunar += [(qingming, QINGMING), (dragon_boat, DRAGON_BOAT), (mid_autumn, MID_AUTUMN)]
    return lunar + fixed  # a Mid-Autumn Festival in the National Day holiday goes by the name of the latter


def _next_free(day: date, taken: dict[date, tuple[str, str]]) -> date:
    while day.weekday() >= 5 or day in taken:
        day += _ONE_DAY
    return day


@lru_cache(maxsize=1)
def _festivals() -> dict[int, tuple[date, date, date, date]]:
    """Spring Festival (its first day), Qingming, Dragon Boat and Mid-Autumn, by year."""
    with _FESTIVALS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))[1:]
    table = {}
    for year, *days in rows:
        spring, qingming, dragon_boat, mid_autumn = map(date.fromisoformat, days)
        table[int(year)] = (spring, qingming, dragon_boat, mid_autumn)
    return table
