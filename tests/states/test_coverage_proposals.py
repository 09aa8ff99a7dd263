"""Proposals: few rounds that close many blind cells first, the same ones every time, each with its reason in words."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from states import coverage, coverage_proposals, coverage_words
from states.calendars import china
from states.coverage import BLIND, Cell, Foretold, Look, Sign, Spot
from states.coverage_proposals import PROGRAMME, ROUND, Candidate, Place, Proposal, Standing
from states.form_values import label
from states.recurrence import Given
from states.recurrence_words import parse
from tests.states.test_coverage import DAY, QUALITY, looked, rules


def first_slot(rule: str, until: date) -> date | None:
    return next((one.on for one in parse(rule).slots(Given(DAY, china(), {}), until=until)), None)


def cells(*given: Look | Foretold | Sign, projects: tuple[str, ...] = ("PC",)) -> list[Cell]:
    return coverage.cells(rules(), projects, looks=[one for one in given if isinstance(one, Look)],
                          foretold=[one for one in given if isinstance(one, Foretold)],
                          signs=[one for one in given if isinstance(one, Sign)], today=DAY)  # fmt: skip


def proposed(found: list[Cell], *standing: Standing) -> list[Proposal]:
    return coverage_proposals.proposals(rules(), found, standing, today=DAY, first_slot=first_slot,
                                        can_be_sent=lambda link: link != "c01_approval")  # fmt: skip


def said(one: Proposal) -> tuple[str, str]:
    found = coverage_words.reason(rules(), one, label("质量", "quality"))
    return found.zh, found.en


def at(link: str, found: list[Proposal]) -> Proposal:
    return next(one for one in found if one.what.place.link == link)


class TestWhichComeFirst:
    def test_the_one_that_closes_most_blind_cells(self) -> None:
        found = proposed(cells())
        assert [len(one.cells) for one in found] == sorted((len(one.cells) for one in found), reverse=True)
        assert found[0].what.place.link == "c22_conduct"  # eight phases, five sides
        assert found[-1].left == 2  # no round can be sent to c01, which two cells belong to

    def test_of_as_many_the_riskier_then_the_never_looked_at_then_the_older(self) -> None:
        two = {
            "c02_land": "owner",
            "c18_wages": "contractor",
        }  # two cells of middle grade each, without a clue
        assert {link: len(at(link, proposed(cells())).cells) for link in two} == {
            "c02_land": 4,
            "c18_wages": 2,
        }
        wages, avoidance = "c18_wages", "c06_tender_avoidance"  # two cells each, of middle grade
        order = [one.what.place.link for one in proposed(cells())]
        assert order.index(avoidance) < order.index(wages)  # by name, where all else is alike
        old = looked(*_spots(avoidance), on=DAY - timedelta(days=200))
        order = [one.what.place.link for one in proposed(cells(old))]
        assert order.index(wages) < order.index(avoidance)  # nobody ever looked there
        older = looked(*_spots(wages), on=DAY - timedelta(days=300), number="N-2")
        order = [one.what.place.link for one in proposed(cells(old, older))]
        assert order.index(wages) < order.index(avoidance)
        clue = Sign("PC", frozenset(_spots(avoidance)), 3, is_open=False)
        order = [one.what.place.link for one in proposed(cells(old, older, clue))]
        assert order.index(avoidance) < order.index(wages)

    def test_each_blind_cell_is_closed_once_and_they_are_the_same_in_whatever_order_they_come(self) -> None:
        looks = [looked(QUALITY), looked(*_spots("c10_change"), on=DAY - timedelta(days=100), number="N-2")]
        whole = cells(*looks, projects=("PC", "BR"))
        found = proposed(whole)
        closed = [(one.project, one.spot) for each in found for one in each.cells]
        blind = {
            (one.project, one.spot) for one in whole if one.state == BLIND and one.spot.link != "c01_approval"
        }
        assert len(closed) == len(set(closed))
        assert set(closed) == blind
        shuffled = list(whole)
        random.Random(7).shuffle(shuffled)
        assert proposed(shuffled) == found

    def test_of_candidates_that_overlap_only_those_are_taken_that_close_something_more(self) -> None:
        blind = {("PC", one.spot): one for one in cells()}
        link = "c15_quality"
        part = Candidate(Place("PC", link), ROUND, "special", frozenset({QUALITY}))
        whole = Candidate(Place("PC", link), ROUND, "special", frozenset(_spots(link)))
        other = Candidate(Place("PC", "c16_safety"), ROUND, "special", frozenset(_spots("c16_safety")))
        found = list(coverage_proposals.chosen(blind, [part, other, whole]))
        assert [one.what for one in found] == [whole, other]
        assert [one.left for one in found] == [141 - 4, 141 - 6]


class TestWhatItWouldBe:
    def test_a_programme_as_often_as_the_grade_asks_that_closes_what_it_says(self) -> None:
        one = at("c15_quality", proposed(cells()))
        assert (one.what.form, one.what.rule, one.what.on) == (PROGRAMME, "每月10日", date(2026, 9, 10))
        assert one.what.on is not None
        after = cells(Foretold("PC", one.what.spots, one.what.on, "NEW"))
        assert not [cell for cell in after if cell.spot.link == "c15_quality" and cell.state == BLIND]

    @pytest.mark.parametrize("is_open, form", [(True, ROUND), (False, PROGRAMME)])
    def test_where_a_clue_is_open_one_round_at_once(self, is_open: bool, form: str) -> None:
        clue = Sign("PC", frozenset({QUALITY}), 3, is_open)
        assert at("c15_quality", proposed(cells(clue))).what.form == form

    def test_where_a_programme_comes_too_seldom_one_round_meanwhile(self) -> None:
        one = at(
            "c15_quality",
            proposed(cells(), Standing("PC", "c15_quality", "YEARLY"), Standing("BR", "c16", "X")),
        )
        assert (one.what.form, one.what.too_late) == (ROUND, ("YEARLY",))
        zh, en = said(one)
        assert "YEARLY" in zh
        assert "YEARLY has no slot within 92 days" in en

    def test_where_the_usual_rule_comes_too_late_one_round(self) -> None:
        found = coverage_proposals.proposals(rules(), cells(), [], today=DAY, first_slot=lambda _rule, _until: None,
                                             can_be_sent=lambda _link: True)  # fmt: skip
        assert {one.what.form for one in found} == {ROUND}
        assert found[-1].left == 0


class TestTheReason:
    def test_it_says_how_many_how_long_and_what_would_keep_them_covered(self) -> None:
        old = looked(QUALITY, on=DAY - timedelta(days=100))
        zh, en = said(at("c15_quality", proposed(cells(old))))
        blind_since = DAY - timedelta(days=39)  # a look of high grade holds for 60 days
        assert zh == (
            f"环节“质量”（风险高）盲区4个，3个从未检查，1个检查已失效，最早自{blind_since}起。"
            "该环节尚无检查安排，建议自2026-09-10起每月10日检查，以保持覆盖。"
        )
        assert en == (
            f'Link "quality" (high risk): 4 blind cells, 3 never looked at, 1 looked at too long ago, the first blind since '
            f"{blind_since}. No programme is at this link: one every month on the 10th, first on 2026-09-10, keeps it "
            "covered."
        )

    def test_it_names_the_clues_that_are_open(self) -> None:
        zh, en = said(at("c15_quality", proposed(cells(Sign("PC", frozenset({QUALITY}), 3, True, 2)))))
        assert "有未结线索，单个盲区至多2件" in zh
        assert "up to 2 at one cell" in en
        assert "at once" in en


def _spots(link: str) -> list[Spot]:
    return [one for one in coverage.spots(rules()) if one.link == link]
