"""Playing the story: a fresh rehearsal database, the people's acts, and on every working day the flows in between."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from cases.office import Office
from plumbline import clock, duties, setup
from plumbline.demo.story import Play, Step, Story, Told, instant, read_story
from plumbline.exchange import Exchanger
from plumbline.settings import Settings
from plumbline.work import Work
from states.rulebook_file import shipped

MARK = ".plumbline-demo"  # stands in a folder the demo made, and may therefore make anew

TIMETABLE = (
    (time(6, 0), "reconcile"),  # Mondays
    (time(7, 30), "open_inspections"),
    (time(7, 40), "open_zero_reports"),
    (time(8, 0), "send_digests"),
    (time(8, 35), "sweep_deadlines"),
    (time(8, 40), "deliver_notices"),
    (time(18, 0), "deliver_notices"),
)
"""What runs on a working day. prefect.yaml runs the same more often; between two acts of the story once is enough."""

Run = Callable[[str, datetime], Awaitable[Mapping[str, int]]]
"""Runs the duty of this name at this instant, and answers its counts."""

Say = Callable[[str], None]


class NotTheDemos(Exception):
    """The demo plays in a folder of its own, and this one holds something else: move it away, then run it again."""


@dataclass
class Played:
    """What was played: the account, the flow runs, and what they did."""

    work: Work
    story: Story
    told: list[Told]
    called: dict[str, str]
    runs: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


def play(home: Path, *, say: Say, lang: str = "en", with_prefect: bool = True) -> Played:
    """Play the whole story in `home`, which is made anew: its duties as real flow runs, or, without Prefect, plainly.

    Raises NotTheDemos, StoryBroken, CannotServe.
    """
    started_at = clock.now()
    story = read_story()
    settings = _fresh(home, story)
    work = Work.open(settings)
    playing = Play(work, _district(work, story))
    played = Played(work, story, playing.told, playing.called)
    say({"zh": f"按模拟日历演练 {story.begins} 至 {story.ends}："}.get(
        lang, f"Playing {story.begins} to {story.ends} on a simulated calendar, day by day:"))  # fmt: skip
    if with_prefect:
        from plumbline.demo import through_prefect  # noqa: PLC0415 - Prefect reads its environment as it is loaded

        through_prefect.run(settings, partial(_days, playing, played, say, lang))
    else:
        asyncio.run(_days(playing, played, say, lang, _plainly(work)))
    played.seconds = (clock.now() - started_at).total_seconds()
    return played


def _plainly(work: Work) -> Run:
    async def run(duty: str, at: datetime) -> Mapping[str, int]:
        done = asdict(getattr(duties, duty)(work, at=at))
        return {name: value for name, value in done.items() if isinstance(value, int)}

    return run


def _fresh(home: Path, story: Story) -> Settings:
    """A new rehearsal database with the sample in it, as on the morning the story begins."""
    if home.exists() and any(home.iterdir()) and not (home / MARK).exists():
        raise NotTheDemos(
            f"{home} holds something that is not the demo's: move it away, then run the demo again."
        )
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    (home / MARK).touch()
    settings = Settings(home=home, database_url="", channel="folder")
    setup.prepare(settings, rehearsal=True, with_sample=True, at=_begins_at(story))
    return settings


def _district(here: Work, story: Story) -> Work:
    """The district's own installation, on a database and with a key of its own; each site trusts the other."""
    at = _begins_at(story)
    settings = Settings(home=here.settings.home / "district", database_url="", channel="folder")
    setup.prepare(settings, rehearsal=True, with_sample=True, at=at)
    ours, theirs = Exchanger.of(here), Exchanger.of(Work.open(settings))
    ours.trust(theirs.key_file(at=at), by="operator", at=at, only=["BHJ"])
    theirs.trust(ours.key_file(at=at), by="operator", at=at, only=["MGJ"])
    return theirs.work


def _begins_at(story: Story) -> datetime:
    return instant(f"{story.begins} 06:30", ZoneInfo(shipped().zone))


async def _days(playing: Play, played: Played, say: Say, lang: str, run: Run) -> None:
    office = playing.work.office
    steps = [(instant(step.at, office.zone), step) for step in played.story.steps]
    for day in _between(played.story.begins, played.story.ends):
        line: Counter[str] = Counter()
        for at, what in sorted([*_runs(office, day), *_acts(steps, day)], key=lambda one: one[0]):
            if isinstance(what, Step):
                playing.step(what, at=at)
                say(_said(playing.told[-1], lang))
            else:
                line.update(await run(what, at))
                played.runs[what] += 1
        played.counts.update(line)
        if line["fired"] or line["opened"]:
            say(_clocks(day, line, lang))


def _runs(office: Office, day: date) -> list[tuple[datetime, str | Step]]:
    """The day's timetable: none on rest days, the reconciliation on Mondays only."""
    if not office.calendar.is_working_day(day):
        return []
    return [(datetime.combine(day, hour, office.zone), duty) for hour, duty in TIMETABLE
            if duty != "reconcile" or day.weekday() == 0]  # fmt: skip


def _acts(steps: Sequence[tuple[datetime, Step]], day: date) -> list[tuple[datetime, str | Step]]:
    return [(at, step) for at, step in steps if at.date() == day]


def _said(told: Told, lang: str) -> str:
    return f"  {told.at:%m-%d %H:%M}  {told.by:<11}  {told.number:<17} {told.zh if lang == 'zh' else told.en}"


def _clocks(day: date, line: Mapping[str, int], lang: str) -> str:
    fired, opened, delivered = line["fired"], line["opened"], line["delivered"]
    text = {"zh": f"触发催办 {fired} 次，开展检查 {opened} 轮，送达通知 {delivered} 件"}.get(
        lang, f"{fired} rungs fired, {opened} rounds opened, {delivered} notices delivered"
    )
    return f"  {day:%m-%d}        {'时钟' if lang == 'zh' else 'the clocks':<11}  {'':<17} {text}"


def _between(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
