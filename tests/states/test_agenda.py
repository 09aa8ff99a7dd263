"""A round of several items: each counted on its own, held against a second count over all of them at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from states.agenda import Agenda, Item, missing, record_of, results, sitting
from states.rounds import Opinion, Outcome, Record, Seat, View
from tests.states.test_rounds import (
    BEFORE,
    CLOSES,
    NAMES,
    PEOPLE,
    THREE,
    counted_again,
    rules,
    says,
    some_rules,
)

# ------------------------------------------------------------------------------------------------ stories


def agenda(
    *opinions: Opinion, items: tuple[Item, ...] = (Item(1), Item(2)), seats: tuple[Seat, ...] = THREE
) -> Agenda:
    return Agenda(Record(rules(), seats, opinions, frozenset(), CLOSES), items)


def on(item: int, person: str, view: str, **words: Any) -> Opinion:
    return replace(says(person, view, **words), item=item)


def everybody(item: int, view: str) -> tuple[Opinion, ...]:
    return tuple(on(item, seat.person, view) for seat in THREE)


def test_one_item_is_carried_and_the_other_lost() -> None:
    found = results(agenda(*everybody(1, "agree"), *everybody(2, "disagree")))
    assert [found[item].outcome for item in (1, 2)] == [Outcome.CARRIED, Outcome.LOST]


def test_the_round_waits_for_every_voice_on_every_item() -> None:
    half = agenda(*everybody(1, "agree"), on(2, "owner", "abstain"))
    assert missing(half) == {2: ("contractor", "overseer")}
    assert missing(agenda(*everybody(1, "agree"), *everybody(2, "agree"))) == {}


def test_who_is_kept_out_of_one_item_speaks_to_the_other_and_the_substitute_sits_in_it() -> None:
    seats = tuple(
        replace(seat, substitute="deputy") if seat.person == "contractor" else seat for seat in THREE
    )
    items = (Item(1), Item(2, kept_out=frozenset({"contractor"})))
    half = agenda(items=items, seats=seats)
    assert sitting(half) == {1: {"owner", "contractor", "overseer"}, 2: {"owner", "deputy", "overseer"}}
    found = results(agenda(*everybody(1, "disagree"), *everybody(2, "disagree"), items=items, seats=seats))
    assert (found[1].counts["disagree"], found[2].counts["disagree"], found[2].silent) == (3, 2, ("deputy",))
    assert (found[1].recused, found[2].recused, found[2].needed) == ((), ("contractor",), 2)


def test_whoever_says_recused_on_one_item_stays_in_the_other() -> None:
    found = results(agenda(on(2, "owner", "recused"), *everybody(1, "agree")))
    assert (found[1].entitled, found[2].entitled, found[2].recused) == (3, 2, ("owner",))


# ------------------------------------------------------------------------------ thousands of rounds, counted twice


@st.composite
def some_agendas(draw: st.DrawFn) -> Agenda:
    holders = draw(st.lists(PEOPLE, min_size=1, max_size=4, unique=True))
    seats = tuple(
        Seat(name, f"o{name}", draw(st.integers(1, 3)), draw(st.booleans()), draw(st.none() | PEOPLE))
        for name in holders
    )
    items = tuple(
        Item(number, kept_out=frozenset(draw(st.lists(PEOPLE, max_size=2))))
        for number in range(1, draw(st.integers(2, 4)) + 1)
    )
    said: list[Opinion] = []
    for item in items:
        for name in draw(st.lists(st.sampled_from(NAMES), max_size=5, unique=True)):
            for seq in range(1, draw(st.integers(1, 2)) + 1):
                at = CLOSES + timedelta(minutes=draw(st.integers(-2, 1)))
                said.append(
                    Opinion(name, draw(st.sampled_from(list(View))), at, seq, "if", "why", item.number)
                )
    whole = Record(draw(some_rules()), seats, tuple(draw(st.permutations(said))),
                   frozenset(draw(st.lists(PEOPLE, max_size=1))), draw(st.sampled_from([CLOSES, None])))  # fmt: skip
    return Agenda(whole, items)


def outcomes_again(round_: Agenda) -> dict[int, str]:
    """The outcomes by another road: one walk over all opinions, sorted into a heap for each item and counted there."""
    heaps: dict[int, list[Opinion]] = {item.number: [] for item in round_.items}
    for one in sorted(round_.whole.opinions, key=lambda one: (one.person, one.seq, one.item)):
        heaps[one.item].append(one)
    found = {}
    for item in round_.items:
        gone = set(round_.whole.recused).union(item.kept_out)
        sheet = Record(round_.whole.rules, round_.whole.seats, tuple(heaps[item.number]), frozenset(gone),
                       round_.whole.closed_at)  # fmt: skip
        found[item.number] = counted_again(sheet)
    return found


@settings(max_examples=800, deadline=None)
@given(some_agendas())
def test_a_second_count_of_every_item_comes_to_the_same(round_: Agenda) -> None:
    assert {item: found.outcome.value for item, found in results(round_).items()} == outcomes_again(round_)


@settings(max_examples=300, deadline=None)
@given(some_agendas(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_no_item(round_: Agenda, dice: Any) -> None:
    opinions, items = list(round_.whole.opinions), list(round_.items)
    dice.shuffle(opinions)
    dice.shuffle(items)
    again = Agenda(replace(round_.whole, opinions=tuple(opinions)), tuple(items))
    assert results(again) == results(round_)
    assert missing(again) == missing(round_)


@settings(max_examples=500, deadline=None)
@given(some_agendas(), PEOPLE, st.sampled_from(list(View)), st.data())
def test_whoever_is_kept_out_of_an_item_never_counts_there_and_elsewhere_as_before(
    round_: Agenda, person: str, view: View, data: st.DataObject
) -> None:
    at = data.draw(st.sampled_from(round_.items))
    out = replace(at, kept_out=at.kept_out | {person})
    quiet = Agenda(
        replace(
            round_.whole,
            opinions=tuple(
                one for one in round_.whole.opinions if (one.person, one.item) != (person, at.number)
            ),
        ),
        tuple(out if one == at else one for one in round_.items),
    )
    spoken = Opinion(person, view, BEFORE - timedelta(days=1), 9, "if", "why", at.number)
    loud = replace(quiet, whole=replace(quiet.whole, opinions=(*quiet.whole.opinions, spoken)))
    assert results(loud) == results(quiet)
    assert person not in sitting(loud)[at.number]
    others = [item.number for item in round_.items if item != at]
    assert [results(loud)[item] for item in others] == [results(round_)[item] for item in others]


@settings(max_examples=400, deadline=None)
@given(some_agendas())
def test_what_is_said_of_one_item_moves_no_other(round_: Agenda) -> None:
    for item in round_.items:
        alone = Agenda(
            replace(
                round_.whole, opinions=tuple(one for one in round_.whole.opinions if one.item == item.number)
            ),
            (item,),
        )
        assert results(alone) == {item.number: results(round_)[item.number]}
        assert set(record_of(round_, item).recused) == round_.whole.recused | item.kept_out
