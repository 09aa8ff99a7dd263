"""One value of a form: from what a person typed, or a program sent, to what is kept; or why not.

Values arrive as strings (shell, page) or as JSON types (API) and leave as plain JSON values: text, whole
number, true or false, ISO date, ISO instant in UTC, list of names. Whether a person, organisation, project or
matter exists is not asked here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from states.periods import Period
from states.rulebook import FormField, Label

LONGEST = {"text": 200, "long_text": 20_000}  # characters; a title fits a line, a story fits ten pages
LONGEST_NAME = 200  # of a person, organisation, project or matter
MOST_PEOPLE = 50
LARGEST = 10**15  # of a whole number: fits every database and every spreadsheet exactly
FIRST_YEAR, LAST_YEAR = 1900, 2199

_DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = frozenset("\u00ad\u034f\u115f\u1160\u180e\u200b\u200c\u200d\u2060\u2800\u3164\ufeff\uffa0")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(.*)")
_OFFSET = re.compile(r"[Zz]|[+-][0-9]{2}:?[0-9]{2}")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_TRUTH = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}
_BETWEEN_PEOPLE = re.compile(r"[,，、;；\n]")


class BadValue(Exception):
    """The value cannot be taken. `code` is stable; `says` goes on where the field's label began the sentence."""

    def __init__(self, code: str, says: Label, cure: Label) -> None:
        super().__init__(says.en)
        self.code, self.says, self.cure = code, says, cure


def label(zh: str, en: str) -> Label:
    """A text in both languages."""
    return Label.model_construct(zh=zh, en=en)


def shown(value: object) -> str:
    """`value` as it may stand in a message: short, on one line, nothing invisible, no terminal escapes."""
    text = value[:41] if isinstance(value, str) else _written(value)[:41]
    text = "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)
    return text if len(text) <= 40 else text[:39] + "…"


def _written(value: object) -> str:
    try:
        return repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits, or nested thousands deep
        return "…"


def is_blank(value: object) -> bool:
    """Nothing was given: None, no one, or text with nothing to see in it (blanks, U+3000, zero-width ones)."""
    if isinstance(value, str):
        return len(value) <= 20_000 and all(each.isspace() or each in _INVISIBLE for each in value)
    return value is None or value in ([], ())


def read(field: FormField, value: Any, *, today: date, zone: ZoneInfo) -> Any:
    """The value to keep. Raises `BadValue`. `value` is not blank."""
    return _READERS[field.type](field, value, today, zone)


def check_type(field: FormField, value: Any) -> None:
    """Nothing, if `value` is of the JSON type that this field has. Raises `BadValue`. Text that stands for a number, a
    truth or a list is for people to type; a program that sends it has made a mistake."""
    if field.type not in _TYPED or type(value) is _TYPED[field.type][0]:
        return
    _, code, en, zh = _TYPED[field.type]
    says = label(f"必须是 JSON {zh}，而不是 {shown(value)}", f"must be a JSON {en}, not {shown(value)}")
    raise BadValue(code, says, label(f"请以 JSON {zh}发送", f"Send it as a JSON {en}"))


_TYPED: Mapping[str, tuple[type, str, str, str]] = {
    "integer": (int, "not_a_number", "number", "数字"),
    "boolean": (bool, "not_a_boolean", "true or false", "布尔值"),
    "people": (list, "not_a_list", "array", "数组"),
}


def clean(value: Any, most: int, *, lines: bool = False) -> str:
    """The text, NFC and stripped. Raises `BadValue` where it is no text, too long, or holds what text must not."""
    if not isinstance(value, str):
        raise BadValue(
            "not_text", label("必须是文字", "must be text"), label("请填写文字", "Write it as text")
        )
    if len(value) > 4 * most:  # before any work is spent on a megabyte
        raise _too_long(most)
    text = value.replace("\r\n", "\n") if lines else value
    if bad := next((each for each in text if _is_refused(each, lines=lines)), None):
        code = f"U+{ord(bad):04X}"
        says = label(f"含有不允许的字符 {code}", f"holds a character that is not allowed ({code})")
        raise BadValue("bad_character", says, label("请删除该字符", "Remove that character"))
    text = unicodedata.normalize("NFC", text).strip()
    if len(text) > most:
        raise _too_long(most)
    return text


