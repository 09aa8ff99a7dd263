"""A walk at random, as every account, over every machine: what is offered can be done, what is blocked is refused.

The seed is printed with a failure; a walk is the same wherever it runs.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from cases import audit, checkpoints, opening, surveys
from cases.advance import advance
from cases.errors import NoSuchMatter
from cases.matters import Matter
from plumbline import duties
from plumbline.sample import PEOPLE
from plumbline.settings import Settings
from plumbline.work import Work
from states.facts import Refused
from states.rulebook import StateKind
from tests.plumbline.shell import NOON, Shell

ACCOUNTS = [person[0] for person in PEOPLE]
NO_CANDIDATE = "no_candidate"  # for the gate, who finds nobody to name just leaves the field out
REGISTER = ("supervisor", "registrar", "officer")


def filled(fields: list[dict[str, Any]], *, everything: bool) -> dict[str, Any]:
    """A form with the examples of its required fields, or of all that have one."""
    return {
        one["name"]: one["example"]
        for one in fields
        if one["required"] or (everything and one["example"] is not None)
    }


@dataclass
class Walk:
    """Somebody who does whatever is offered, preferring what was seldom done."""

    work: Work
    dice: random.Random
    at: datetime = NOON
    made: Counter[tuple[str, str]] = field(default_factory=Counter)

    def step(self) -> None:
        """One matter, looked at by one account after the other until somebody can do something."""
        number, machine = self.dice.choice(self.on_file() or [self.registered()])
        for who in self.dice.sample(ACCOUNTS, len(ACCOUNTS)):
            survey = self.survey(number, who)
            if survey is None:
                continue
            for blocked in self.dice.sample(survey["blocked"], min(3, len(survey["blocked"]))):
                self.is_refused(number, who, blocked)
            if survey["open"]:
                self.make(number, machine, who, survey)
                break
        self.at += timedelta(hours=self.dice.choice([0, 1, 1, 5, 24]))

    def survey(self, number: str, who: str) -> dict[str, Any] | None:
        """The moves as this account sees them; None where it sees nothing."""
        try:
            with self.work.reading() as session:
                return surveys.moves(session, self.work.office, number, actor=who, at=self.at).as_dict("en")
        except NoSuchMatter:
            return None

    def on_file(self) -> list[tuple[str, str]]:
        with self.work.reading() as session:
            rows = session.execute(
                select(Matter.number, Matter.machine).order_by(col(Matter.id).desc()).limit(12)
            )
            return [(number, machine) for number, machine in rows]

    def registered(self) -> tuple[str, str]:
        everything = self.dice.random() < 0.5
        with self.work.unit() as session:
            fields = surveys.opening_form(session, self.work.office, "clue", at=self.at, lang="en")
            form = filled(fields, everything=everything)
            who = self.dice.choice(REGISTER)
            moved = opening.open_matter(session, self.work.office, "clue", actor=who, at=self.at, fields=form)
        return moved.number, "clue"

    def is_refused(self, number: str, who: str, blocked: dict[str, Any]) -> None:
        assert blocked["reasons"], blocked
        with pytest.raises(Refused) as refusal, self.work.unit() as session:
            advance(session, self.work.office, number, blocked["move"], actor=who, at=self.at, fields={})
        told = {(one["code"], one["message"]) for one in blocked["reasons"] if one["code"] != NO_CANDIDATE}
        assert told <= {(one.code, one.message.en) for one in refusal.value.reasons}
        assert all(one.message.zh and one.cure.zh and one.cure.en for one in refusal.value.reasons)

    def reluctance(self, machine: str, state: str, move: dict[str, Any]) -> int:
        """What was often done is done less, and so is what ends a matter or leaves it where it is."""
        final = self.work.office.rulebook().machines[machine].states[move["to"]].kind is StateKind.FINAL
        return self.made[machine, move["move"]] + (8 if final else 0) + (3 if move["to"] == state else 0)

    def make(self, number: str, machine: str, who: str, survey: dict[str, Any]) -> None:
        move = min(
            survey["open"],
            key=lambda one: (self.reluctance(machine, survey["state"], one), self.dice.random()),
        )
        form = filled(move["fields"], everything=self.dice.random() < 0.5)
        with self.work.unit() as session:
            moved = advance(session, self.work.office, number, move["move"], actor=who, at=self.at, fields=form,
                            expected_version=survey["version"])  # fmt: skip
        assert (moved.from_, moved.to, moved.version) == (survey["state"], move["to"], survey["version"] + 1)
        self.made[machine, move["move"]] += 1


@pytest.mark.parametrize("seed", [1, 20, 300])
def test_what_is_offered_can_be_done_and_what_is_blocked_is_refused(home: Path, seed: int) -> None:
    work = Work.open(Settings(home=home))
    walk = Walk(work, random.Random(seed))
    for number in range(400):
        if number % 60 == 0:
            walk.registered()
        if number % 90 == 89:
            walk.at += timedelta(days=walk.dice.choice([3, 12, 40]))
            assert duties.tick(work, at=walk.at).swept.failed == 0
        walk.step()
    assert len(walk.made) > 30, f"seed {seed} came no further than {sorted(walk.made)}"
    with work.unit() as session:
        checkpoints.take(session, at=walk.at)
    with work.reading() as session:
        verified = audit.verify(session)
    work.engine.dispose()
    assert verified.faults == (), f"seed {seed}"


def test_the_same_through_the_shell(shell: Shell) -> None:
    """Forms filled in as words, the way a script would from the JSON of `clue moves`."""
    dice = random.Random(7)
    shell.register()
    for _ in range(40):
        number = shell.do("head", "clue", "list")["clues"][0]["number"]
        who = dice.choice(ACCOUNTS)
        survey = shell.ask(who, "clue", "moves", number)
        if survey.status == 2:
            continue
        for blocked in survey.json["blocked"][:2]:
            refused = shell.ask(who, "clue", "advance", number, blocked["move"])
            assert refused.status in (1, 2)
            assert refused.json["reasons"]
        if survey.json["open"]:
            move = dice.choice(survey.json["open"])
            form = shell.filled(move["fields"])
            moved = shell.do(
                who, "clue", "advance", number, move["move"], *form, "--expect", str(survey.json["version"])
            )
            assert moved["state"] == move["to"]
