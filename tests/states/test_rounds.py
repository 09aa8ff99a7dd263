"""What a round decided: told in stories, and held against a second count written differently."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from states.round_rules import Passes, Quorum, RoundRules
from states.rounds import Opinion, Outcome, Record, Seat, View, may_speak, missing, recount

CLOSES = datetime(2026, 11, 10, 16, 0, tzinfo=UTC)
BEFORE, AFTER = CLOSES - timedelta(hours=1), CLOSES + timedelta(hours=1)
MOVES: dict[str, Any] = {
    "given_by": "give_opinion", "decided_by": "resolve", "opened_by": ("collect_opinions",), "proposed": "proposed",
    "decision": "resolution", "otherwise": "not_agreed", "basis": {"kind": "setting", "source": "test"},
}  # fmt: skip


def rules(**changes: Any) -> RoundRules:
    """Two thirds of those not recused, more than half of the votes."""
    chosen: dict[str, Any] = {"quorum": {"share": "2/3"}, "passes": {"more_than": "1/2"}}
    return RoundRules.model_validate(MOVES | chosen | changes)


OWNER, CONTRACTOR, OVERSEER = Seat("owner", "GKJ"), Seat("contractor", "QJN"), Seat("overseer", "HTJ")
THREE = (OWNER, CONTRACTOR, OVERSEER)


def says(person: str, view: str, *, seq: int = 1, at: datetime = BEFORE, text: str = "") -> Opinion:
    return Opinion(person, View(view), at, seq, conditions=text, reasons=text)


def record(
    *opinions: Opinion, seats: tuple[Seat, ...] = THREE, recused: tuple[str, ...] = (), **set_: Any
) -> Record:
    return Record(rules(**set_), seats, opinions, frozenset(recused), CLOSES)


# ------------------------------------------------------------------------------------------------ stories


def test_two_of_three_agree_and_the_proposal_is_carried() -> None:
    result = recount(
        record(
            says("owner", "agree"),
            says("overseer", "agree_if", text="先整改"),
            says("contractor", "disagree", text="工期"),
        )
    )
    assert result.outcome is Outcome.CARRIED
    assert (result.in_favour, result.of, result.present, result.needed) == (2, 3, 3, 2)
    assert [(one.person, one.text) for one in result.dissent] == [("contractor", "工期")]
    assert [(one.person, one.text) for one in result.conditions] == [("overseer", "先整改")]


def test_a_tie_carries_nothing() -> None:
    assert recount(record(says("owner", "agree"), says("contractor", "disagree"))).outcome is Outcome.LOST


def test_one_of_three_is_no_quorum_and_two_are() -> None:
    alone = record(says("owner", "agree"))
    assert recount(alone).outcome is Outcome.NO_QUORUM
    assert (
        recount(replace(alone, opinions=(*alone.opinions, says("overseer", "abstain")))).outcome
        is Outcome.CARRIED
    )


def test_whoever_is_recused_leaves_the_denominator_and_their_opinion_never_counts() -> None:
    given_ = (
        says("owner", "agree"),
        says("contractor", "disagree", text="工期"),
        says("overseer", "abstain"),
    )
    result = recount(record(*given_, recused=("contractor",)))
    assert (result.outcome, result.entitled, result.needed) == (Outcome.CARRIED, 2, 2)
    assert (result.recused, result.dissent) == (("contractor",), ())


def test_a_quorum_of_all_seats_does_not_shrink_with_a_recusal() -> None:
    given_ = (says("owner", "agree"),)
    of_all = record(*given_, recused=("contractor", "overseer"), quorum={"share": "2/3", "of": "all"})
    of_rest = record(*given_, recused=("contractor", "overseer"))
    assert recount(of_all).outcome is Outcome.NO_QUORUM
    assert recount(of_rest).outcome is Outcome.CARRIED


def test_the_substitute_sits_in_the_recused_ones_seat_with_its_weight_and_veto() -> None:
    seats = (OWNER, replace(CONTRACTOR, substitute="deputy", weight=3, veto=True), OVERSEER)
    given_ = (says("owner", "agree"), says("overseer", "agree"), says("deputy", "disagree"))
    before = recount(record(*given_, seats=seats))
    after = recount(record(*given_, seats=seats, recused=("contractor",)))
    assert before.outcome is Outcome.CARRIED
    assert "deputy" not in may_speak(record(seats=seats))
    assert (after.outcome, after.vetoed_by, after.weights["disagree"]) == (Outcome.VETOED, ("deputy",), 3)


def test_saying_recused_in_time_takes_one_out_for_good() -> None:
    given_ = (
        says("owner", "agree"),
        says("overseer", "agree"),
        says("contractor", "recused"),
        says("contractor", "disagree", seq=2),
    )
    result = recount(record(*given_))
    assert (result.recused, result.entitled, result.counts["disagree"]) == (("contractor",), 2, 0)


def test_the_later_opinion_of_a_seat_replaces_its_earlier_one() -> None:
    first, second = says("owner", "agree"), says("owner", "disagree", seq=2)
    for order in ((first, second), (second, first)):
        assert recount(record(*order, says("overseer", "disagree"))).counts["agree"] == 0


@pytest.mark.parametrize("moment, counts", [(CLOSES - timedelta(microseconds=1), 1), (CLOSES, 0), (AFTER, 0)])
def test_an_opinion_is_late_from_the_instant_the_round_closes(moment: datetime, counts: int) -> None:
    result = recount(record(says("owner", "agree", at=moment)))
    assert (result.counts["agree"], result.late) == (counts, () if counts else ("owner",))


def test_a_late_change_of_mind_leaves_the_opinion_given_in_time() -> None:
    given_ = (says("owner", "agree"), says("owner", "disagree", seq=2, at=AFTER), says("overseer", "agree"))
    assert recount(record(*given_)).outcome is Outcome.CARRIED


@pytest.mark.parametrize(
    "silence, of, expected",
    [
        ("absent", "votes", Outcome.LOST), ("abstain", "votes", Outcome.LOST), ("agree", "votes", Outcome.CARRIED),
        ("absent", "entitled", Outcome.LOST), ("agree", "entitled", Outcome.CARRIED),
        ("agree", "present", Outcome.CARRIED),
    ],
)  # fmt: skip
def test_what_silence_means(silence: str, of: str, expected: Outcome) -> None:
    given_ = (says("owner", "agree"), says("contractor", "disagree"))
    assert (
        recount(record(*given_, silence=silence, passes={"more_than": "1/2", "of": of})).outcome is expected
    )


def test_silence_never_makes_a_quorum() -> None:
    assert recount(record(silence="agree")).outcome is Outcome.NO_QUORUM


def test_a_veto_stops_what_all_others_agree_to() -> None:
    seats = (OWNER, CONTRACTOR, replace(OVERSEER, veto=True))
    given_ = (says("owner", "agree"), says("contractor", "agree"))
    assert recount(record(*given_, says("overseer", "disagree"), seats=seats)).outcome is Outcome.VETOED
    assert recount(record(*given_, says("overseer", "abstain"), seats=seats)).outcome is Outcome.CARRIED


def test_two_of_three_by_count_whatever_the_weights() -> None:
    seats = (replace(OWNER, weight=100), CONTRACTOR, OVERSEER)
    two = {"seats": 2, "out_of": 3}
    assert (
        recount(
            record(says("owner", "agree"), says("contractor", "disagree"), seats=seats, passes=two)
        ).outcome
        is Outcome.LOST
    )
    assert (
        recount(record(says("owner", "agree"), says("contractor", "agree"), seats=seats, passes=two)).outcome
        is Outcome.CARRIED
    )


def test_a_heavy_seat_outweighs_two() -> None:
    seats = (replace(OWNER, weight=3), CONTRACTOR, OVERSEER)
    given_ = (says("owner", "agree"), says("contractor", "disagree"), says("overseer", "disagree"))
    assert recount(record(*given_, seats=seats)).outcome is Outcome.CARRIED


def test_everybody_abstaining_carries_nothing() -> None:
    given_ = tuple(says(seat.person, "abstain") for seat in THREE)
    assert recount(record(*given_, passes={"at_least": "1/2"})).outcome is Outcome.LOST


def test_a_round_waits_for_those_who_may_speak_and_have_not() -> None:
    seats = (OWNER, replace(CONTRACTOR, substitute="deputy"), OVERSEER)
    open_ = record(says("owner", "agree"), seats=seats, recused=("contractor",))
    assert missing(open_) == ("deputy", "overseer")
    assert (
        missing(
            replace(open_, opinions=(*open_.opinions, says("deputy", "agree"), says("overseer", "abstain")))
        )
        == ()
    )


# --------------------------------------------------------------------------------------- rules that make no sense


@pytest.mark.parametrize(
    "changes, says_",
    [
        ({"quorum": {"share": "0/3"}}, "makes no sense"),
        ({"quorum": {"number": 0}}, "greater than or equal to 1"),
        ({"quorum": {"share": "4/3"}}, "makes no sense"),
        ({"quorum": {}}, "exactly one"),
        ({"quorum": {"share": "1/2", "number": 2}}, "exactly one"),
        ({"passes": {"seats": 3, "out_of": 2}}, "can never agree"),
        ({"passes": {"more_than": "1/1"}}, "never be reached"),
        ({"passes": {"at_least": "0/2"}}, "makes no sense"),
        ({"passes": {"more_than": "1/2", "seats": 2}}, "exactly one"),
        ({"passes": {"more_than": "0.5"}}, "match pattern"),
        ({"quorum": {"number": 4}, "passes": {"seats": 2, "out_of": 3}}, "never be met"),
        ({"opened_by": ()}, "is empty"),
        ({"silence": "consent"}, "absent"),
    ],
)
def test_rules_that_make_no_sense_are_not_rules(changes: dict[str, Any], says_: str) -> None:
    with pytest.raises(ValidationError, match=says_):
        rules(**changes)


def test_a_round_that_cannot_be_decided_with_its_seats_is_known_beforehand() -> None:
    assert rules(passes={"seats": 2, "out_of": 3}).possible_with(3)
    assert not rules(passes={"seats": 2, "out_of": 3}).possible_with(2)
    assert not rules(quorum={"number": 4}).possible_with(3)


# ------------------------------------------------------------------------------ thousands of rounds, counted twice

NAMES = [f"p{number}" for number in range(6)]
PEOPLE = st.sampled_from(NAMES)
SHARES = st.sampled_from(["1/3", "1/2", "2/3", "3/4", "1/1"])


@st.composite
def some_rules(draw: st.DrawFn) -> RoundRules:
    quorum = draw(st.one_of(
        st.builds(lambda share, of: Quorum(share=share, of=of), SHARES, st.sampled_from(["all", "not_recused"])),
        st.builds(lambda number: Quorum(number=number), st.integers(1, 5)),
    ))  # fmt: skip
    of: Any = draw(st.sampled_from(["votes", "present", "entitled"]))
    passes = draw(st.one_of(
        st.builds(lambda share: Passes(more_than=share, of=of), SHARES.filter(lambda share: share != "1/1")),
        st.builds(lambda share: Passes(at_least=share, of=of), SHARES),
        st.builds(lambda seats: Passes(seats=seats), st.integers(1, 5)),
    ))  # fmt: skip
    return rules(quorum=quorum, passes=passes, silence=draw(st.sampled_from(["absent", "abstain", "agree"])))


@st.composite
def some_rounds(draw: st.DrawFn) -> Record:
    holders = draw(st.lists(PEOPLE, min_size=1, max_size=5, unique=True))
    seats = tuple(
        Seat(name, f"o{name}", draw(st.integers(1, 4)), draw(st.booleans()), draw(st.none() | PEOPLE))
        for name in holders
    )
    said: list[Opinion] = []
    for name in NAMES:
        for seq in range(1, draw(st.integers(0, 3)) + 1):
            view = draw(st.sampled_from(list(View)))
            said.append(
                Opinion(name, view, CLOSES + timedelta(minutes=draw(st.integers(-2, 1))), seq, "if", "why")
            )
    return Record(draw(some_rules()), seats, tuple(draw(st.permutations(said))),
                  frozenset(draw(st.lists(PEOPLE, max_size=2))), draw(st.sampled_from([CLOSES, None])))  # fmt: skip


def counted_again(round_: Record) -> str:
    """The outcome by another road: seat by seat down a tally sheet, in whole numbers."""
    sheet, out = tally_sheet(round_)
    chairs = chairs_taken(round_, out)
    rule, spoken = round_.rules, [sheet[who][-1].view.value for who, _ in chairs if who in sheet]
    if len(spoken) < quorum(round_, len(chairs)):
        return "no_quorum"
    silent = {"absent": "", "abstain": "abstain", "agree": "agree"}[rule.silence]
    weights = dict.fromkeys(["agree", "agree_if", "disagree", "abstain", ""], 0)
    for who, seat in chairs:
        word = sheet[who][-1].view.value if who in sheet else silent
        if seat.veto and word == "disagree":
            return "vetoed"
        weights[word] += 1 if rule.passes.seats else seat.weight
    return "carried" if enough(rule, weights) else "lost"


def tally_sheet(round_: Record) -> tuple[dict[str, list[Opinion]], set[str]]:
    """What each person said in time, in order; and who is out."""
    sheet: dict[str, list[Opinion]] = {}
    for one in sorted(round_.opinions, key=lambda one: (one.person, one.seq)):
        if round_.closed_at is None or not one.given_at >= round_.closed_at:
            sheet.setdefault(one.person, []).append(one)
    spoke_of_it = {
        person for person, lines in sheet.items() if "recused" in [line.view.value for line in lines]
    }
    return sheet, {*round_.recused, *spoke_of_it}


def chairs_taken(round_: Record, out: set[str]) -> list[tuple[str, Seat]]:
    """Who sits, and in whose seat; nobody in two."""
    taken = {seat.person for seat in round_.seats if seat.person not in out}
    chairs: list[tuple[str, Seat]] = []
    for seat in sorted(round_.seats, key=lambda seat: seat.person, reverse=True):
        who = seat.substitute if seat.person in out else seat.person
        if who is None or who in out or (seat.person in out and who in taken):
            continue
        taken.add(who)
        chairs.append((who, seat))
    return chairs


def quorum(round_: Record, chairs: int) -> int:
    rule = round_.rules.quorum
    if rule.number is not None:
        return rule.number
    top, bottom = map(int, str(rule.share).split("/"))
    return max(1, math.ceil(top * (len(round_.seats) if rule.of == "all" else chairs) / bottom - 1e-9))


def enough(rule: RoundRules, weights: dict[str, int]) -> bool:
    yes, no = weights["agree"] + weights["agree_if"], weights["disagree"]
    if not yes or rule.passes.seats:
        return bool(yes) and yes >= (rule.passes.seats or 0)
    whole = {"votes": yes + no, "present": yes + no + weights["abstain"], "entitled": sum(weights.values())}
    top, bottom = map(int, str(rule.passes.more_than or rule.passes.at_least).split("/"))
    held_against = top * whole[rule.passes.of]
    return yes * bottom > held_against if rule.passes.more_than else yes * bottom >= held_against


@settings(max_examples=1500, deadline=None)
@given(some_rounds())
def test_a_second_count_comes_to_the_same(round_: Record) -> None:
    assert recount(round_).outcome.value == counted_again(round_)


@settings(max_examples=300, deadline=None)
@given(some_rounds(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(round_: Record, dice: Any) -> None:
    opinions, seats = list(round_.opinions), list(round_.seats)
    dice.shuffle(opinions)
    dice.shuffle(seats)
    assert recount(replace(round_, opinions=tuple(opinions), seats=tuple(seats))) == recount(round_)


@settings(max_examples=300, deadline=None)
@given(some_rounds(), PEOPLE, st.sampled_from(list(View)))
def test_a_recused_persons_opinion_never_counts(round_: Record, person: str, view: View) -> None:
    out = replace(round_, recused=round_.recused | {person})
    quiet = replace(out, opinions=tuple(one for one in out.opinions if one.person != person))
    loud = replace(quiet, opinions=(*quiet.opinions, Opinion(person, view, BEFORE, 9, "if", "why")))
    assert recount(loud) == recount(quiet) == replace(recount(out), late=recount(quiet).late)
    assert person not in may_speak(out)


@settings(max_examples=300, deadline=None)
@given(some_rounds(), PEOPLE)
def test_one_more_voice_in_favour_never_loses_what_was_carried(round_: Record, person: str) -> None:
    last = max((one.seq for one in round_.opinions if one.person == person), default=0)
    more = replace(
        round_, opinions=(*round_.opinions, Opinion(person, View.AGREE, BEFORE - timedelta(days=1), last + 1))
    )
    if recount(round_).carried:
        assert recount(more).carried


@settings(max_examples=300, deadline=None)
@given(some_rounds())
def test_a_veto_is_never_carried_and_the_counts_add_up(round_: Record) -> None:
    result = recount(round_)
    assert not (result.vetoed_by and result.carried)
    assert sum(result.counts.values()) == result.entitled == len(may_speak(round_))
    assert missing(round_) == result.silent
    assert 0 <= Fraction(result.in_favour) <= max(result.of, sum(result.weights.values()))
