"""Two sites in tests: the port group's and the district's, each with its own database and key, far from one another."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from cases import audit, opening, surveys
from cases.advance import advance
from cases.exchange import Exchanged, ExchangeLog
from cases.history import Event
from cases.matters import Matter
from cases.moved import Moved
from plumbline import setup
from plumbline.exchange import Exchanger
from plumbline.settings import Settings
from plumbline.work import Work
from states.facts import Refused
from tests.plumbline.shell import NOON


@dataclass(frozen=True)
class Site:
    """One site, as its people use it."""

    work: Work
    end: Exchanger

    @classmethod
    def at(cls, home: Path, *, database_url: str = "") -> Site:
        work = Work.open(Settings(home=home, database_url=database_url))
        return cls(work, Exchanger.of(work))

    @classmethod
    def copied(cls, template: Path, home: Path) -> Site:
        shutil.copytree(template, home)
        return cls.at(home)

    def close(self) -> None:
        self.work.engine.dispose()

    def move(self, who: str, number: str, move: str, *, at: datetime = NOON, **instead: Any) -> Moved:
        """A move made with the examples of its required fields, or what is given instead."""
        with self.work.reading() as session:
            survey = surveys.moves(session, self.work.office, number, actor=who, at=at).as_dict("en")
        fields = next(one["fields"] for one in survey["open"] if one["move"] == move)
        form = {one["name"]: one["example"] for one in fields if one["required"]} | instead
        with self.work.unit() as session:
            return advance(session, self.work.office, number, move, actor=who, at=at, fields=form)

    def clue(self, **instead: Any) -> str:
        """A clue on file, registered."""
        number = self.clue_discovered(**instead)
        self.move("registrar", number, "register")
        return number

    def clue_discovered(self, **instead: Any) -> str:
        """A clue that somebody put down."""
        with self.work.unit() as session:
            form = surveys.opening_form(session, self.work.office, "clue", at=NOON, lang="en")
            fields = {one["name"]: one["example"] for one in form if one["required"]} | instead
            return opening.open_matter(session, self.work.office, "clue", actor="supervisor", at=NOON,
                                       fields=fields).number  # fmt: skip

    def escalated(self, *, move: str = "escalate", clue: str | None = None, **instead: Any) -> str:
        """An escalation that was approved and dispatched; its number."""
        moved = self.move("registrar", clue or self.clue(), move, **instead)
        number = moved.consequences[0].number
        self.move("leader", number, "approve")
        self.move("registrar", number, "dispatch")
        return number

    def state(self, number: str) -> str:
        return str(self.ask(select(Matter.state).where(Matter.number == number))[0])

    def moves_of(self, number: str) -> list[str]:
        """What was done to a matter, in order."""
        query = select(Event.move).join(Matter).where(Matter.number == number).order_by(col(Event.seq))
        return list(self.ask(query))

    def escalations(self) -> list[str]:
        return list(
            self.ask(select(Matter.number).where(Matter.machine == "escalation").order_by(col(Matter.id)))
        )

    def clues(self) -> list[str]:
        return list(self.ask(select(Matter.number).where(Matter.machine == "clue").order_by(col(Matter.id))))

    def log(self) -> list[tuple[str, str, list[str]]]:
        """What became of files: kind, outcome, reasons; oldest first."""
        rows = self.ask(select(ExchangeLog).order_by(col(ExchangeLog.id)))
        return [(row.what, row.outcome, row.reasons) for row in rows]

    def ask(self, query: Any) -> Sequence[Any]:
        with self.work.reading() as session:
            found = list(session.exec(query).all())
            session.expunge_all()
        return found

    def everything(self) -> tuple[Any, ...]:
        """What a refused file must not change: every matter, event and packet."""
        return (
            [(row.number, row.state, row.version, row.head_hash) for row in self.ask(select(Matter))],
            len(self.ask(select(Event.id))),
            [(row.notice, row.edition, row.sha256, row.taken) for row in self.ask(select(Exchanged))],
        )

    def sound(self) -> bool:
        with self.work.reading() as session:
            return audit.verify(session).faults == ()


@dataclass(frozen=True)
class Two:
    """The port group's site and the district's, which trust each other."""

    port: Site
    district: Site

    @classmethod
    def under(cls, folder: Path, template: Path) -> Two:
        return cls(
            Site.copied(template, folder / "port"), Site.copied(template, folder / "district")
        ).joined()

    @classmethod
    def on(cls, folder: Path, *, port: str, district: str) -> Two:
        """The same on migrated, empty databases with these URLs."""
        for name, url in (("port", port), ("district", district)):
            settings = Settings(home=folder / name, database_url=url)
            setup.prepare(settings, rehearsal=True, with_sample=True, at=NOON)
        return cls(Site.at(folder / "port", database_url=port),
                   Site.at(folder / "district", database_url=district)).joined()  # fmt: skip

    def joined(self) -> Two:
        """Each has taken the other's key."""
        two = self
        two.district.end.trust(two.port.end.key_file(at=NOON), by="operator", at=NOON)
        two.port.end.trust(two.district.end.key_file(at=NOON), by="operator", at=NOON)
        return two

    def close(self) -> None:
        self.port.close()
        self.district.close()

    def packet(self, number: str, **options: Any) -> bytes:
        return self.port.end.packet(number, actor="registrar", at=NOON, **options).text

    def received(self, number: str) -> str:
        """A dispatched escalation, carried over; its number there."""
        return self.district.end.receive(self.packet(number), actor="district", at=NOON).number

    def reply(self, number: str) -> bytes:
        return self.district.end.reply(number, actor="district", at=NOON).text

    def taken(self, data: bytes) -> tuple[str, bool]:
        """The sender's escalation after this reply, and whether it brought anything new."""
        found = self.port.end.take_reply(data, actor="registrar", at=NOON)
        return found.state, found.new


def refusal(act: Callable[[], object]) -> str:
    """The code of the refusal that `act` ends in; and every reason is told in both languages."""
    found: Refused | None = None
    try:
        act()
    except Refused as refused:
        found = refused
    if found is None:
        return "(not refused)"
    assert found.reasons
    assert all(one.message.zh and one.message.en and one.cure.zh and one.cure.en for one in found.reasons)
    return found.code
