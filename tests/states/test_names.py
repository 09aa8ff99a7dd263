"""Names as an office writes them: one firm under its short name, its full one and its site office; a person with a title."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from states import names
from states.name_words import ENGLISH_FORMS, FIRM_ENDS, GENERIC, SITE_OFFICES, TITLES
from states.names import key_of, near, of_firm, of_person, same

FIRM = "恒泰监理公司"


@pytest.mark.parametrize("written", [
    "恒泰监理有限公司", "恒泰监理有限责任公司", "恒泰监理股份有限公司", "恒泰监理集团", "恒泰监理（集团）有限公司",
    "恒泰监理公司项目部", "恒泰监理公司（项目部）", "恒泰监理有限公司港口中心工程项目经理部", "【恒泰监理】有限公司",
    "恒泰　监理 有限 公司", "恒泰监理（长春）有限公司", "恒泰监理Co., Ltd.", "第七工程局、恒泰监理有限公司", "恒泰监理",
    "第七工程局有限公司和恒泰监理有限公司", "恒泰监理公司／第七工程局",
])  # fmt: skip
def test_a_firm_is_the_same_however_it_is_written(written: str) -> None:
    assert same(of_firm(FIRM), of_firm(written))


@pytest.mark.parametrize("written", [
    "长春恒泰监理工程", "恒泰监理公司长春分公司", "恒泰监理有限公司第三分公司项目部", "长春市恒泰监理咨询有限公司", "恒泰",
    "某甲（恒泰监理公司派驻）劳务队",
])  # fmt: skip
def test_a_branch_or_a_longer_name_is_near_and_no_more(written: str) -> None:
    assert not same(of_firm(FIRM), of_firm(written))
    assert near(of_firm(FIRM), of_firm(written))


@pytest.mark.parametrize("one, other", [
    ("监理公司", "监理有限公司"), ("监理公司", FIRM), ("甲公司", "甲有限公司"), ("公司", "有限公司"),
    ("建设公司", "和平建设公司"),
    ("恒泰监理公司", "恒信监理公司"), ("A Ltd", "A Inc"), ("（）", "（）"), ("", ""), ("公司", FIRM), ("ABC", "ABCD Works"),
])  # fmt: skip
def test_what_too_little_is_left_of_is_compared_as_it_is_written(one: str, other: str) -> None:
    assert not same(of_firm(one), of_firm(other))
    assert not near(of_firm(one), of_firm(other))


def test_two_places_in_brackets_are_for_somebody_to_look_at() -> None:
    one, other = of_firm("中铁（上海）工程局有限公司"), of_firm("中铁（广州）工程局有限公司")
    assert (same(one, other), near(one, other)) == (False, True)


@pytest.mark.parametrize("one, other", [
    ("Hengtai Supervision Co., Ltd.", "HENGTAI SUPERVISION"), ("Hengtai Supervision Inc", "Hengtai Supervision L.L.C."),
    ("Alpha Works GmbH & Co. KG", "Alpha Works"), ("Alpha Works Ltd, Beta Works Inc", "Beta Works"),
    ("Ｈengtai Ｓupervision", "Hengtai-Supervision (Group) Limited"),
])  # fmt: skip
def test_english_firms_are_compared_without_their_legal_form(one: str, other: str) -> None:
    assert same(of_firm(one), of_firm(other))


@pytest.mark.parametrize("written", [
    "沈洁（总监）", "沈洁、许静", "许静，沈洁", "沈洁和许静", "沈 洁", "沈洁总监", "项目经理沈洁", "总监：沈洁", "沈洁等人",
    "许静; 沈洁", "沈洁/许静", "沈洁（许静之夫）",
])  # fmt: skip
def test_a_person_is_the_same_with_title_note_and_others(written: str) -> None:
    assert same(of_person("沈洁"), of_person(written))


@pytest.mark.parametrize("written", ["沈洁工", "老沈洁", "恒泰监理沈洁", "沈洁许静", "许静（沈洁之妻）"])
def test_a_person_in_a_longer_text_is_near(written: str) -> None:
    assert not same(of_person("沈洁"), of_person(written))
    assert near(of_person("沈洁"), of_person(written))


@pytest.mark.parametrize("one, other", [
    ("李明", "李明华"), ("张", "张经理"), ("李和平", "李平"), ("李和平", "和平"), ("Li", "Oliver"), ("沈洁", "许静"),
])  # fmt: skip
def test_another_person_is_another(one: str, other: str) -> None:
    assert not same(of_person(one), of_person(other))
    assert not near(of_person(one), of_person(other))


def test_a_family_name_before_a_comma_is_no_second_person() -> None:
    assert same(of_person("Zhao, Deming"), of_person("Zhao Deming"))
    assert same(of_person("Zhao Deming, Li Ming"), of_person("Mr. Li Ming"))


def test_what_a_text_may_not_name_is_each_of_the_persons() -> None:
    assert names.parts_of("沈洁（总监）、许静") == ("沈洁", "许静")
    assert names.parts_of("沈") == names.parts_of("监理") == ()


# -------------------------------------------------------------------------------------------------- properties

SIGNS = "恒泰监理公司有限集团项部和与第七工程局沈洁许静总经AbLtdco、；,./()（）【】& ,"
FIELDS = st.text(SIGNS, max_size=16) | st.text(max_size=16)
NAMES = st.text("恒泰长春远洋沈洁许静德明", min_size=3, max_size=6)
KINDS = st.sampled_from([of_firm, of_person])


@given(KINDS, FIELDS, FIELDS)
def test_both_comparisons_are_symmetric(kind: type, one: str, other: str) -> None:
    left, right = kind(one), kind(other)
    assert same(left, right) == same(right, left)
    assert near(left, right) == near(right, left)
    assert not (same(left, right) and near(left, right))


@given(KINDS, FIELDS)
@example(of_firm, "a ltd 公司")
@example(of_firm, "甲 l 公司")
def test_what_is_left_of_a_name_is_compared_as_the_name_itself(kind: type, field: str) -> None:
    name = kind(field)
    assert same(name, name) == bool(key_of(field))
    for left in name.whole:
        assert kind(left).whole == {left}
        assert same(name, kind(left))


@given(KINDS, st.text(st.characters(categories=["P", "Z", "S", "M"]), max_size=8), FIELDS)
def test_what_holds_no_letter_matches_nothing(kind: type, empty: str, field: str) -> None:
    assume(not key_of(empty))
    assert not same(kind(empty), kind(field))
    assert not near(kind(empty), kind(field))


@given(NAMES, st.sampled_from([*FIRM_ENDS, *SITE_OFFICES, *(f" {form}" for form in sorted(ENGLISH_FORMS))]),
       st.sampled_from([*FIRM_ENDS, ""]))  # fmt: skip
def test_no_legal_form_loses_a_match(name: str, end: str, other_end: str) -> None:
    assert same(of_firm(name + end), of_firm(name + other_end))
    assert same(of_firm(f"{name}（{end.strip()}）"), of_firm(name + other_end))


@given(NAMES, st.text("长春上海甲乙", max_size=4), st.text("  　.·-", max_size=2))
def test_no_note_width_or_blank_loses_a_match(name: str, note: str, between: str) -> None:
    spread = between.join(name)
    for kind in (of_firm, of_person):
        assert same(kind(f"{name}（{note}）"), kind(name))
        assert same(kind(f"{name}({note}"), kind(spread))
    wide = "ABCDefgh".translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    assert same(of_firm(f"{wide}{name}"), of_firm(f"abcdEFGH{name}"))


@given(
    st.text("恒泰远洋沈洁许静德明", min_size=2, max_size=4),
    st.sampled_from(TITLES),
    NAMES,
    st.sampled_from("、；;/\n"),
)
def test_no_title_and_no_second_person_loses_a_match(name: str, title: str, other: str, between: str) -> None:
    for written in (name + title, title + name, f"{name}（{title}）", f"{other}{between}{name}"):
        assert same(of_person(written), of_person(name))


@given(st.sampled_from(sorted(GENERIC)), st.sampled_from(FIRM_ENDS), NAMES)
def test_what_many_firms_are_called_matches_none_of_them(word: str, end: str, name: str) -> None:
    assert not same(of_firm(word + end), of_firm(name + word + end))
    assert not near(of_firm(word), of_firm(name + word))