def _is_refused(character: str, *, lines: bool) -> bool:
    if character in "\n\t":
        return not lines
    if character in _DIRECTION_MARKS or ord(character) & 0xFFFE == 0xFFFE:
        return True
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def _too_long(most: int) -> BadValue:
    says = label(f"不得超过 {most} 个字符", f"may have at most {most} characters")
    return BadValue("too_long", says, label("请缩短内容", "Shorten it"))


def _text(field: FormField, value: Any, _today: date, _zone: ZoneInfo) -> str:
    text = clean(value, LONGEST[field.type], lines=field.type == "long_text")
    if field.at_least and len(text) < field.at_least:
        least = field.at_least
        says = label(f"至少需要 {least} 个字符", f"needs at least {least} characters")
        raise BadValue("too_short", says, label("请写得更具体", "Say more"))
    return text


def _name(_field: FormField, value: Any, _today: date, _zone: ZoneInfo) -> str:
    return clean(value, LONGEST_NAME)


def _choice(field: FormField, value: Any, _today: date, _zone: ZoneInfo) -> str:
    text = value.strip() if isinstance(value, str) else value
    if isinstance(text, str) and text in field.choices:
        return text
    zh = "、".join(f"{name}（{each.zh}）" for name, each in field.choices.items())
    says = label(f"没有“{shown(value)}”这一选项", f"has no choice {shown(value)!r}")
    raise BadValue("not_a_choice", says, label(f"请选择：{zh}", f"Choose one of: {', '.join(field.choices)}"))


def _boolean(_field: FormField, value: Any, _today: date, _zone: ZoneInfo) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and (truth := _TRUTH.get(value.strip().lower())) is not None:
        return truth
    says = label(f"“{shown(value)}”不是“是”或“否”", f"is neither yes nor no: {shown(value)!r}")
    raise BadValue("not_a_boolean", says, label("请填写“是”或“否”", "Write true or false (yes or no)"))


def _integer(field: FormField, value: Any, _today: date, _zone: ZoneInfo) -> int:
    if isinstance(value, str) and len(value) < 100 and _WHOLE.fullmatch(value.strip()):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        says = label(f"“{shown(value)}”不是整数", f"is not a whole number: {shown(value)!r}")
        raise BadValue("not_a_number", says, label("请用数字填写整数", "Write a whole number in digits"))
    least = field.at_least or 0
    if not least <= value <= LARGEST:
        says = label("超出允许范围", "is out of range")
        cure = label(
            f"请填写 {least} 至 {LARGEST} 之间的整数", f"Write a whole number from {least} to {LARGEST}"
        )
        raise BadValue("out_of_range", says, cure)
    return value


def _period(_field: FormField, value: Any, _today: date, _zone: ZoneInfo) -> str:
    text = clean(value, 40)
    try:
        return str(Period.parse(text))
    except ValueError:
        says = label(f"“{shown(value)}”不是期限", f"is not a period: {shown(value)!r}")
        cure = label(
            "请写成“15 working days”“1 month”或“90 days”", "Write `15 working days`, `1 month` or `90 days`"
        )
        raise BadValue("not_a_period", says, cure) from None


def _date(field: FormField, value: Any, today: date, _zone: ZoneInfo) -> str:
    text = value.strip() if isinstance(value, str) and len(value) < 100 else None
    if text is None or not _ISO_DATE.fullmatch(text):
        says = label(f"“{shown(value)}”不是日期", f"is not a date: {shown(value)!r}")
        raise BadValue("not_a_date", says, label("请写成年-月-日，如 2026-03-05", "Write it as 2026-03-05"))
    try:
        day = date.fromisoformat(text)
    except ValueError:
        says = label(f"日历上没有 {text} 这一天", f"names a day that does not exist: {text}")
        raise BadValue("no_such_date", says, label("请核对日期", "Check the day and the month")) from None
    _check_day(field, day, today)
    return day.isoformat()


