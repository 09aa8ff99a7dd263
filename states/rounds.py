"""What a round decided, computed from its record alone.

Anybody who holds the record comes to the same result: the order in which opinions arrived plays no part, except that
a later opinion of the same seat replaces its earlier one, which is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from states.round_rules import Passes, RoundRules


class View(StrEnum):
    """What a seat may say."""

    AGREE = "agree"
    AGREE_IF = "agree_if"  # with conditions
    DISAGREE = "disagree"  # with reasons
    ABSTAIN = "abstain"
    RECUSED = "recused"


IN_FAVOUR = frozenset({View.AGREE, View.AGREE_IF})
SILENT = "silent"  # how a seat that said nothing stands in the counts


class Outcome(StrEnum):
    """What came of a round."""

    CARRIED = "carried"
    LOST = "lost"
    VETOED = "vetoed"
    NO_QUORUM = "no_quorum"


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat of a round. `substitute` sits in it once its holder is recused.

    `spoken_by` gave an opinion from this seat before it passed on to `person` or `substitute`: on that item it stays
    theirs, unless they are recused.
    """

    person: str
    organisation: str
    weight: int = 1
    veto: bool = False
    substitute: str | None = None
    spoken_by: str | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody said of an item, as the record keeps it. `seq` counts this person's opinions on it, from 1."""

    person: str
    view: View
    given_at: datetime
    seq: int = 1
    conditions: str = ""
    reasons: str = ""
    item: int = 1


