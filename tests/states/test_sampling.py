"""Sites are drawn by lot, by risk, and anyone can draw again."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.sampling import CannotDraw, Item, chance_of_first, draw, redraw, written

BERTHS = [Item.of("1号泊位", 4), Item.of("2号泊位", 2), Item.of("3号泊位", 1), Item.of("堆场", 1)]

names = st.text(st.characters(categories=("L", "N"), codec="utf-8"), min_size=1, max_size=12)
weights = st.decimals("0.001", 1000, places=3)
lists = st.dictionaries(names, weights, min_size=1, max_size=20).map(
    lambda found: list({one.name: one for one in (Item.of(name, weight) for name, weight in found.items())}.values())
)  # fmt: skip
seeds = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20)


def test_a_draw_written_down_years_ago_is_drawn_again() -> None:
    """These names are fixed for good: a record of an old draw must agree with whatever version draws it again."""
    done = draw(BERTHS, seed="2026-09-07 08:00 开奖号 4471", take=2)
    assert done.drawn == ("1号泊位", "3号泊位")
    assert done.digest == "b2529b032c0e5d24fcddac674b5e5b7e9c67cfb4b713ea2f6ae5f93b972bf34c"


def test_it_can_be_worked_out_with_a_pocket_calculator() -> None:
    """The method of the docstring, in floating point, gives the same order where no two keys are close."""

    def key(item: Item) -> float:
        digest = hashlib.sha256(f"plumbline-draw-1\ns\n{item.name}".encode()).hexdigest()
        return -math.log((int(digest, 16) + 0.5) / 2**256) / float(item.weight)

    assert list(draw(BERTHS, seed="s", take=4).drawn) == [one.name for one in sorted(BERTHS, key=key)]


@given(lists, seeds, st.integers(1, 25), st.randoms(use_true_random=False))
def test_the_order_of_the_list_does_not_matter(
    items: list[Item], seed: str, take: int, random: object
) -> None:
    done = draw(items, seed=seed, take=take)
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert draw(shuffled, seed=seed, take=take) == done
    assert redraw(shuffled, seed=seed, take=take, drawn=done.drawn)


@given(lists, seeds, st.integers(1, 25))
def test_as_many_as_asked_each_once_and_none_from_elsewhere(items: list[Item], seed: str, take: int) -> None:
    drawn = draw(items, seed=seed, take=take).drawn
    assert len(drawn) == len(set(drawn)) == min(take, len(items))
    assert set(drawn) <= {one.name for one in items}


@given(lists, seeds, st.integers(1, 25))
def test_drawing_more_adds_to_those_drawn_before(items: list[Item], seed: str, take: int) -> None:
    assert draw(items, seed=seed, take=take + 1).drawn[:take] == draw(items, seed=seed, take=take).drawn


@given(lists, seeds, st.integers(1, 25))
def test_another_result_is_noticed(items: list[Item], seed: str, take: int) -> None:
    drawn = draw(items, seed=seed, take=take).drawn
    assert not redraw(items, seed=seed, take=take, drawn=(*drawn, "another"))
    assert not redraw(items, seed=seed, take=take, drawn=drawn[:-1])


@given(lists, seeds, names.filter(lambda name: name.isprintable()), st.integers(1, 25))
def test_a_name_struck_from_the_list_changes_no_other_place(
    items: list[Item], seed: str, name: str, take: int
) -> None:
    """So that leaving out somebody with an interest is no way to draw the rest anew."""
    rest = [one for one in items if one.name != Item.of(name).name]
    whole = draw([*rest, Item.of(name, 3)], seed=seed, take=len(items) + 1).drawn
    if rest:
        assert [one for one in whole if one != Item.of(name).name] == list(
            draw(rest, seed=seed, take=len(rest)).drawn
        )


def chi_square(observed: Counter[str], expected: dict[str, Fraction], draws: int) -> float:
    return sum(
        float((observed[name] - chance * draws) ** 2 / (chance * draws)) for name, chance in expected.items()
    )


def test_weights_are_honoured() -> None:
    """4,000 fixed seeds, so the figure is the same on every machine; 16.3 would be exceeded once in a thousand draws
    that do honour the weights, and equal chances for all exceed it a hundredfold."""
    draws = 4000
    expected = {one.name: chance_of_first(BERTHS, one.name) for one in BERTHS}
    first = Counter(draw(BERTHS, seed=f"seed {number}", take=1).drawn[0] for number in range(draws))
    assert chi_square(first, expected, draws) < 16.3
    assert chi_square(first, dict.fromkeys(expected, Fraction(1, 4)), draws) > 1000


def test_weights_are_honoured_among_those_that_are_left() -> None:
    """The second drawn, where the first was berth 1: berth 2 with 2 of 4, the others with 1 of 4 each."""
    both = [draw(BERTHS, seed=f"seed {number}", take=2).drawn for number in range(4000)]
    second = Counter(drawn[1] for drawn in both if drawn[0] == "1号泊位")
    expected = {"2号泊位": Fraction(1, 2), "3号泊位": Fraction(1, 4), "堆场": Fraction(1, 4)}
    assert chi_square(second, expected, second.total()) < 13.8


@pytest.mark.parametrize(
    "weight", [0, -1, "NaN", "Infinity", "1e7", "0.0000001", "1.0000001", "heavy", "", None, True]
)
def test_a_weight_that_is_none_is_refused(weight: object) -> None:
    with pytest.raises(CannotDraw, match=r"堆场.*six decimals") as refused:
        Item.of("堆场", weight)
    assert "权重" in refused.value.zh


@pytest.mark.parametrize(
    "items, seed, take, code",
    [
        ([], "s", 1, "bad_list"),
        ([Item.of("a")], " ", 1, "bad_seed"),
        ([Item.of("a")], "two\nlines", 1, "bad_seed"),
        ([Item.of("a")], "s", 0, "bad_take"),
        ([Item.of("a"), Item.of(" a ", 2)], "s", 1, "named_twice"),
    ],
)
def test_a_list_that_cannot_be_drawn_from_is_refused(
    items: list[Item], seed: str, take: int, code: str
) -> None:
    with pytest.raises(CannotDraw) as refused:
        draw(items, seed=seed, take=take)
    assert refused.value.code == code


def test_one_weight_has_one_spelling() -> None:
    assert [written(Item.of("a", weight).weight) for weight in ("2", "2.0", "１００", "0.50", Decimal("1E+3"))] == [
        "2", "2", "100", "0.5", "1000",
    ]  # fmt: skip
    two = [draw([Item.of("a", weight), Item.of("b")], seed="s", take=1).digest for weight in ("2", "2.00")]
    assert two[0] == two[1]
