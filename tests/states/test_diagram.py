"""The picture of a machine: whatever the machine, nothing is left out, lines run around boxes, and it can be read."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from states import diagram
from states.check import findings
from states.diagram_graph import Graph
from states.diagram_layout import places
from states.diagram_lines import Area, overlap, place_badges, plan
from states.diagram_routes import routes
from states.diagram_words import cut, width, wrapped
from states.rulebook import Machine
from states.rulebook_file import SHIPPED, load
from tests.states.building import SMALL, machine, rulebook

SVG = "{http://www.w3.org/2000/svg}"
NOTICE = load(SMALL).machines["notice"]
SHIPPED_MACHINES = [
    pytest.param(subject, id=f"{office}-{name}")
    for office, path in SHIPPED.items()
    for name, subject in load(path).machines.items()
]


def drawn(subject: Machine, lang: str = "en") -> ET.Element:
    return ET.fromstring(diagram.svg(subject, lang=lang))


def texts(root: ET.Element) -> list[str]:
    return ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]


@st.composite
def any_machine(draw: st.DrawFn) -> Machine:
    """Up to nine states, some with places of their own, and up to sixteen moves between any of them."""
    names = [f"s{number}" for number in range(draw(st.integers(1, 9)))]
    cells = draw(
        st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=9, max_size=9, unique=True)
    )
    placed = {
        f"state_{name}": {"grid": cell}
        for name, cell in zip(names, cells, strict=False)
        if draw(st.booleans())
    }
    moves = {}
    for number in range(draw(st.integers(0, 16))):
        sources = draw(st.lists(st.sampled_from(names), min_size=1, max_size=5, unique=True))
        moves[f"m{number}"] = f"{' '.join(sources)} > {draw(st.sampled_from([*names, '']))}"
    return machine(" ".join(names), moves, final=names[-1], **placed)


class TestWhatIsDrawn:
    @pytest.mark.parametrize("lang", ["zh", "en"])
    @pytest.mark.parametrize("subject", SHIPPED_MACHINES)
    def test_every_state_and_every_move_is_there(self, subject: Machine, lang: str) -> None:
        root = drawn(subject, lang)
        boxes = {
            each.get("id", "").partition("-")[2].partition("-")[2]
            for each in root.iter(f"{SVG}g")
            if each.get("id")
        }
        assert boxes == set(subject.states)
        told = " ".join(
            "".join(each.itertext()) for each in root.iter() if each.tag in (f"{SVG}text", f"{SVG}title")
        )
        assert [name for name, move in subject.moves.items() if move.label.in_(lang) not in told] == []

    @pytest.mark.parametrize("subject", SHIPPED_MACHINES)
    def test_what_ships_has_a_place_for_every_badge(self, subject: Machine) -> None:
        graph = Graph(subject)
        found = {route.pair: route for route in routes(graph.places, [line.pair for line in graph.lines])}
        ordered = [found[line.pair] for line in graph.lines]
        ground = plan(graph.places, ordered)
        sizes = [(24.0, 17.0)] * len(ordered)
        _, failed = place_badges(
            [ground.spots(each) for each in ordered], sizes, [ground.box(at) for at in graph.places.values()]
        )
        assert failed == 0

    def test_a_small_machine_has_names_on_its_lines_and_no_numbers(self) -> None:
        shown = texts(drawn(NOTICE))
        assert "Hand back" in shown
        assert not any(text.isdigit() for text in shown)

    def test_a_large_machine_has_numbers_that_the_legend_explains(self) -> None:
        moves = {f"m{number}": f"s{number} > s{number + 1}" for number in range(15)}
        subject = machine(" ".join(f"s{number}" for number in range(16)), moves, final="s15")
        shown = texts(drawn(subject))
        assert shown.count("7") == 2, "once on its line, once in the legend"
        assert "M6→ A name" in [text.replace("M6 ", "M6") for text in shown]

    def test_a_move_that_many_states_share_is_a_number_at_both_ends(self) -> None:
        subject = machine(
            "a b c d up",
            {"escalate": "a b c d > up", "on": "a > b", "on2": "b > c", "on3": "c > d"},
            final="up",
        )
        shown = texts(drawn(subject))
        number = Graph(subject).numbers["escalate"]
        assert shown.count(f"{number}→") == 4
        assert f"→{number}" in shown

    def test_moves_that_stay_are_counted_in_the_box_and_named_below(self) -> None:
        subject = machine("a b", {"go": "a > b", "note": "a >", "tell": "a > a"}, final="b")
        shown = texts(drawn(subject))
        assert "↻2" in shown
        assert {"Note", "Tell"} <= {re.sub(r"A name$", "", text) for text in shown}

    def test_a_matters_way_and_state_and_the_counts_are_marked(self) -> None:
        text = diagram.svg(
            NOTICE, lang="zh", current="asked", path=("drafted", "checked"), counts={"drafted": 37}
        )
        root = ET.fromstring(text)
        classes = [each.get("class", "") for each in root.iter(f"{SVG}g")]
        assert "state waiting current" in classes
        assert classes.count("state open came") == 2
        assert classes.count("line came") == 2
        assert "37" in texts(root)
        assert "当前：待答复。" in text

    def test_what_the_checker_found_is_marked(self) -> None:
        subject = machine("a b c lost", {"go": "a > b", "close": "b > c", "x": "lost > c"}, final="c")
        found = findings(rulebook(clue=subject))
        root = ET.fromstring(diagram.svg(subject, lang="en", findings=found))
        (marked,) = [each for each in root.iter(f"{SVG}g") if "faulty" in each.get("class", "").split()]
        assert marked.get("id", "").endswith("-lost")

    def test_labels_cannot_break_out_of_the_picture(self) -> None:
        label = {"zh": "<script>&\"'", "en": "]]><b>"}
        subject = machine(
            "a b", {"go": {"way": "a > b", "label": label}}, final="b", state_a={"label": label}
        )
        assert "<script>&\"'" in "".join(texts(drawn(subject, "zh")))
        assert "]]><b>" in "".join(texts(drawn(subject, "en")))

    def test_it_is_the_same_every_time_and_two_on_one_page_do_not_mix(self) -> None:
        assert diagram.svg(NOTICE, lang="en") == diagram.svg(NOTICE, lang="en")
        ids = {
            re.findall(r'svg [^>]*id="([^"]+)"', diagram.svg(NOTICE, lang=lang))[0] for lang in ("zh", "en")
        }
        assert len(ids) == 2

    def test_it_follows_light_dark_and_print_and_asks_nobody_outside(self) -> None:
        text = diagram.svg(NOTICE, lang="en")
        assert "prefers-color-scheme:dark" in text
        assert "@media print" in text
        assert re.findall(r"https?://[^\"\s]+", text) == ["http://www.w3.org/2000/svg"]

    def test_it_says_what_it_is_to_those_who_do_not_see_it(self) -> None:
        root = drawn(NOTICE)
        title, described = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None
        assert described is not None
        assert root.get("aria-labelledby") == f"{title.get('id')} {described.get('id')}"
        assert described.text == "4 states and 5 moves."


class TestWhereItIsDrawn:
    @given(any_machine())
    @settings(max_examples=60)
    def test_no_two_boxes_share_a_place_and_no_line_runs_through_a_box(self, subject: Machine) -> None:
        graph = Graph(subject)
        assert len(set(graph.places.values())) == len(subject.states)
        found = routes(graph.places, [line.pair for line in graph.lines])
        ground = plan(graph.places, found)
        boxes = {name: ground.box(place) for name, place in graph.places.items()}
        assert not any(overlap(one, two) for one, two in combinations(boxes.values(), 2))
        for route in found:
            for one, two in pairwise(ground.spots(route)):
                swept: Area = (
                    min(one[0], two[0]),
                    min(one[1], two[1]),
                    max(one[0], two[0]),
                    max(one[1], two[1]),
                )
                assert one[0] == two[0] or one[1] == two[1], "lines run straight"
                for area in boxes.values():
                    inner = (area[0] + 1, area[1] + 1, area[2] - 1, area[3] - 1)
                    assert not overlap(swept, inner)
                    assert swept[0] >= 0
                    assert swept[3] <= ground.height

    @given(any_machine())
    @settings(max_examples=60)
    def test_no_two_lines_lie_on_each_other(self, subject: Machine) -> None:
        graph = Graph(subject)
        found = routes(graph.places, [line.pair for line in graph.lines])
        ground = plan(graph.places, found)
        parts = [(route.pair, part) for route in found for part in pairwise(ground.spots(route))]
        for (pair, (a, b)), (other, (c, d)) in combinations(parts, 2):
            if pair == other:
                continue
            for axis, along in ((0, 1), (1, 0)):
                if a[axis] == b[axis] == c[axis] == d[axis]:
                    shared = min(max(a[along], b[along]), max(c[along], d[along])) - max(
                        min(a[along], b[along]), min(c[along], d[along])
                    )
                    assert shared <= 0.01

    @given(any_machine())
    @settings(max_examples=40)
    def test_any_machine_gives_a_whole_document(self, subject: Machine) -> None:
        for lang in ("zh", "en"):
            root = drawn(subject, lang)
            ids = [each.get("id") for each in root.iter() if each.get("id")]
            assert len(ids) == len(set(ids))
            assert "NaN" not in ET.tostring(root, "unicode")

    def test_states_without_a_place_stand_in_layers_from_the_first(self) -> None:
        subject = machine("a b c d", {"x": "a > b", "x2": "a > c", "y": "b > d"}, final="d")
        assert places(subject)["a"] == (0, 0)
        assert {name: at[0] for name, at in places(subject).items()} == {"a": 0, "b": 1, "c": 1, "d": 2}

    def test_a_place_the_rulebook_gives_is_kept(self) -> None:
        subject = machine("a b c", {"x": "a > b", "y": "b > c"}, final="c", state_c={"grid": (0, 0)})
        assert places(subject)["c"] == (0, 0)
        assert len(set(places(subject).values())) == 3


class TestWords:
    @given(st.text(max_size=60), st.floats(10, 300))
    def test_what_is_cut_or_wrapped_fits(self, text: str, room: float) -> None:
        assert width(cut(text, room)) <= room or cut(text, room) == "…" or not cut(text, room)
        assert len(wrapped(text, room)) <= 2

    def test_words_stay_whole_where_they_can(self) -> None:
        assert wrapped("Preliminary verification", 120) == ["Preliminary", "verification"]
        assert wrapped("提出处置意见和理由", 70) == ["提出处置", "意见和理由"]


class TestText:
    def test_the_table_names_every_way_out(self) -> None:
        assert "| Checked | Hand back | Drafted | checker |" in diagram.table(NOTICE, "en")
        assert "| 待答复 | 已答复 | 办结 | 自动 |" in diagram.table(NOTICE, "zh")
        assert "| 办结 | — | — | — |" in diagram.table(NOTICE, "zh")

    def test_a_bar_in_a_label_does_not_end_its_cell(self) -> None:
        subject = machine(
            "a b", {"go": {"way": "a > b", "label": {"zh": "甲|乙", "en": "x|y\nz"}}}, final="b"
        )
        assert "| A name | x\\|y z | A name | officer |" in diagram.table(subject, "en")

    def test_mermaid_has_english_ids_and_quoted_labels(self) -> None:
        text = diagram.mermaid(NOTICE, "zh")
        assert text.startswith("stateDiagram-v2\n")
        assert '    state "待答复" as asked\n' in text
        assert "    [*] --> drafted\n" in text
        assert "    checked --> drafted : 退回\n" in text
        assert "    done --> [*]\n" in text

    def test_mermaid_puts_moves_of_a_pair_on_one_arrow_and_keeps_signs_out(self) -> None:
        label = {"zh": "甲", "en": 'say: "x"; #1'}
        subject = machine(
            "a b", {"go": {"way": "a > b", "label": label}, "run": "a > b", "note": "a >"}, final="b"
        )
        text = diagram.mermaid(subject, "en")
        assert "    a --> b : say： 'x'； ＃1 / Run\n" in text
        assert "    a --> a : Note\n" in text