@dataclass(frozen=True, slots=True)
class Record:
    """All that one item's result is computed from. What was given at `closed_at` or later is late; without it nothing is.

    `recused` are the people a recusal took out; their opinions stay in the record and never count.
    """

    rules: RoundRules
    seats: tuple[Seat, ...]
    opinions: tuple[Opinion, ...] = ()
    recused: frozenset[str] = frozenset()
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody's condition or dissent, as the minutes keep it."""

    person: str
    organisation: str
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a round decided, and how that came about.

    `counts` are seats by what they said; `weights` the same by weight. `present` took part, `needed` would have had to.
    `in_favour` is held against `of`, the weight the rule of this round asks for (for m of n both count seats).
    """

    outcome: Outcome
    quorum_met: bool
    present: int
    needed: int
    entitled: int
    counts: Mapping[str, int]
    weights: Mapping[str, int]
    in_favour: int
    of: int
    vetoed_by: tuple[str, ...]
    dissent: tuple[Said, ...]
    conditions: tuple[Said, ...]
    silent: tuple[str, ...]
    recused: tuple[str, ...]
    late: tuple[str, ...]

    @property
    def carried(self) -> bool:
        """Whether the proposal was carried."""
        return self.outcome is Outcome.CARRIED

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self) | {"outcome": self.outcome.value}


def recount(record: Record) -> Result:
    """The result of a round."""
    out = recused(record)
    sitting = _sitting(record, out)
    said = {person: one for person, one in standing(record).items() if person in sitting}
    views = {person: _view(record.rules, said.get(person)) for person in sitting}
    present, needed = len(said), record.rules.quorum.needed(seats=len(record.seats), not_recused=len(sitting))
    met = present >= needed
    vetoed = tuple(sorted(p for p, seat in sitting.items() if seat.veto and views[p] is View.DISAGREE))
    in_favour, of = _weighed(record.rules.passes, sitting, views)
    return Result(
        outcome=_outcome(record.rules.passes, in_favour, of, met=met, vetoed=bool(vetoed)),
        quorum_met=met, present=present, needed=needed, entitled=len(sitting),
        counts=_counted(sitting, said, weigh=False), weights=_counted(sitting, said, weigh=True),
        in_favour=in_favour, of=of, vetoed_by=vetoed,
        dissent=_words(sitting, said.values(), View.DISAGREE),
        conditions=_words(sitting, said.values(), View.AGREE_IF),
        silent=tuple(sorted(set(sitting) - set(said))), recused=_of_seats(record, out), late=_late(record),
    )  # fmt: skip


def recused(record: Record) -> frozenset[str]:
    """Who is out of the round: by a decision, or by having said so in time. Nobody comes back by saying otherwise."""
    own_word = {one.person for one in record.opinions if one.view is View.RECUSED and _in_time(record, one)}
    return record.recused | own_word


def standing(record: Record) -> dict[str, Opinion]:
    """The opinion of each person that stands: the last one given in time. Those of recused people are not among them."""
    out, found = recused(record), dict[str, Opinion]()
    for one in record.opinions:
        if one.person in out or not _in_time(record, one):
            continue
        if one.person not in found or found[one.person].seq < one.seq:
            found[one.person] = one
    return found


def missing(record: Record) -> tuple[str, ...]:
    """Those who may still give an opinion and have not; empty once all are in."""
    return tuple(sorted(set(_sitting(record, recused(record))) - set(standing(record))))


def may_speak(record: Record) -> frozenset[str]:
    """Who sits in the round now: holders who are not recused, and the substitutes of those who are."""
    return frozenset(_sitting(record, recused(record)))


def spoken(record: Record) -> dict[str, str]:
    """By the holder of the seat: who sits in it and has given an opinion that stands."""
    said = standing(record)
    return {seat.person: who for who, seat in _sitting(record, recused(record)).items() if who in said}


def empty(record: Record) -> frozenset[str]:
    """The holders of the seats in which nobody sits now."""
    taken = {seat.person for seat in _sitting(record, recused(record)).values()}
    return frozenset(seat.person for seat in record.seats) - taken


def _sitting(record: Record, out: frozenset[str]) -> dict[str, Seat]:
    """Each seat by the person who sits in it. A seat whose holder and substitute are both out is empty."""
    spoke = {seat.spoken_by: seat for seat in record.seats if seat.spoken_by not in out | {None}}
    others = [seat for seat in record.seats if seat.spoken_by in out | {None}]
    holders = {seat.person: seat for seat in others if seat.person not in out}
    instead = {
        seat.substitute: seat
        for seat in sorted(others, key=lambda one: one.person)
        if seat.person in out and seat.substitute not in out
    }
    found = instead | holders | spoke  # nobody sits twice: who holds a seat is no substitute
    return {person: seat for person, seat in found.items() if person is not None}


def _in_time(record: Record, one: Opinion) -> bool:
    return record.closed_at is None or one.given_at < record.closed_at


def _of_seats(record: Record, people: frozenset[str]) -> tuple[str, ...]:
    """Those of them who hold a seat or stand in for somebody: who else is kept out is no business of the members."""
    named = {one for seat in record.seats for one in (seat.person, seat.substitute, seat.spoken_by) if one}
    return tuple(sorted(people & named))


def _late(record: Record) -> tuple[str, ...]:
    return tuple(sorted({one.person for one in record.opinions if not _in_time(record, one)}))


def _view(rules: RoundRules, said: Opinion | None) -> View | None:
    """What a seat counts as: what it said, or what silence means; None where silence is absence."""
    if said is not None:
        return said.view
    return None if rules.silence == "absent" else View(rules.silence)


def _weighed(rule: Passes, sitting: Mapping[str, Seat], views: Mapping[str, View | None]) -> tuple[int, int]:
    """What speaks for the proposal, and what that is held against; in seats for m of n, by weight otherwise."""
    weigh = {person: 1 if rule.seats is not None else seat.weight for person, seat in sitting.items()}
    in_favour = sum(weigh[person] for person, view in views.items() if view in IN_FAVOUR)
    if rule.seats is not None or rule.of == "entitled":
        return in_favour, sum(weigh.values())
    votes = IN_FAVOUR | {View.DISAGREE}
    counted = {p for p, view in views.items() if view in votes or (rule.of == "present" and view is not None)}
    return in_favour, sum(weigh[person] for person in counted)


def _outcome(rule: Passes, in_favour: int, of: int, *, met: bool, vetoed: bool) -> Outcome:
    if not met:
        return Outcome.NO_QUORUM
    if vetoed:
        return Outcome.VETOED
    return Outcome.CARRIED if _carries(rule, in_favour, of) else Outcome.LOST


def _carries(rule: Passes, in_favour: int, of: int) -> bool:
    """Whether so much for it is enough. Nothing for it never is."""
    if in_favour == 0:
        return False
    if rule.seats is not None:
        return in_favour >= rule.seats
    if rule.more_than is not None:
        return in_favour > Fraction(rule.more_than) * of
    return in_favour >= Fraction(rule.at_least or "1/1") * of


def _counted(sitting: Mapping[str, Seat], said: Mapping[str, Opinion], *, weigh: bool) -> dict[str, int]:
    counts = dict.fromkeys([*(view.value for view in View if view is not View.RECUSED), SILENT], 0)
    for person, seat in sitting.items():
        counts[said[person].view.value if person in said else SILENT] += seat.weight if weigh else 1
    return counts


def _words(sitting: Mapping[str, Seat], said: Iterable[Opinion], view: View) -> tuple[Said, ...]:
    found = (one for one in said if one.view is view)
    return tuple(
        Said(
            one.person,
            sitting[one.person].organisation,
            one.conditions if view is View.AGREE_IF else one.reasons,
        )
        for one in sorted(found, key=lambda one: one.person)
    )
