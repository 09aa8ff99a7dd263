"""The agenda of a round: every item has its own vote, its own recusals and its own result.

An item's record is cut out of the round's; how it is then counted is `states.rounds`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from states import rounds
from states.rounds import Record, Result

FIRST = 1  # what the round was convened for


@dataclass(frozen=True, slots=True)
class Item:
    """One matter on the agenda. `kept_out` are recused from this item alone; `clue` is the number it was taken up from.

    `spoken` names, by the holder of a seat, who spoke on this item from that seat before it passed on.
    """

    number: int
    brief: str = ""
    proposed: str | None = None
    clue: str | None = None
    kept_out: frozenset[str] = frozenset()
    spoken: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Agenda:
    """A round's whole record: its opinions are on all items, its recusals from all of them."""

    whole: Record
    items: tuple[Item, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """The items there are."""
        return tuple(item.number for item in self.items)


def record_of(agenda: Agenda, item: Item) -> Record:
    """What the result of this item is computed from: what was said of it, without whoever is kept out of it."""
    said = tuple(one for one in agenda.whole.opinions if one.item == item.number)
    seats = tuple(replace(seat, spoken_by=item.spoken.get(seat.person)) for seat in agenda.whole.seats)
    return replace(agenda.whole, seats=seats, opinions=said, recused=agenda.whole.recused | item.kept_out)


def results(agenda: Agenda) -> Mapping[int, Result]:
    """The result of every item."""
    return {item.number: rounds.recount(record_of(agenda, item)) for item in agenda.items}


def sitting(agenda: Agenda) -> Mapping[int, frozenset[str]]:
    """Who sits in each item now."""
    return {item.number: rounds.may_speak(record_of(agenda, item)) for item in agenda.items}


def missing(agenda: Agenda) -> Mapping[int, tuple[str, ...]]:
    """By item, those who may still give an opinion and have not; items that wait for nobody are left out."""
    found = {item.number: rounds.missing(record_of(agenda, item)) for item in agenda.items}
    return {number: people for number, people in found.items() if people}


def spoken(agenda: Agenda) -> Mapping[int, Mapping[str, str]]:
    """By item and by the holder of the seat: who sits in it and has spoken."""
    return {item.number: rounds.spoken(record_of(agenda, item)) for item in agenda.items}


def empty(agenda: Agenda) -> Mapping[int, frozenset[str]]:
    """By item, the holders of the seats in which nobody sits now."""
    return {item.number: rounds.empty(record_of(agenda, item)) for item in agenda.items}
