"""Coverage: every cell of every project is covered, planned or blind, and says who looked last."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from pydantic import ValidationError

from states import coverage
from states.calendars import china
from states.coverage import BLIND, COVERED, PLANNED, Cell, Foretold, Look, Named, Sign, Spot
from states.coverage_rules import Coverage
from states.recurrence import Given
from states.recurrence_words import parse
from states.rulebook import Rulebook
from states.rulebook_file import shipped

DAY = date(2026, 9, 1)
ONE_DAY = timedelta(days=1)
QUALITY = Spot("execution", "contractor", "c15_quality")  # of high grade: a look holds for 60 days


def rules() -> Coverage:
    found = shipped().coverage
    assert found is not None
    return found


def looked(*spots: Spot, on: date = DAY, number: str = "MGJ-JC-2026-001") -> Look:
    at = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    return Look("PC", frozenset(spots), at, on, "supervisor", number, "inspection", "record_nothing")


def cell(today: date, *given: Look | Foretold | Sign, spot: Spot = QUALITY) -> Cell:
    looks = [one for one in given if isinstance(one, Look)]
    foretold = [one for one in given if isinstance(one, Foretold)]
    signs = [one for one in given if isinstance(one, Sign)]
    found = coverage.cells(rules(), ["PC"], looks=looks, foretold=foretold, signs=signs, today=today)
    return next(one for one in found if one.spot == spot)


class TestACell:
    def test_every_cell_of_every_project_has_one_of_three_states(self) -> None:
        found = coverage.cells(rules(), ["PC", "BR"], looks=[], foretold=[], signs=[], today=DAY)
        assert len(found) == len({(one.project, one.spot) for one in found}) == 2 * 141
        assert {one.state for one in found} == {BLIND}

    @pytest.mark.parametrize("passed, state", [(0, COVERED), (59, COVERED), (60, COVERED), (61, BLIND)])
    def test_a_look_holds_for_its_days_and_not_one_longer(self, passed: int, state: str) -> None:
        found = cell(DAY + timedelta(days=passed), looked(QUALITY))
        assert (found.state, found.age) == (state, passed)
        assert found.covered_until == DAY + timedelta(days=60)
        assert found.last is not None
        assert (found.last.by, found.last.number) == ("supervisor", "MGJ-JC-2026-001")

    def test_the_last_of_several_looks_counts_in_whatever_order_they_come(self) -> None:
        early, late = looked(QUALITY), looked(QUALITY, on=DAY + ONE_DAY, number="MGJ-JC-2026-002")
        for order in ((early, late), (late, early)):
            assert cell(DAY + timedelta(days=2), *order).last == late

    def test_a_look_elsewhere_covers_nothing_here(self) -> None:
        assert cell(DAY, looked(QUALITY._replace(personnel="supervision"))).state == BLIND

    @pytest.mark.parametrize("ahead, state", [(-1, BLIND), (0, PLANNED), (92, PLANNED), (93, BLIND)])
    def test_a_round_to_come_is_a_plan_while_it_is_near_and_not_past(self, ahead: int, state: str) -> None:
        coming = Foretold("PC", frozenset({QUALITY}), DAY + timedelta(days=ahead), "SPOT")
        assert cell(DAY, coming).state == state

    def test_a_covered_cell_says_its_next_round_too(self) -> None:
        coming = Foretold("PC", frozenset({QUALITY}), DAY + ONE_DAY, "SPOT")
        found = cell(DAY, looked(QUALITY), coming)
        assert (found.state, found.planned) == (COVERED, coming)

    def test_clues_raise_the_risk_of_their_cells_and_say_how_many_they_are(self) -> None:
        signs = [Sign("PC", frozenset({QUALITY}), 3, True), Sign("PC", frozenset({QUALITY}), 1, False),
                 Sign("BR", frozenset({QUALITY}), 9, True)]  # fmt: skip
        found = cell(DAY, *signs)
        assert (found.risk, found.open_signs, found.closed_signs) == (6 + 3 + 1, 1, 1)

    def test_the_worst_blind_cell_comes_first(self) -> None:
        never = cell(DAY)
        long_ago = cell(DAY, looked(QUALITY, on=DAY - timedelta(days=200)))
        lately = cell(DAY, looked(QUALITY, on=DAY - timedelta(days=70)))
        risky = cell(
            DAY, Sign("PC", frozenset({QUALITY}), 3, True), looked(QUALITY, on=DAY - timedelta(days=61))
        )
        worst = sorted([lately, never, long_ago, risky], key=lambda one: one.worst_first)
        assert worst == [risky, never, long_ago, lately]


class TestWhatARowTellsOf:
    def test_a_round_that_names_neither_phase_nor_side_was_at_the_whole_link(self) -> None:
        assert coverage.named(rules(), Named("c15_quality"), whole=True) == {
            Spot(phase, side, "c15_quality")
            for phase in ("execution", "acceptance") for side in ("contractor", "supervision")
        }  # fmt: skip

    @pytest.mark.parametrize(
        "where, found",
        [
            (Named("c15_quality", "execution", "contractor"), {QUALITY}),
            (Named("c15_quality", "execution"), set()),  # of two sides, it does not say which
            (Named("c15_quality", None, "contractor"), set()),  # of two phases
            (Named("c06_tender_avoidance", "design"), {Spot("design", "owner", "c06_tender_avoidance")}),
            (Named("c15_quality", "design", "contractor"), set()),  # quality has no cell in the design
            (Named(), set()),
            (Named("c99"), set()),
        ],
    )
    def test_a_clue_tells_only_of_what_it_names(self, where: Named, found: set[Spot]) -> None:
        assert coverage.named(rules(), where, whole=False) == found

    def test_a_finding_is_where_it_was_found_beside_the_rounds_own_link(self) -> None:
        look = rules().looks["inspection"]
        own, said = Named("c06_tender_avoidance", "design"), Named("c15_quality", "execution", "contractor")
        found = coverage.looked_at(rules(), look, "record_finding", own, said)
        assert found == {QUALITY, Spot("design", "owner", "c06_tender_avoidance")}

    def test_a_round_without_findings_looked_at_what_it_says(self) -> None:
        look = rules().looks["inspection"]
        own, said = Named("c15_quality"), Named(None, "execution", "contractor")
        assert coverage.looked_at(rules(), look, "record_nothing", own, said) == {QUALITY}


class TestTheRules:
    def test_every_link_that_a_clue_or_a_round_may_name_is_to_be_looked_at(self) -> None:
        for machine in ("clue", "inspection"):
            fields = {one.name: one for one in shipped().machines[machine].register_}
            assert set(fields["link"].choices) == set(rules().links)
            assert {one for link in rules().links.values() for one in link.phases} == set(
                fields["phase"].choices
            )

    def test_a_round_as_often_as_proposed_keeps_its_link_covered(self) -> None:
        for grade in rules().grades.values():
            slots = parse(grade.rule).slots(Given(date(2026, 1, 1), china(), {}), until=date(2036, 12, 31))
            days = [one.on for one in slots]
            longest = max(later - earlier for earlier, later in pairwise(days))
            assert longest + timedelta(days=21) < timedelta(
                days=grade.holds_for
            )  # opened late, held, recorded

    @pytest.mark.parametrize(
        "changed, said",
        [
            ({"links": {}}, "c15_quality"),
            ({"looks": {"clue": {"moves": ["glance"]}}}, "glance"),
            ({"looks": {"rumour": {"moves": ["hear"]}}}, "hear"),
            ({"personnel": {"owner": {"label": {"zh": "甲", "en": "a"}, "kinds": ["owner"]}}}, "contractor"),
            ({"grades": {}}, "high"),
        ],
    )
    def test_what_names_nothing_is_a_fault_of_the_rulebook(self, changed: dict[str, Any], said: str) -> None:
        whole = shipped().model_dump(by_alias=True)
        with pytest.raises(ValidationError, match=said):
            Rulebook.model_validate(whole | {"coverage": whole["coverage"] | changed})

    def test_a_rulebook_may_say_nothing_of_coverage(self) -> None:
        whole = shipped().model_dump(by_alias=True)
        assert Rulebook.model_validate(whole | {"coverage": None}).coverage is None
