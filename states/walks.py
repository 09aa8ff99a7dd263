"""How a due date came about: the walk from the first day to the last, as a person counts it on a wall
calendar.

The date itself comes from `states.stretches`; the walk retells the same stretches day by day for working
days, and leap by leap for days, months and years.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from states.budgets import Extension, Ledger
from states.calendars import Calendar, weekday
from states.periods import Period, Unit, plain_end
from states.stretches import ONE_DAY, Pause, Stretch

_START = ("起算当日，不计入（民法典第二百零一条）", "the day it starts, not counted (Civil Code Art. 201)")


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a walk: a day, what happened to the count on it, and the number it was given, if any."""

    on: date
    zh: str
    en: str
    counted: int | None = None

    def as_dict(self) -> dict[str, str | int | None]:
        """For JSON: {"on", "zh", "en", "counted"}."""
        return {"on": self.on.isoformat(), "zh": self.zh, "en": self.en, "counted": self.counted}

    def text(self, lang: str) -> str:
        """In Chinese for `lang` "zh", otherwise in English."""
        return self.zh if lang == "zh" else self.en


def explain(start_on: date, period: Period, calendar: Calendar, *, roll: bool = True) -> tuple[Step, ...]:
    """The walk of a plain period; its last step stands on the due date."""
    return explain_ledger(Ledger(start_on, period, roll=roll), calendar)


def explain_ledger(ledger: Ledger, calendar: Calendar) -> tuple[Step, ...]:
    """The walk of a clock with its pauses and extensions, to the due date or into the pause that holds it."""
    steps = [Step(ledger.start_on, *_START)]
    steps += [_granted(extension) for extension in ledger.extensions]
    *before, last = ledger.stretches(calendar)
    for stretch in before:
        steps += _walked(stretch, ledger.pauses, calendar)
    steps += _walked(last, ledger.pauses, calendar)
    if last.held_by:
        steps.append(_held(last, last.held_by))
    elif last.period.unit is Unit.WORKING_DAY:
        steps[-1] = _due(steps[-1])
    else:
        steps += _rolled(last, calendar) if ledger.roll else [_unrolled(last)]
    return tuple(steps)


def _walked(stretch: Stretch, pauses: tuple[Pause, ...], calendar: Calendar) -> Iterator[Step]:
    """The steps of a stretch up to its end before rolling, or up to the pause that holds it."""
    if stretch.period.unit is Unit.WORKING_DAY:
        return _day_by_day(stretch, pauses, calendar)
    return _leap_by_leap(stretch)


def _day_by_day(stretch: Stretch, pauses: Iterable[Pause], calendar: Calendar) -> Iterator[Step]:
    day, counted = stretch.start_on + ONE_DAY, 0
    while day <= stretch.due_on:
        if pause := _covering(day, pauses):
            yield _paused(day, pause)
            day = pause.until_on or stretch.due_on + ONE_DAY
            continue
        if calendar.is_working_day(day):
            counted += 1
            yield _worked(day, counted, calendar)
        else:
            zh, en = calendar.named(day)
            yield _step(day, f"{zh}，休息，不计入", f"{en}, rest, not counted", calendar)
        day += ONE_DAY


def _leap_by_leap(stretch: Stretch) -> Iterator[Step]:
    yield _leapt(stretch)
    for pause, moved_to in stretch.moves:
        yield _moved(max(pause.from_on, stretch.start_on + ONE_DAY), pause, moved_to)


def _rolled(stretch: Stretch, calendar: Calendar) -> Iterator[Step]:
    day = stretch.ends_on
    while day < stretch.due_on:
        zh, en = calendar.named(day)
        moves_on = (
            f"{zh}，休息，顺延（民法典第二百零三条）",
            f"{en}, rest: the end moves on (Civil Code Art. 203)",
        )
        yield _step(day, *moves_on, calendar)
        day += ONE_DAY
    zh, en = _working_day_name(day, calendar)
    yield _due(_step(day, zh, en, calendar))


