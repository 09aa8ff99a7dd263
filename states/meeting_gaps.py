"""What a record of a decision lacks: read out of the course of the matter, so that nothing is kept twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from states import meeting_rules as words
from states.facts import Made
from states.meeting_rules import MeetingRules


@dataclass(frozen=True, slots=True)
class Voice:
    """One person of a meeting: how they took part and what they said. `turn`: the how-manieth to speak, from 1."""

    name: str
    attendance: str | None = None
    view: str | None = None
    reason: str | None = None
    turn: int | None = None
    lines: int = 0
    """How many lines the history holds of them; the latest counts, and none is overwritten."""

    @property
    def present(self) -> bool:
        """Whether they took part."""
        return self.attendance == words.PRESENT


@dataclass(frozen=True, slots=True)
class Record:
    """A meeting as its record has it: who was there, what the record lacks, and which of that was seen to."""

    voices: tuple[Voice, ...]
    gaps: tuple[str, ...]
    settled: frozenset[str]

    @property
    def open(self) -> tuple[str, ...]:
        """What it lacks that neither became a clue nor was accepted with its reason."""
        return tuple(gap for gap in self.gaps if gap not in self.settled)

    @property
    def present(self) -> tuple[str, ...]:
        """Who took part."""
        return tuple(one.name for one in self.voices if one.present)


def read(
    rules: MeetingRules, values: Mapping[str, Any], course: Iterable[Made], *, late: Collection[str] = ()
) -> Record:
    """The record of one decision. `course` is every move of it, oldest first; `late` its clocks that ran out."""
    made = tuple(course)
    voices = tuple(_voices(rules, made))
    decided = any(one.move in rules.decided_by for one in made)
    found = {
        *(_in_the_record(rules, values, voices) if decided else ()),
        *(rules.late[clock] for clock in late),
    }
    settling = (rules.found_by, rules.explained_by)
    settled = frozenset(str(one.form.get(words.GAP)) for one in made if one.move in settling)
    return Record(voices, tuple(gap for gap in rules.gaps if gap in found), settled)


def _voices(rules: MeetingRules, made: Iterable[Made]) -> Iterable[Voice]:
    found: dict[str, Voice] = {}
    turns = 0
    for one in made:
        if one.move not in (rules.attended_by, rules.viewed_by):
            continue
        name = str(one.form.get(words.ATTENDEE, "")).strip()
        before = found.get(name, Voice(name))
        if one.move == rules.attended_by:
            found[name] = replace(before, attendance=one.form.get(words.ATTENDANCE), lines=before.lines + 1)
            continue
        turns += 1
        found[name] = replace(
            before, view=one.form.get(words.VIEW), reason=one.form.get(words.REASON),
            turn=before.turn or turns, lines=before.lines + 1,
        )  # fmt: skip
    return found.values()


def _in_the_record(
    rules: MeetingRules, values: Mapping[str, Any], voices: tuple[Voice, ...]
) -> Iterator[str]:
    there = [one for one in voices if one.present]
    entitled = max(int(values.get(words.ENTITLED) or 0), len(there))
    if values.get(words.ITEM_CODE) and not values.get(words.ITEM_LIST):
        yield "no_list"
    if values.get(words.PREPARED) is False:
        yield "not_prepared"
    if not there:
        yield "no_attendance"
    elif len(there) < rules.quorum.needed(seats=entitled, not_recused=entitled):
        yield "below_quorum"
    if any(one.view is None for one in there):
        yield "view_missing"
    if any(one.view == words.DISAGREE and not one.reason for one in voices):
        yield "reason_missing"
    if _spoke_too_soon(str(values.get(words.CHAIR) or "").strip(), there):
        yield "chair_not_last"
    agreed = sum(one.view == words.AGREE for one in there)
    if values.get(words.RESULT) == words.APPROVED and agreed <= Fraction(rules.carried) * len(there):
        yield "not_carried"


def _spoke_too_soon(chair: str, there: Iterable[Voice]) -> bool:
    turns = {one.name: one.turn for one in there if one.turn is not None}
    return chair in turns and turns[chair] < max(turns.values())
