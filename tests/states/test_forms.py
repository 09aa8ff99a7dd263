"""The forms of moves: everything wrong is said at once and names its field; what is taken is plain and clean."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.facts import Reason, Refused
from states.forms import FOUND_BY_GATE, describe_fields, read_form, static_example
from states.rulebook import FormField
from states.rulebook_file import SHIPPED, load
from tests.states.building import LABEL

TODAY = date(2026, 9, 1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
EXAMPLES: Mapping[str, Any] = {"text": "Fence", "long_text": "Seen twice", "integer": 3, "period": "1 month"}


def field(kind: str, name: str = "it", **parts: Any) -> FormField:
    usual: dict[str, Any] = {"name": name, "type": kind, "label": LABEL, "example": EXAMPLES.get(kind)}
    if kind == "choice":
        usual["choices"] = {"hold": {"zh": "暂存", "en": "Hold"}, "close": {"zh": "了结", "en": "Close"}}
    return FormField.model_validate(usual | parts)


def read(kind: str, value: Any, *, known: Mapping[str, Any] | None = None, **parts: Any) -> Any:
    """What is kept of one value."""
    form = read_form([field(kind, **parts)], {"it": value}, values=known or {}, today=TODAY, zone=SHANGHAI)
    return form.get("it")


def refused(
    fields: list[FormField], filled: Mapping[str, Any], known: Mapping[str, Any] | None = None
) -> tuple[Reason, ...]:
    with pytest.raises(Refused) as caught:
        read_form(fields, filled, values=known or {}, today=TODAY, zone=SHANGHAI)
    assert caught.value.code == "bad_form"
    return caught.value.reasons


def code(kind: str, value: Any, *, known: Mapping[str, Any] | None = None, **parts: Any) -> str:
    """The code of the one reason why a value is not taken; it names the field in both languages."""
    (reason,) = refused([field(kind, **parts)], {"it": value}, known)
    assert "(it)" in reason.message.en
    assert "（it）" in reason.message.zh
    assert reason.cure.zh
    return reason.code


class TestText:
    @pytest.mark.parametrize(
        "value", [" ", "\u3000\u3000", "\u200b", "\u3000\u200b\ufeff ", "\u2060", "\u3164"]
    )
    def test_in_which_there_is_nothing_to_see_is_empty(self, value: str) -> None:
        assert code("text", value) == "empty"

    @pytest.mark.parametrize("value", [None, "", []])
    def test_that_is_not_given_is_missing(self, value: Any) -> None:
        assert code("text", value) == "missing"

    @pytest.mark.parametrize("kind,most", [("text", 200), ("long_text", 20_000)])
    def test_may_have_so_many_characters_and_not_one_more(self, kind: str, most: int) -> None:
        assert read(kind, "港" * most) == "港" * most
        assert code(kind, "港" * (most + 1)) == "too_long"

    def test_of_a_megabyte_is_refused_before_any_work_on_it(self) -> None:
        assert code("long_text", "x" * 20_000_000) == "too_long"
        assert code("text", " " * 20_000_000) == "too_long"

    @pytest.mark.parametrize(
        "character",
        [0x00, 0x07, 0x1B, 0x7F, 0x85, 0x202E, 0x202A, 0x2066, 0x2069, 0x200E, 0x200F, 0xD800, 0xDFFF, 0x2028, 0xFFFE,
         0xFFFF, 0x1FFFF],
    )  # fmt: skip
    @pytest.mark.parametrize("kind", ["text", "long_text", "person", "organisation", "matter"])
    def test_holds_no_character_that_hides_or_turns_others(self, kind: str, character: int) -> None:
        assert code(kind, f"陈{chr(character)}工") == "bad_character"

    def test_breaks_lines_only_where_it_is_long(self) -> None:
        assert code("text", "one\ntwo") == "bad_character"
        assert read("long_text", "one\r\ntwo\tthree") == "one\ntwo\tthree"
        assert code("long_text", "one\rtwo") == "bad_character"

    @pytest.mark.parametrize(
        "name", ["𠮷野", "䶮", "买买提·艾力", "欧", "Ada-" + "x" * 36, "O'Brien", "👷🏽‍♀️"]
    )
    def test_keeps_rare_names_whole(self, name: str) -> None:
        assert read("text", name) == name
        assert read("person", name) == name

    @pytest.mark.parametrize(
        "value", ["<script>alert(1)</script>", "{{7*7}}", "${jndi:x}", "'; DROP TABLE clue", "%_", "=1+1"]
    )
    def test_is_text_whatever_it_looks_like(self, value: str) -> None:
        assert read("text", value) == value

    def test_is_composed_and_stripped(self) -> None:
        assert read("text", "  Cafe\u0301　") == "Café"

    @pytest.mark.parametrize("value", [3, True, 1.5, {"a": 1}, ["a"]])
    def test_is_text_not_something_else(self, value: Any) -> None:
        assert code("text", value) == "not_text"

    def test_may_have_to_say_more(self) -> None:
        assert code("text", "四个字呢", at_least=5) == "too_short"
        assert read("text", "有五个字呢", at_least=5) == "有五个字呢"

    def test_a_message_shows_nothing_that_harms_a_terminal(self) -> None:
        (reason,) = refused([field("choice")], {"it": "\x1b]0;owned\x07"})
        assert "\x1b" not in reason.message.en + reason.message.zh


class TestDates:
    @pytest.mark.parametrize(
        "value",
        [
            "31/04/2026",
            "2026/03/08",
            "2026-3-8",
            "2026年3月8日",
            "45000",
            "20260308",
            "2026-W10-7",
            45000,
            True,
            "today",
            "２０２６-03-08",
        ],
    )
    def test_are_written_one_way(self, value: Any) -> None:
        assert code("date", value) == "not_a_date"

    @pytest.mark.parametrize("value", ["2026-02-30", "2025-02-29", "0000-00-00", "2026-13-01"])
    def test_that_do_not_exist_are_refused(self, value: str) -> None:
        assert code("date", value) == "no_such_date"

    @pytest.mark.parametrize("value", ["0001-01-01", "1899-12-31"])
    def test_before_anybody_living_are_refused(self, value: str) -> None:
        assert code("date", value) == "out_of_range"

    def test_are_not_in_the_future(self) -> None:
        assert read("date", "2026-08-31") == "2026-08-31"
        assert read("date", " 2026-09-01 ") == "2026-09-01"
        assert code("date", "2026-09-02") == "in_future"

    def test_set_for_somebody_lie_in_the_future(self) -> None:
        assert code("date", "2026-09-01", future=True) == "not_in_future"
        assert read("date", "2026-09-02", future=True) == "2026-09-02"
        assert code("date", "9999-12-31", future=True) == "out_of_range"

    @pytest.mark.parametrize("received_on", ["2026-08-20", date(2026, 8, 20), "2026-08-20T01:00:00+00:00"])
    def test_do_not_come_before_what_they_follow(self, received_on: Any) -> None:
        known = {"received_on": received_on}
        assert code("date", "2026-08-19", known=known, not_before="received_on") == "too_early"
        assert read("date", "2026-08-20", known=known, not_before="received_on") == "2026-08-20"

    def test_the_form_itself_counts_before_the_file(self) -> None:
        fields = [field("date", "seen_on"), field("date", "told_on", not_before="seen_on")]
        (reason,) = refused(
            fields, {"seen_on": "2026-08-30", "told_on": "2026-08-29"}, {"seen_on": "2026-08-01"}
        )
        assert (reason.code, "seen_on" in reason.message.en) == ("too_early", True)

    def test_nothing_on_file_to_come_before_is_no_fault(self) -> None:
        assert read("date", "2026-08-19", not_before="received_on") == "2026-08-19"


class TestInstants:
    def test_carry_their_offset(self) -> None:
        assert code("instant", "2026-08-31T09:30:00") == "timezone_required"
        assert read("instant", "2026-08-31T09:30:00+08:00") == "2026-08-31T01:30:00+00:00"
        assert read("instant", "2026-08-31t01:30z") == "2026-08-31T01:30:00+00:00"

    @pytest.mark.parametrize(
        "value", ["2026-08-31", "2026-08-31 09", "yesterday", 1767225600, "2026-08-31T09:30:00+0x:00"]
    )
    def test_are_whole(self, value: Any) -> None:
        assert code("instant", value) in ("not_an_instant", "timezone_required")

    @pytest.mark.parametrize(
        "value", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:00-12:00", "1899-01-01T00:00:00Z"]
    )
    def test_at_the_ends_of_time_are_refused(self, value: str) -> None:
        assert code("instant", value) == "out_of_range"

    @pytest.mark.parametrize(
        "value", ["2026-08-31T25:00:00+08:00", "2026-02-30T09:00:00+08:00", "2026-08-31T09:00:00+29:00"]
    )
    def test_that_do_not_exist_are_refused(self, value: str) -> None:
        assert code("instant", value) == "no_such_date"

    def test_are_judged_by_the_local_day(self) -> None:
        """1 September in Shanghai begins while it is still 31 August in Greenwich, and ends at 16:00 there."""
        assert read("instant", "2026-09-01T15:59:59Z") == "2026-09-01T15:59:59+00:00"
        assert code("instant", "2026-09-01T16:00:00Z") == "in_future"


class TestNumbersAndAnswers:
    @pytest.mark.parametrize("value", [7, "7", " 7 ", "007", "+7"])
    def test_a_whole_number_comes_as_number_or_digits(self, value: Any) -> None:
        assert read("integer", value) == 7

    @pytest.mark.parametrize(
        "value",
        [
            True,
            3.0,
            "3.0",
            "1e3",
            float("nan"),
            float("inf"),
            "NaN",
            "1e999",
            "٣",
            "0x10",
            "1_000",
            "9" * 5000,
        ],
    )
    def test_nothing_else_is_a_whole_number(self, value: Any) -> None:
        assert code("integer", value) == "not_a_number"

    @pytest.mark.parametrize(
        "value", [-1, "-1", 10**16, str(10**16), 2**63, pytest.param(10**5000, id="5,001 digits")]
    )
    def test_a_number_out_of_range_is_refused(self, value: Any) -> None:
        assert code("integer", value) == "out_of_range"

    def test_the_largest_number_is_taken(self) -> None:
        assert read("integer", 10**15) == 10**15

    @pytest.mark.parametrize(
        "value,truth",
        [
            (True, True),
            ("true", True),
            ("YES", True),
            ("是", True),
            (False, False),
            ("no", False),
            ("否", False),
        ],
    )
    def test_yes_and_no(self, value: Any, truth: bool) -> None:
        assert read("boolean", value) is truth

    @pytest.mark.parametrize("value", [1, 0, "1", "maybe", "on"])
    def test_neither_yes_nor_no(self, value: Any) -> None:
        assert code("boolean", value) == "not_a_boolean"

    def test_a_choice_is_one_of_those_given(self) -> None:
        assert read("choice", " hold ") == "hold"
        (reason,) = refused([field("choice")], {"it": "Hold"})
        assert reason.code == "not_a_choice"
        assert reason.cure.en == "Choose one of: hold, close."
        assert code("choice", ["hold"]) == "not_a_choice"
        assert code("choice", 10**5000) == "not_a_choice"

    def test_a_period_is_kept_in_its_plain_form(self) -> None:
        assert read("period", "15个工作日") == "15 working days"
        assert code("period", "soon") == "not_a_period"


class TestPeople:
    @pytest.mark.parametrize("value", ["li, wang", "li，wang", ["li", "wang"], "li、wang,"])
    def test_come_as_a_list_or_with_commas(self, value: Any) -> None:
        assert read("people", value, at_least=2) == ["li", "wang"]

    def test_are_different_people(self) -> None:
        assert code("people", "li, li", at_least=2) == "repeated"
        assert code("people", ["li", " li "]) == "repeated"

    def test_are_as_many_as_needed(self) -> None:
        assert code("people", "li", at_least=2) == "too_few"

    def test_are_not_hundreds(self) -> None:
        assert code("people", [f"p{number}" for number in range(51)]) == "not_a_list"
        assert code("people", 7) == "not_a_list"
        assert code("people", ["li", " "]) == "empty"
        assert code("people", ["li", 7]) == "not_text"


class TestTheFormAsAWhole:
    FIELDS = [field("text", "title"), field("date", "seen_on"), field("text", "note", required=False)]  # noqa: RUF012

    def test_says_everything_that_is_wrong_at_once(self) -> None:
        reasons = refused(self.FIELDS, {"seen_on": "2026-02-30", "titel": "Fence", "note": "a\0b"})
        assert [reason.code for reason in reasons] == [
            "unknown_field",
            "missing",
            "no_such_date",
            "bad_character",
        ]
        assert reasons[0].cure.en == "Did you mean 'title'?"

    def test_leaves_out_what_is_left_blank(self) -> None:
        form = read_form(
            self.FIELDS,
            {"title": "Fence", "seen_on": "2026-08-30", "note": "  "},
            values={},
            today=TODAY,
            zone=SHANGHAI,
        )
        assert form == {"title": "Fence", "seen_on": "2026-08-30"}

    @pytest.mark.parametrize(
        "name", ["state", "version", "id", "created_by", "__class__", "x" * 10_000, "\x1b[31m"]
    )
    def test_takes_no_field_it_does_not_have(self, name: str) -> None:
        (reason,) = refused([field("text", "title")], {"title": "Fence", name: "archived"})
        assert reason.code == "unknown_field"
        assert len(reason.message.en) < 200
        assert "\x1b" not in reason.message.en

    def test_names_at_most_twenty_unknown_fields(self) -> None:
        assert len(refused([], {f"f{number}": 1 for number in range(1000)})) == 20


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
KINDS = [
    "text",
    "long_text",
    "choice",
    "person",
    "people",
    "organisation",
    "project",
    "matter",
    "date",
    "instant",
    "boolean",
    "integer",
    "period",
]


def attempted(kind: str, value: Any) -> tuple[Any, tuple[Reason, ...]]:
    """What is kept of a value (None if nothing), and why it was refused (nothing if it was not)."""
    try:
        return read(kind, value, required=False), ()
    except Refused as refusal:
        return None, refusal.reasons


@given(st.sampled_from(KINDS), JSON)
def test_whatever_is_sent_is_kept_plain_or_refused_with_a_reason(kind: str, value: Any) -> None:
    kept, reasons = attempted(kind, value)
    assert all(reason.message.en.isprintable() and reason.message.zh.isprintable() for reason in reasons)
    text = json.dumps(kept, ensure_ascii=False, allow_nan=False)
    assert text.encode("utf-8")
    assert unicodedata.is_normalized("NFC", text)


@given(st.sampled_from(KINDS), JSON)
def test_what_was_kept_is_taken_again_unchanged(kind: str, value: Any) -> None:
    kept, _ = attempted(kind, value)
    if kept is not None:
        assert read(kind, kept, required=False) == kept


class TestExamples:
    @pytest.mark.parametrize(
        "kind", ["text", "long_text", "choice", "date", "instant", "boolean", "integer", "period"]
    )
    @given(today=st.dates(date(1990, 1, 1), date(2150, 1, 1)))
    def test_pass_on_any_day(self, kind: str, today: date) -> None:
        for future in (False, True) if kind in ("date", "instant") else (False,):
            subject = field(kind, future=future)
            example = static_example(subject, today)
            assert read_form([subject], {"it": example}, values={}, today=today, zone=SHANGHAI)

    @pytest.mark.parametrize("name", sorted(SHIPPED))
    def test_of_every_shipped_form_pass_their_form(self, name: str) -> None:
        """As far as the rulebook alone can fill it: people and matters are found by the gate."""
        for subject in load(SHIPPED[name]).machines.values():
            for form in (subject.register_, *(move.fields for move in subject.moves.values())):
                fields = [each for each in form if each.type not in FOUND_BY_GATE]
                filled = {each.name: static_example(each, TODAY) for each in fields}
                assert (
                    read_form(fields, filled, values={}, today=TODAY, zone=SHANGHAI).keys() == filled.keys()
                )

    def test_of_a_date_to_come_respect_what_they_may_not_precede(self) -> None:
        subject = field("date", future=True, not_before="due_on")
        known = {"due_on": (TODAY + timedelta(days=40)).isoformat()}
        example = static_example(subject, TODAY, known)
        assert read("date", example, known=known, future=True, not_before="due_on") == "2026-10-11"

    @pytest.mark.parametrize("kind", ["person", "people", "organisation", "project", "matter"])
    def test_of_people_and_matters_are_not_made_up(self, kind: str) -> None:
        assert static_example(field(kind), TODAY) is None

    def test_a_form_is_described_so_that_anybody_can_fill_it(self) -> None:
        (described,) = describe_fields([field("choice", "way")], "zh", {"way": "hold"})
        assert described == {
            "name": "way", "label": "名称", "type": "choice", "required": True, "choices": ["hold", "close"],
            "choice_labels": {"hold": "暂存", "close": "了结"}, "help": None, "example": "hold",
        }  # fmt: skip