def _check_day(field: FormField, day: date, today: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        says = label(f"年份 {day.year} 超出允许范围", f"has a year out of range: {day.year}")
        raise BadValue("out_of_range", says, label("请核对年份", "Check the year"))
    if field.future and day <= today:
        says = label(f"必须晚于今天（{today}）", f"must lie after today ({today})")
        raise BadValue("not_in_future", says, label("请填写将来的日期", "Give a date to come"))
    if not field.future and day > today:
        says = label(f"{day} 晚于今天（{today}）", f"lies in the future: {day} (today is {today})")
        raise BadValue("in_future", says, label("请填写今天或以前的日期", "Give today or an earlier date"))


def _instant(field: FormField, value: Any, today: date, zone: ZoneInfo) -> str:
    match = _ISO_INSTANT.fullmatch(value.strip()) if isinstance(value, str) and len(value) < 100 else None
    if match is None:
        says = label(f"“{shown(value)}”不是时刻", f"is not an instant: {shown(value)!r}")
        raise BadValue("not_an_instant", says, _INSTANT_CURE)
    if not _OFFSET.fullmatch(match[3]):
        raise BadValue("timezone_required", label("缺少时区", "lacks its offset from UTC"), _INSTANT_CURE)
    try:
        instant = datetime.fromisoformat(match[0].upper()).astimezone(UTC)
        local = instant.astimezone(zone).date()
    except ValueError:
        says = label("不是实际存在的时刻", "names an instant that does not exist")
        raise BadValue("no_such_date", says, _INSTANT_CURE) from None
    except OverflowError:
        raise BadValue("out_of_range", label("超出允许范围", "is out of range"), _INSTANT_CURE) from None
    _check_day(field, local, today)
    return instant.isoformat()


_INSTANT_CURE = label("请写成 2026-03-05T09:30:00+08:00", "Write it as 2026-03-05T09:30:00+08:00")


def _people(field: FormField, value: Any, _today: date, _zone: ZoneInfo) -> list[str]:
    if isinstance(value, str) and len(value) <= MOST_PEOPLE * LONGEST_NAME:
        value = [each for each in _BETWEEN_PEOPLE.split(value) if not is_blank(each)]
    if not isinstance(value, list | tuple) or len(value) > MOST_PEOPLE:
        says = label(
            f"必须是不超过 {MOST_PEOPLE} 人的名单", f"must be a list of at most {MOST_PEOPLE} people"
        )
        raise BadValue("not_a_list", says, label("请用逗号分隔各人", "Separate the names with commas"))
    names = [clean(each, LONGEST_NAME) for each in value]
    _check_people(field, names)
    return names


def _check_people(field: FormField, names: list[str]) -> None:
    if any(is_blank(name) for name in names):
        raise BadValue(
            "empty", label("名单中有空白", "has an empty name in it"), label("请删除空白项", "Remove it")
        )
    if repeated := next((name for index, name in enumerate(names) if name in names[:index]), None):
        says = label(f"“{shown(repeated)}”重复", f"names {shown(repeated)!r} twice")
        raise BadValue("repeated", says, label("每人只填一次", "Name each person once"))
    if field.at_least and len(names) < field.at_least:
        least = field.at_least
        says = label(f"至少需要 {least} 人", f"needs at least {least} people")
        raise BadValue("too_few", says, label(f"请填写 {least} 名不同人员", f"Name {least} different people"))


_READERS: Mapping[str, Callable[[FormField, Any, date, ZoneInfo], Any]] = {
    "text": _text, "long_text": _text, "choice": _choice, "person": _name, "people": _people, "organisation": _name,
    "project": _name, "matter": _name, "date": _date, "instant": _instant, "boolean": _boolean, "integer": _integer,
    "period": _period,
}  # fmt: skip
