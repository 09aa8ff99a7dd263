"""Reading a rulebook: its files are merged, and everything that is wrong is said at once, each with its line."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from states import rulebook_file
from states.rulebook_file import SHIPPED, NoSuchRulebook, RulebookFaults, load, shipped
from states.yaml_tree import Fault, read_tree
from tests.states.building import DATA, SMALL


def faults_of(path: Path) -> list[str]:
    """Every fault as one line "line key: message"."""
    with pytest.raises(RulebookFaults) as caught:
        load(path)
    return [f"{fault.line} {fault.key}: {fault.message}" for fault in caught.value.faults]


def written(folder: Path, text: str | bytes, name: str = "rulebook.yaml") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def changed(folder: Path, old: str, new: str) -> Path:
    """The small rulebook with one passage changed."""
    for file in SMALL.parent.iterdir():
        written(folder, file.read_text("utf-8"), file.name)
    text = SMALL.read_text("utf-8")
    assert text.count(old) == 1, "the passage must stand there once"
    return written(folder, text.replace(old, new))


def line_of(path: Path, passage: str) -> int:
    lines = path.read_text("utf-8").splitlines()
    (found,) = [number for number, line in enumerate(lines, start=1) if passage in line]
    return found


class TestAGoodRulebook:
    def test_is_merged_from_its_files(self) -> None:
        rulebook = load(SMALL)
        assert rulebook.key == "small-office@2026.1"
        assert list(rulebook.machines) == ["notice", "answer"]
        assert rulebook.machines["notice"].deadlines["check_in_time"].ladder[0].offset == "-3 working days"

    def test_words_mean_what_they_look_like(self) -> None:
        """YAML 1.1 would read the key `on` as true, 08:30 as a number and 2026.1 as another."""
        rulebook = load(SMALL)
        assert rulebook.machines["notice"].notices[0].on == ("submit",)
        assert (rulebook.version, rulebook.fires_at) == ("2026.1", "08:30")

    def test_an_anchor_is_followed_and_a_merge_key_leaves_what_is_said_here(self, tmp_path: Path) -> None:
        text = "    basis: &own {kind: setting, source: This office's own choice}\n"
        path = changed(
            tmp_path,
            text,
            text
            + "  b: {<<: *given, value: 3}\n  a: &given {value: 2, label: &l {zh: 乙, en: B}, basis: *own}\n",
        )
        assert "found undefined alias" in faults_of(path)[0]
        path = changed(
            tmp_path,
            text,
            text
            + "  a: &given {value: 2, label: {zh: 乙, en: B}, basis: *own}\n  b: {<<: *given, value: 3}\n",
        )
        assert [load(path).settings[name].value for name in ("a", "b")] == [2, 3]

    @pytest.mark.parametrize("name", sorted(SHIPPED))
    def test_ships_without_a_fault(self, name: str) -> None:
        assert shipped(name).name == name

    def test_is_read_once_per_process(self) -> None:
        name = next(iter(SHIPPED))
        assert shipped(name) is shipped(name)

    def test_that_nobody_ships_is_named(self) -> None:
        with pytest.raises(NoSuchRulebook, match="port-center"):
            shipped("port-center")


class TestAFaultyRulebook:
    def test_says_everything_that_is_wrong_at_once_each_with_its_line(self) -> None:
        """The file marks each of its faults with a comment: the code of the line says how many it has."""
        path = DATA / "faulty.yaml"
        expected: dict[int, int] = {}
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if mark := re.search(r"# (\d)$", line):
                expected[number] = int(mark[1])
        found: dict[int, int] = {}
        for fault in faults_of(path):
            line_number = int(fault.split(" ", 1)[0])
            found[line_number] = found.get(line_number, 0) + 1
        assert found == expected

    @pytest.mark.parametrize(
        "old,new,at,says",
        [
            (
                "        to: checked\n",
                "        to: cheked\n",
                "to: cheked",
                "no state 'cheked'; did you mean 'checked'?",
            ),
            (
                "from: [checked]\n        to: drafted",
                "from: [chekked]\n        to: drafted",
                "from: [chekked]",
                "no state 'chekked'",
            ),
            (
                "registered_by: [writer]",
                "registered_by: [righter]",
                "registered_by",
                "no role 'righter'; did you mean 'writer'?",
            ),
            ("budget: 15 working days", "budget: 15 wurking days", "budget", "not a period"),
            ("offset: -3 working days", "offset: sooner", "offset: sooner", "not an offset"),
            (
                "from_fact: seen_on",
                "from_fact: sean_on",
                "from_fact",
                "no field or fact 'sean_on'; did you mean 'seen_on'?",
            ),
            (
                "stops: [hand_back, ask, close]",
                "stops: [hand_back, asked]",
                "stops",
                "'asked'; did you mean 'ask'?",
            ),
            (
                "opens: {machine: answer,",
                "opens: {machine: anser,",
                "opens",
                "no machine 'anser'; did you mean 'answer'?",
            ),
            ("receives: checker", "receives: nobody", "receives", "no role 'nobody'"),
            ("grid: [1, 0]", "grid: [0, 0]", "grid: [0, 0]}\n", "same place of the picture as 'drafted'"),
            ("label: {zh: 退回, en: Hand back}", "label: {zh: 退回}", "退回", "`en` is missing"),
            ("kind: waiting", "kind: wating", "wating", "not a value of `kind`"),
            ("        engine: true", "        engine: perhaps", "perhaps", "true or false"),
            (
                "roles: [writer]\n        fields",
                "rolls: [writer]\n        fields",
                "rolls",
                "no key 'rolls' here; did you mean 'roles'?",
            ),
            ("on: [submit]", "on: []", "on: []", "`on` is empty"),
            ("example: Fence missing at gate 3", "choices: {}", "type: text", "needs an `example`"),
            (
                "type: date, label",
                "type: date, example: 2026-01-01, label",
                "type: date",
                "No example is written down",
            ),
            ("      hand_back:\n", "      open:\n", "      open:", "the name of opening a matter"),
            ("name: late,", "name: soon,", "offset: +1", "A rung 'soon' is on this ladder already"),
            ("label: {zh: 起草人, en: Writer}", "label: Writer", "label: Writer", "both languages"),
        ],
    )
    def test_names_the_line_and_what_was_meant(
        self, tmp_path: Path, old: str, new: str, at: str, says: str
    ) -> None:
        path = changed(tmp_path, old, new)
        lines = path.read_text("utf-8").splitlines()
        found = faults_of(path)
        (fault,) = [each for each in found if says in each]
        assert at.strip() in lines[int(fault.split(" ", 1)[0]) - 1]

    @pytest.mark.parametrize(
        "guards,says",
        [
            ("[{value_iss: {way: [hold]}}]", "no guard 'value_iss'; did you mean 'value_is'?"),
            ("[{not_handler: yes}]", "not_handler takes no argument"),
            ("[{act_done: submitt}]", "there is no move 'submitt'"),
            ("[{name: value_given, argument: [titel]}]", "no field or fact 'titel'"),
        ],
    )
    def test_says_which_guard_cannot_be_used_so(self, tmp_path: Path, guards: str, says: str) -> None:
        path = changed(
            tmp_path,
            "  from: [drafted]\n        to",
            f"  guards: {guards}\n        from: [drafted]\n        to",
        )
        (fault,) = faults_of(path)
        assert says in fault
        assert int(fault.split(" ", 1)[0]) == line_of(path, "guards:")

    def test_a_clock_may_not_look_at_a_form(self, tmp_path: Path) -> None:
        path = changed(tmp_path, "from_fact: seen_on", "when: [{two_people: [reason]}]")
        assert "looks at a form" in faults_of(path)[0]

    def test_a_law_is_named_with_its_article(self, tmp_path: Path) -> None:
        path = changed(
            tmp_path, "basis: *own\n        ladder", "basis: {kind: law, source: Some law}\n        ladder"
        )
        assert "named with its article" in faults_of(path)[0]

    def test_a_key_given_twice_is_a_fault_not_a_choice(self, tmp_path: Path) -> None:
        path = changed(tmp_path, "receives: checker", "receives: checker\nreceives: writer")
        (fault,) = faults_of(path)
        assert "given twice (first on line 5)" in fault
        assert fault.startswith("6 ")

    def test_two_files_may_not_give_the_same_machine(self, tmp_path: Path) -> None:
        path = changed(tmp_path, "  notice:\n    label", "  answer: {}\n  notice:\n    label")
        assert any("'answer' is given already, in rulebook.yaml" in fault for fault in faults_of(path))

    def test_a_driven_move_must_exist_at_the_other_end(self, tmp_path: Path) -> None:
        path = changed(tmp_path, "receives: checker", "receives: checker")
        answer = tmp_path / "answer.yaml"
        answer.write_text(answer.read_text("utf-8").replace("move: answered", "move: answerd"), "utf-8")
        with pytest.raises(RulebookFaults) as caught:
            load(path)
        (fault,) = caught.value.faults
        assert (Path(fault.file).name, fault.line) == ("answer.yaml", 15)
        assert "no move 'answerd' in notice; did you mean 'answered'?" in fault.message


class TestAFileThatIsNoRulebook:
    @pytest.mark.parametrize(
        "content,says",
        [
            (b"", "is empty"),
            (b"  \n\t\n", "is empty"),
            (b"# only a comment\n", "nothing but comments"),
            (b"PK\x03\x04\x00\x00", "not text"),
            ("name: 港".encode("gb18030"), "not UTF-8"),
            ("name: 港".encode("utf-16"), "not text"),
            (b"name: a\n\tversion: 1\n", "indented with a tab"),
            (b"name: [a\n", "not valid YAML"),
            (b"name: a: b\n", "not valid YAML"),
            (b"- a\n- b\n", "is a mapping"),
            (b"just words", "is a mapping"),
            (b"--- {}\n--- {}\n", "not valid YAML"),
            (b"name: !!python/object:os.system x\n", "Tags such as"),
            (b"a: &a [*a]\n", "nested too deeply or repeats itself"),
            (b"[" * 100_000, "nesting"),
            (b"? [1]\n: 2\n", "A key must be a plain word"),
            (b"<<: 3\n", "merges mappings only"),
            (b"x: " + b"y" * 2_000_001, "larger than 2 MB"),
            (b"{}", "`name` is missing"),
        ],
    )
    def test_is_refused_in_one_sentence(self, tmp_path: Path, content: bytes, says: str) -> None:
        found = faults_of(written(tmp_path, content))
        assert any(says in fault for fault in found)

    def test_an_anchor_that_multiplies_itself_is_refused(self, tmp_path: Path) -> None:
        lines = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
        lines += [
            f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]" for a, b in zip("abcdefg", "bcdefgh", strict=True)
        ]
        assert "repeats itself" in faults_of(written(tmp_path, "\n".join(lines)))[0]

    def test_a_folder_a_missing_file_and_an_impossible_path(self, tmp_path: Path) -> None:
        assert "a folder" in faults_of(tmp_path)[0]
        assert "no such file" in faults_of(tmp_path / "absent.yaml")[0]
        assert "cannot be read" in faults_of(tmp_path / ("x" * 5000))[0]
        assert "cannot be read" in faults_of(Path("with\0nul"))[0]

    @pytest.mark.parametrize(
        "name", ["../answer.yaml", "/etc/passwd", "sub/answer.yaml", "..", "", "rulebook.yaml"]
    )
    def test_only_files_beside_it_are_included(self, tmp_path: Path, name: str) -> None:
        path = changed(tmp_path, "include: [answer.yaml]", f"include: [answer.yaml, '{name}']")
        (fault,) = faults_of(path)
        assert fault.startswith(f"{line_of(path, 'include:')} include[1]: ")

    def test_an_included_file_that_is_absent_is_told_where_it_is_included(self, tmp_path: Path) -> None:
        path = changed(tmp_path, "include: [answer.yaml]", "include: [answr.yaml]")
        assert any(
            fault.startswith("6 include[0]: answr.yaml: There is no such file") for fault in faults_of(path)
        )

    def test_an_included_file_holds_only_what_is_shared(self, tmp_path: Path) -> None:
        path = changed(tmp_path, "include: [answer.yaml]", "include: [answer.yaml, more.yaml]")
        written(tmp_path, "zone: Asia/Shanghai\n", "more.yaml")
        (fault,) = faults_of(path)
        assert "but not `zone`" in fault


KEYS = [
    match.span()
    for match in re.finditer(r"[A-Za-z_0-9\u4e00-\u9fff]+", SMALL.read_text("utf-8"))
]  # fmt: skip


@given(
    st.sampled_from(KEYS),
    st.sampled_from(
        ["", "x", "0", "[]", "{}", "null", "true", "-1", "'", "{a: b}", "99999999999999999999", "~", "*own"]
    ),
)
def test_whatever_word_is_spoilt_the_answer_is_a_rulebook_or_faults_with_lines(
    tmp_path_factory: pytest.TempPathFactory, span: tuple[int, int], word: str
) -> None:
    text = SMALL.read_text("utf-8")
    folder = tmp_path_factory.mktemp("spoilt")
    written(folder, (SMALL.parent / "answer.yaml").read_text("utf-8"), "answer.yaml")
    path = written(folder, text[: span[0]] + word + text[span[1] :])
    most = text.count("\n") + 1
    assert all(fault.message.endswith((".", "?")) and 0 <= fault.line <= most for fault in faults_in(path))


WHOLE = yaml.load(SMALL.read_text("utf-8"), yaml.BaseLoader)
ANYTHING = st.recursive(
    st.sampled_from(
        [None, True, -1, 10**30, "", "x", "open", "checked", "is_handler", "notice", "a.b", "\n"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["zh", "en", "name", "notice", "open", "a.b", ""]), inner, max_size=3
        )
    ),
    max_leaves=4,
)


@given(st.data())
def test_whatever_part_is_replaced_by_whatever_the_answer_is_the_same_kind(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = copy.deepcopy(WHOLE)
    here: Any = whole
    for _ in range(data.draw(st.integers(1, 6))):
        inside = list(here) if isinstance(here, dict) else list(range(len(here)))
        at = data.draw(st.sampled_from(inside))
        if not isinstance(here[at], dict | list) or not here[at]:
            break
        parent, last, here = here, at, here[at]
    else:
        here, at = parent, last
    here[at] = data.draw(ANYTHING)
    folder = tmp_path_factory.mktemp("replaced")
    written(folder, (SMALL.parent / "answer.yaml").read_text("utf-8"), "answer.yaml")
    path = written(folder, yaml.safe_dump(whole, allow_unicode=True))
    assert all(fault.message.endswith((".", "?")) for fault in faults_in(path))


def faults_in(path: Path) -> tuple[Fault, ...]:
    """The faults of a rulebook that may have none."""
    try:
        load(path)
    except RulebookFaults as refused:
        return refused.faults
    return ()


def test_what_is_plain_reads_as_any_yaml_reader_would() -> None:
    """Against PyYAML's own loader, on the parts of YAML that both take the same way."""
    path = SMALL.parent / "answer.yaml"
    assert read_tree(path).value == yaml.safe_load(path.read_text("utf-8"))


def test_every_shipped_rulebook_is_found_by_its_folder() -> None:
    assert all(path.is_relative_to(rulebook_file.FOLDER) for path in SHIPPED.values())
