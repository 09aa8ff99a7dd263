"""The demo's story: read from its file, and played line by line through the same services the shell uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML
from sqlmodel import col, select

from cases import interests, ledger, ledger_landing, opening, proposing, recusing, surveys
from cases.advance import advance
from cases.errors import NoSuchMatter
from cases.matters import Matter
from cases.moved import Moved
from plumbline.exchange import Exchanger
from plumbline.work import Work
from states.facts import Refused

HERE = Path(__file__).parent


class Step(BaseModel):
    """One thing one person does. One of `open`, `move`, `take_in`, `declare`, `carry`, `bring_back` and `accept` says what.

    `site: district` is done on the district's own installation. `carry` takes an escalation there as a signed file,
    `bring_back` takes the district's reply home. `accept` takes up what the coverage of the project `of` proposes at a link.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: str
    as_: str = Field(alias="as")
    open: str | None = None
    move: str | None = None
    take_in: str | None = Field(default=None, alias="import")
    declare: str | None = None
    carry: str | None = None
    bring_back: str | None = None
    accept: str | None = None
    site: str | None = None
    of: str | None = None
    call: str | None = None
    given: Mapping[str, Any] = Field(default_factory=dict, alias="set")
    en: str
    zh: str


class Story(BaseModel):
    """The whole story, with the days it begins and ends on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    begins: date
    ends: date
    steps: tuple[Step, ...]


class StoryBroken(Exception):
    """The story no longer fits the rulebook: a step was refused. Says which and why."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the account: what happened when, by whom, to which number."""

    at: datetime
    by: str
    number: str
    en: str
    zh: str


@dataclass
class Play:
    """A story being played: on the port group's database, and on that of the district's own installation."""

    work: Work
    district: Work
    called: dict[str, str] = field(default_factory=dict)
    theirs: dict[str, str] = field(
        default_factory=dict
    )  # the same, as the district's installation numbers them
    told: list[Told] = field(default_factory=list)

    def step(self, step: Step, *, at: datetime) -> None:
        """Let one person do one thing. Raises StoryBroken."""
        try:
            number = self._do(step, at=at)
        except (Refused, NoSuchMatter, LookupError) as fault:
            raise StoryBroken(f"{step.at} {step.as_} {_what(step)}: {fault}") from fault
        self.told.append(Told(at, step.as_, number, step.en, step.zh))

    def _do(self, step: Step, *, at: datetime) -> str:
        if step.take_in is not None:
            return self._take_in(step, at=at)
        if step.open is not None:
            return self._open(step, at=at)
        if step.declare is not None:
            return self._declare(step, at=at)
        if step.carry is not None:
            return self._carry(step.carry, by=step.as_, at=at)
        if step.bring_back is not None:
            return self._bring_back(step.bring_back, by=step.as_, at=at)
        if step.accept is not None:
            return self._accept(step.accept, str(step.of), by=step.as_, at=at)
        return self._move(step, at=at)

    def _declare(self, step: Step, *, at: datetime) -> str:
        """An interest declared by name: from now on whatever it touches is out of sight."""
        with self.work.unit() as session:
            interests.declare(
                session, person=step.as_, kind="company", name=str(step.declare), note="", at=at
            )
            recusing.match_everything(session, self.work.office, at=at)
        return "-"

    def _carry(self, called: str, *, by: str, at: datetime) -> str:
        """An escalation as a signed file, written here and taken in there."""
        number = self.called[called]
        data = Exchanger.of(self.work).packet(number, actor=by, at=at).text
        self._keep(f"{number}.packet.json", data)
        self.theirs[called] = Exchanger.of(self.district).receive(data, actor="district", at=at).number
        return self.theirs[called]

    def _bring_back(self, called: str, *, by: str, at: datetime) -> str:
        """The district's receipt or answer as a signed file, written there and taken in here."""
        theirs = self.theirs[called]
        data = Exchanger.of(self.district).reply(theirs, actor="district", at=at).text
        self._keep(f"{theirs}.reply.json", data)
        return Exchanger.of(self.work).take_reply(data, actor=by, at=at).number

    def _accept(self, link: str, project: str, *, by: str, at: datetime) -> str:
        """What is proposed against blind cells: the programme or the round that it becomes."""
        with self.work.unit() as session:
            done = proposing.accept(session, self.work.office, actor=by, at=at, project=project, link=link)
        return done.programme or str(done.number)

    def _keep(self, name: str, data: bytes) -> None:
        """The file lies in the demo's folder, to be looked at."""
        folder = self.work.settings.home / "exchange"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)

    def _take_in(self, step: Step, *, at: datetime) -> str:
        office = self.work.office
        read = ledger.read_ledger(
            HERE / str(step.take_in), today=office.day(at), machine=office.rulebook().machines["clue"]
        )
        with self.work.unit() as session:
            landed = ledger_landing.land(session, office, read, actor=step.as_, at=at)
        return f"{landed.created} clues"

    def _open(self, step: Step, *, at: datetime) -> str:
        machine = str(step.open)
        with self.work.unit() as session:
            form = surveys.opening_form(session, self.work.office, machine, at=at, lang="en")
            fields = {part["name"]: part["example"] for part in form if part["required"]} | dict(step.given)
            moved = opening.open_matter(
                session, self.work.office, machine, actor=step.as_, at=at, fields=fields
            )
        return self._name(step, moved)

    def _move(self, step: Step, *, at: datetime) -> str:
        move = str(step.move)
        there = step.site == "district"
        work, called = (self.district, self.theirs) if there else (self.work, self.called)
        number = called.get(str(step.of)) or self._newest(str(step.of))
        with work.unit() as session:
            survey = surveys.moves(session, work.office, number, actor=step.as_, at=at)
            found = [one for one in survey.open if one.move == move]
            fields: dict[str, Any] = {}
            if found:
                fields = {part.name: found[0].examples[part.name] for part in found[0].fields
                          if part.required and part.name in found[0].examples}  # fmt: skip
            moved = advance(session, work.office, number, move, actor=step.as_, at=at,
                            fields=fields | dict(step.given))  # fmt: skip
        return self._name(step, moved)

    def _name(self, step: Step, moved: Moved) -> str:
        born = [one for one in moved.consequences if one.from_ is None or step.call is not None]
        number = born[0].number if born else moved.number
        if step.call is not None:
            self.called[step.call] = number
        return number

    def _newest(self, machine: str) -> str:
        """The newest matter of a machine: what the story calls simply "inspection"."""
        with self.work.reading() as session:
            query = select(Matter.number).where(Matter.machine == machine).order_by(col(Matter.id).desc())
            found = session.exec(query).first()
        if found is None:
            raise LookupError(f"there is no {machine} yet")
        return found


def _what(step: Step) -> str:
    """What a step was to do, for whoever mends the story."""
    return str(
        step.move or step.open or step.take_in or step.declare or step.carry or step.bring_back or step.accept
    )


def read_story() -> Story:
    """The story that ships."""
    said = YAML(typ="safe", pure=True).load((HERE / "story.yaml").read_text(encoding="utf-8"))
    return Story.model_validate(_as_text(said))


def _as_text(said: Any) -> Any:
    """YAML reads dates as dates; forms are filled in with text."""
    if isinstance(said, dict):
        return {key: _as_text(value) for key, value in said.items()}
    if isinstance(said, list):
        return [_as_text(value) for value in said]
    return (
        said.isoformat(" ")
        if isinstance(said, datetime)
        else said.isoformat()
        if isinstance(said, date)
        else said
    )


def instant(text: str, zone: ZoneInfo) -> datetime:
    """A local time of the story as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)