def _due(step: Step) -> Step:
    return replace(step, zh=f"{step.zh}，到期", en=f"{step.en}: due")


def _unrolled(stretch: Stretch) -> Step:
    return Step(stretch.due_on, "到期，遇休息日不顺延", "due; this period does not move off rest days")


def _leapt(stretch: Stretch) -> Step:
    start_on, period = stretch.start_on, stretch.period
    end = plain_end(start_on, period)
    zh, en = f"自{start_on}起{period.label('zh')}届满", f"{period} after {start_on}"
    if period.unit is Unit.DAY:
        return Step(end, zh, en)
    if end.day == start_on.day:
        return Step(
            end, f"{zh}，对应日（民法典第二百零二条）", f"{en}, the same-numbered day (Civil Code Art. 202)"
        )
    last_day = f"the last day, as there is no day {start_on.day} (Civil Code Art. 202)"
    return Step(end, f"{zh}，无对应日，为月末日（民法典第二百零二条）", f"{en}, {last_day}")


def _worked(day: date, counted: int, calendar: Calendar) -> Step:
    zh, en = f"第{counted}个工作日", f"working day {counted}"
    if calendar.is_make_up_day(day):
        made_up = _working_day_name(day, calendar)
        zh, en = f"{zh}（{made_up[0]}）", f"{en} ({made_up[1]})"
    return _step(day, zh, en, calendar, counted=counted)


def _working_day_name(day: date, calendar: Calendar) -> tuple[str, str]:
    """A working day's name, and which holiday a Saturday or Sunday makes up for."""
    zh, en = weekday(day)
    if not calendar.is_make_up_day(day):
        return f"{zh}，工作日", f"{en}, a working day"
    return f"{zh}，因{calendar.named(day)[0]}调休上班", f"{en}, worked for {calendar.named(day)[1]}"


def _step(day: date, zh: str, en: str, calendar: Calendar, *, counted: int | None = None) -> Step:
    """A step that rests on the calendar, and says so where the calendar is only an estimate."""
    if not calendar.is_decreed(day.year):
        zh += f"（{day.year}年放假安排未录入，暂定）"
        en += f" ({day.year} is not decreed yet: provisional)"
    return Step(day, zh, en, counted)


def _covering(day: date, pauses: Iterable[Pause]) -> Pause | None:
    """The pause in which `day` lies."""
    for pause in pauses:
        if pause.from_on <= day and (pause.until_on is None or day < pause.until_on):
            return pause
    return None


def _paused(day: date, pause: Pause) -> Step:
    why_zh, why_en = _reason(pause)
    zh = f"暂停，{pause.until_on}恢复，其间不计入{why_zh}"
    return Step(day, zh, f"paused until {pause.until_on}, not counted{why_en}")


def _moved(day: date, pause: Pause, moved_to: date) -> Step:
    why_zh, why_en = _reason(pause)
    zh = f"暂停，{pause.until_on}恢复，届满日移至{moved_to}{why_zh}"
    return Step(day, zh, f"paused until {pause.until_on}, which moves the end to {moved_to}{why_en}")


def _held(stretch: Stretch, pause: Pause) -> Step:
    why_zh, why_en = _reason(pause)
    left = Period(stretch.left, stretch.unit)
    day = max(pause.from_on, stretch.start_on + ONE_DAY)
    return Step(day, f"暂停中，剩余{left.label('zh')}{why_zh}", f"paused, with {left} left{why_en}")


def _reason(pause: Pause) -> tuple[str, str]:
    if not pause.reason:
        return "", ""
    by_zh, by_en = (f"（{pause.by}）", f" ({pause.by})") if pause.by else ("", "")
    return f"：{pause.reason}{by_zh}", f": {pause.reason}{by_en}"


def _granted(extension: Extension) -> Step:
    zh = f"经{extension.approver}批准延长{extension.period.label('zh')}"
    return Step(extension.granted_on, zh, f"extended by {extension.period}, approved by {extension.approver}")
