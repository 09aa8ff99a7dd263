"""Checklists: the one that comes with the program, and every fault of one that an office writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from states import checklists
from states.checklists import ChecklistFaults
from states.rulebook_file import shipped

LINKS = next(one.choices for one in shipped().machines["inspection"].register_ if one.name == "link")
GOOD = """code: BERTH
version: "1"
label: {zh: 泊位, en: berth}
links:
- link: c15_quality
  basis: [{kind: setting, source: 本单位}]
  items:
  - {id: cover, sign: {zh: 覆盖, en: covered}}
  - id: size
    sign: {zh: 尺寸, en: size}
    measure: {label: {zh: 尺寸, en: size}, unit: mm, least: 0, most: "900.5"}
"""


def faults(tmp_path: Path, text: str) -> list[tuple[int, str, str]]:
    path = tmp_path / "berth.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ChecklistFaults) as found:
        checklists.load(path, links=LINKS)
    assert all(one.file == str(path) for one in found.value.faults)
    return [(one.line, one.key, one.message) for one in found.value.faults]


def test_the_shipped_one_asks_at_each_of_the_24_links_in_both_languages() -> None:
    one = checklists.load(checklists.SHIPPED, links=LINKS)
    assert one == checklists.shipped()
    assert [section.link for section in one.links] == list(LINKS)
    assert all(any(item.mandatory for item in section.items) for section in one.links)
    assert [item.id for _, item in one.asked("c13_prefunding")] == ["c13_1"]
    assert len(list(one.asked(None))) == len(list(one.asked("c99"))) > 60


def test_a_law_is_named_only_where_it_was_verified() -> None:
    unverified = {"c01_approval", "c02_land", "c19_settlement", "c22_conduct", "c24_duty"}
    by_link = {section.link: section.basis for section in checklists.shipped().links}
    assert {link for link, basis in by_link.items() if basis[0].kind == "setting"} == unverified
    without_article = {
        link for link, basis in by_link.items() if basis[0].kind == "law" and not basis[0].article
    }
    assert without_article == {"c16_safety", "c17_supervision"}
    assert all(by_link[link][0].note for link in without_article)


def test_an_office_writes_its_own(tmp_path: Path) -> None:
    path = tmp_path / "berth.yaml"
    path.write_text(GOOD, encoding="utf-8")
    one = checklists.load(path, links=LINKS)
    assert (one.key, [item.id for _, item in one.asked()]) == ("BERTH@1", ["cover", "size"])
    measure = one.links[0].items[1].measure
    assert measure is not None
    figures = ("-0.1", "0", "900.5", "900.6")
    assert [measure.allows(checklists.number(one) or 0) for one in figures] == [False, True, True, False]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "old, new, line, key, says",
    [
        ("link: c15_quality", "link: c15_qualty", 5, "links[0].link", "did you mean 'c15_quality'?"),
        ("id: size", "id: cover", 9, "links[0].items[1].id", "'cover' stands here twice"),
        ("en: covered", "", 8, "links[0].items[0].sign", "en"),
        ("code: BERTH", "code: Berth 1", 1, "code", "cannot be a code"),
        ("unit: mm, ", "", 11, "links[0].items[1].measure", "`unit` is missing"),
        ("least: 0", "least: much", 11, "links[0].items[1].measure.least", "is not a number"),
        ("least: 0", "least: 901", 11, "links[0].items[1].measure", "lies above"),
        ("items:\n  - {", "itms:\n  - {", 5, "links[0]", "`items` is missing"),
        ("basis: [{kind: setting, source: 本单位}]", "basis: []", 6, "links[0].basis", "basis"),
    ],
)
def test_a_fault_names_its_file_and_line(
    tmp_path: Path, old: str, new: str, line: int, key: str, says: str
) -> None:
    found = faults(tmp_path, GOOD.replace(old, new))
    assert any(one[0] == line and one[1].startswith(key) and says in one[2] for one in found), found


def test_every_fault_is_said_at_once_and_what_is_no_checklist_is_none(tmp_path: Path) -> None:
    assert len(faults(tmp_path, GOOD.replace("c15_quality", "c1").replace("id: size", "id: cover"))) == 2
    assert "mapping" in faults(tmp_path, "- a\n- b\n")[0][2]
    assert faults(tmp_path, "code: [\n")
    assert faults(tmp_path, "")


@pytest.mark.parametrize("text", ["", "1e5", "1,5", "NaN", "Infinity", "٣", "0x10", "1." * 40, "9" * 13])
def test_what_is_no_number(text: str) -> None:
    assert checklists.number(text) is None
