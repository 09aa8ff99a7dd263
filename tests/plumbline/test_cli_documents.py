"""Papers by the shell: drafted by whom the rules name, issued once with a number, printed again to the byte, checked."""

from __future__ import annotations

import hashlib
import io
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("typst")
pytest.importorskip("docxtpl")
pypdf = pytest.importorskip("pypdf")

from sqlmodel import select  # noqa: E402

from cases.history import Event  # noqa: E402
from notifications.documents import facts, issued  # noqa: E402
from notifications.documents.codes import Mark  # noqa: E402
from notifications.documents.issued import Desk  # noqa: E402
from notifications.documents.register import IssuedDocument  # noqa: E402
from notifications.documents.shelf import Shelf  # noqa: E402
from notifications.documents.wording import Wish  # noqa: E402
from plumbline.settings import Settings  # noqa: E402
from plumbline.work import Work  # noqa: E402
from tests.plumbline.shell import Shell, refused  # noqa: E402

LATE = datetime(2026, 9, 8, 1, 0, tzinfo=UTC)  # Tuesday 8 September 2026, nine in Shanghai


def text_of(path: Path) -> str:
    return re.sub(
        r"\s+",
        "",
        "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages),
    )


def issue(shell: Shell, path: Path, *more: str, kind: str = "supervision_letter") -> Any:
    return shell.do("registrar", "documents", "issue", "MGJ-2026-0001", kind, str(path), *more, at=LATE)


@pytest.fixture
def clue(shell: Shell) -> str:
    return shell.register(title="隐蔽工程未经验收先行覆盖")


def test_a_letter_is_issued_with_the_next_number_of_its_series(
    shell: Shell, clue: str, tmp_path: Path
) -> None:
    made = issue(shell, tmp_path / "a.pdf", "--attach", "时限一览表", "--line", "联系电话=内线 203")
    assert made["number"] == "港纪督〔2026〕1号"
    assert issue(shell, tmp_path / "b.pdf")["number"] == "港纪督〔2026〕2号"
    assert issue(shell, tmp_path / "c.pdf", kind="clue_received")["number"] == "港纪受〔2026〕1号"
    assert hashlib.sha256((tmp_path / "a.pdf").read_bytes()).hexdigest() == made["sha256"]
    found = text_of(tmp_path / "a.pdf")
    for told in (
        "港口集团纪委",
        "港纪督〔2026〕1号",
        clue,
        "至今已逾期",
        "附件：1.时限一览表",
        "2026年9月8日",
        "演",
    ):
        assert told in found


def test_history_holds_the_hash_and_still_verifies(shell: Shell, clue: str, tmp_path: Path) -> None:
    made = issue(shell, tmp_path / "a.pdf")
    last = shell.do("registrar", "clue", "history", clue)["events"][-1]
    assert last["move"] == "document.supervision_letter"
    assert last["data"] == {"number": made["number"], "lang": "zh", "form": "pdf", "sha256": made["sha256"]}
    assert shell.do("registrar", "audit", "verify")["ok"]
    assert shell.do("registrar", "clue", "show", clue)["version"] == 1  # a paper moves nothing


@pytest.mark.parametrize("form", ["pdf", "docx"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_prints_again_to_the_byte(shell: Shell, clue: str, tmp_path: Path, form: str, lang: str) -> None:
    first, again = tmp_path / f"first.{form}", tmp_path / f"again.{form}"
    made = issue(shell, first, "--lang", lang)
    shell.do(
        "registrar", "documents", "print", str(made["id"]), str(again), at=datetime(2027, 1, 4, tzinfo=UTC)
    )
    assert first.read_bytes() == again.read_bytes()


def test_with_other_templates_it_does_not_pretend(
    shell: Shell, clue: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = issue(shell, tmp_path / "a.pdf")
    own = tmp_path / "own"
    shell.run("documents", "templates", str(own))
    layout = own / "official.typ"
    layout.write_text(layout.read_text("utf-8").replace("#d7000f", "#000000"), "utf-8")
    monkeypatch.setenv("PLUMBLINE_TEMPLATES", str(own))
    refused(
        shell.ask("registrar", "documents", "print", str(made["id"]), str(tmp_path / "b.pdf")),
        3,
        "prints_differently",
    )
    assert not (tmp_path / "b.pdf").exists()
    draft = tmp_path / "draft.pdf"
    shell.do("registrar", "documents", "draft", clue, "supervision_letter", str(draft), at=LATE)
    assert draft.read_bytes()[:4] == b"%PDF"


def test_a_broken_template_takes_no_number(
    shell: Shell, clue: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    shell.run("documents", "templates", str(own))
    words = own / "zh.yaml"
    good = words.read_text("utf-8")
    words.write_text(good.replace("{{ due_on }}", "{{ due_day }}"), "utf-8")
    monkeypatch.setenv("PLUMBLINE_TEMPLATES", str(own))
    said = shell.ask(
        "registrar", "documents", "issue", clue, "supervision_letter", str(tmp_path / "a.pdf"), at=LATE
    )
    refused(said, 3, "faulty_template")
    assert "due_day" in said.json["message"]
    words.write_text(good, "utf-8")
    assert issue(shell, tmp_path / "a.pdf")["number"] == "港纪督〔2026〕1号"


def test_a_draft_has_no_number_and_leaves_nothing_behind(shell: Shell, clue: str, tmp_path: Path) -> None:
    path = tmp_path / "draft.pdf"
    shell.do("registrar", "documents", "draft", clue, "supervision_letter", str(path), at=LATE)
    assert "〔2026〕" not in text_of(path)
    assert shell.do("registrar", "documents", "list")["documents"] == []
    assert len(shell.do("registrar", "clue", "history", clue)["events"]) == 1


def test_who_may_not_see_it_cannot_write_about_it(shell: Shell, clue: str, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    issue(shell, path)
    for nobody in ("owner", "district", "operator"):
        refused(
            shell.ask(nobody, "documents", "issue", clue, "supervision_letter", str(path), at=LATE),
            2,
            "no_such_number",
        )
        assert shell.do(nobody, "documents", "list")["documents"] == []
        refused(shell.ask(nobody, "documents", "print", "1", str(tmp_path / "x.pdf")), 2, "no_such_document")
    refused(
        shell.ask("auditor", "documents", "issue", clue, "supervision_letter", str(path), at=LATE),
        1,
        "not_your_role",
    )
    assert [one["number"] for one in shell.do("auditor", "documents", "list")["documents"]] == [
        "港纪督〔2026〕1号"
    ]


def test_what_cannot_be_written_is_refused_with_reasons(shell: Shell, clue: str, tmp_path: Path) -> None:
    def tried(kind: str, name: str = "a.pdf", *more: str) -> Any:
        return shell.ask("registrar", "documents", "issue", clue, kind, str(tmp_path / name), *more, at=LATE)

    refused(tried("rectification_notice"), 1, "wrong_matter")
    refused(tried("assignment_letter"), 1, "nothing_to_say")
    refused(tried("supervision_letter", "a.pdf", "--line", "203"), 2, "not_a_line")
    refused(tried("no_such_kind"), 2, "unknown_document")
    refused(tried("supervision_letter", "a.txt"), 2, "unknown_form")
    assert list(tmp_path.glob("a.*")) == []


def test_the_reporter_is_on_no_paper(shell: Shell, tmp_path: Path) -> None:
    secret = "陆遥无名氏"
    number = shell.register(real_name="true", reporter_name=secret, reporter_contact="13800000000")
    kinds = shell.do("registrar", "documents", "kinds")["kinds"]
    written = 0
    for kind in (one["kind"] for one in kinds):
        path = tmp_path / f"{kind}.pdf"
        said = shell.ask("registrar", "documents", "draft", number, kind, str(path), at=LATE)
        if said.status == 0:
            written += 1
            assert secret not in text_of(path)
            assert "13800000000" not in text_of(path)
    assert written >= 4
    assert secret not in str(shell.do("registrar", "documents", "kinds"))


SECRET = "陆遥无名氏"


@pytest.mark.parametrize(
    "more", [("--line", f"来源={SECRET}反映"), ("--attach", f"{SECRET}来信"), ("--contact", SECRET)]
)
def test_who_reported_slips_onto_no_paper_by_hand_either(
    shell: Shell, tmp_path: Path, more: tuple[str, str]
) -> None:
    number = shell.register(real_name="true", reporter_name=SECRET, reporter_contact="13800000000")
    for verb in ("draft", "issue"):
        path = str(tmp_path / "a.pdf")
        said = shell.ask("registrar", "documents", verb, number, "supervision_letter", path, *more, at=LATE)
        refused(said, 1, "names_the_reporter")
        assert SECRET not in said.out
    assert shell.do("registrar", "documents", "list")["documents"] == []


def test_a_risk_point_is_told_of_to_its_unit_with_its_grade_and_measures(
    shell: Shell, tmp_path: Path
) -> None:
    form = shell.do("registrar", "risk", "form")["fields"]
    words = shell.filled(form, project="PC", link="c15_quality", problem="一人签认即可覆盖。")
    number = shell.do("registrar", "risk", "register", *words)["number"]
    for who, move, *sets in (
        ("registrar", "grade_by_stage", "stage=appeared", "grade_reason=两处工地。"),
        ("registrar", "set_measures", "measure=三方现场联合签认。", "point_owner=officer", "indicator=缺失率",
         "review_on=2026-12-01"),
        ("leader", "put_in_force"),
    ):  # fmt: skip
        shell.do(who, "risk", "advance", number, move, *(word for one in sets for word in ("--set", one)))
    path = tmp_path / "a.pdf"
    made = shell.do("leader", "documents", "issue", number, "risk_disposal_notice", str(path), at=LATE)
    assert made["number"] == "港纪处〔2026〕1号"
    found = text_of(path)
    for told in ("港口中心项目", "质量与隐蔽工程", "中", "一人签认即可覆盖。", "三方现场联合签认。"):
        assert told in found
    refused(
        shell.ask("registrar", "documents", "issue", number, "risk_disposal_notice", str(path), at=LATE), 1
    )


def test_a_unit_is_not_told_whom_it_is_about(shell: Shell, tmp_path: Path) -> None:
    named = shell.register(subject="某甲某", problem="某甲某在隐蔽工程验收中失职。")
    path = str(tmp_path / "a.pdf")
    refused(
        shell.ask("head", "documents", "issue", named, "supervisory_recommendation", path),
        1,
        "names_the_subject",
    )
    refused(shell.ask("leader", "documents", "issue", named, "risk_notice", path), 1, "names_the_subject")
    plain = shell.register(subject="某甲某", problem="隐蔽工程验收流于形式。")
    made = shell.do("head", "documents", "issue", plain, "supervisory_recommendation", path)
    assert made["number"] == "港纪监建〔2026〕1号"
    found = text_of(Path(path))
    assert "监察建议书" in found
    assert "第七十一条" in found
    assert "某甲某" not in found
    refused(
        shell.ask("leader", "documents", "issue", plain, "supervisory_recommendation", path),
        1,
        "not_your_role",
    )
    shell.do("leader", "documents", "issue", named, "delegated_talk_notice", path)
    assert "某甲某所在党组织" in text_of(Path(path)), "whoever holds the talk must know with whom"


def test_the_code_on_a_paper_is_held_against_history(
    shell: Shell, home: Path, clue: str, tmp_path: Path
) -> None:
    shell.do("registrar", "audit", "checkpoint")
    issue(shell, tmp_path / "a.pdf")
    work = Work.open(Settings(home=home))
    with work.reading() as session:
        code = session.exec(select(IssuedDocument)).one().context["code"]
    assert shell.do("auditor", "documents", "check", code) == {
        "ok": True, "matter": clue, "event_stands": True, "checkpoint_stands": True}  # fmt: skip
    refused(shell.run("documents", "check", "hello", "--json"), 2, "not_a_code")
    with work.unit() as session:  # somebody writes history anew
        session.exec(select(Event)).first().hash = "0" * 64  # type: ignore[union-attr]
    said = shell.run("documents", "check", code, "--json")
    assert (said.status, said.json["ok"], said.json["event_stands"]) == (1, False, False)
    other = Mark("MGJ-2026-0099", 1, "ab" * 32)
    assert shell.run("documents", "check", str(other), "--json").status == 1
    work.engine.dispose()


def test_two_who_issue_at_once_get_two_numbers(shell: Shell, home: Path, clue: str) -> None:
    """The file of one that fails is not issued, and its number goes to the next."""
    work = Work.open(Settings(home=home))
    desk = Desk(work.office, Shelf(), work.rehearsal)

    def one(actor: str) -> str:
        with work.unit() as session:
            return issued.issue(session, desk, clue, "supervision_letter", "pdf", lang="zh", wish=Wish(), actor=actor,
                                at=LATE).number  # fmt: skip

    def fails() -> None:
        with work.unit() as session:
            made = issued.issue(session, desk, clue, "supervision_letter", "pdf", lang="zh", wish=Wish(),
                                actor="registrar", at=LATE)  # fmt: skip
            raise RuntimeError(f"the disk is full: {made.number} could not be kept")

    with pytest.raises(RuntimeError, match="1号 could not be kept"):
        fails()
    assert [one("registrar"), one("leader")] == ["港纪督〔2026〕1号", "港纪督〔2026〕2号"]
    work.engine.dispose()


def test_without_what_prints_it_says_what_is_missing(
    shell: Shell, clue: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("notifications.documents")]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("faulty", "fonts", "issued", "pdf"):
        monkeypatch.delattr(f"notifications.documents.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "typst", None)
    said = shell.run("documents", "kinds", "--json")
    refused(said, 3, "not_installed")
    assert "typst" in said.json["message"]
    assert clue in shell.ask("registrar", "clue", "list").out  # and everything else works


def test_values_read_as_their_own_form_named_them(
    shell: Shell, home: Path, clue: str, tmp_path: Path
) -> None:
    """A clue's kind is not an inspection's kind, though both are called `kind`."""
    work = Work.open(Settings(home=home))
    with work.reading() as session:
        zh, en = (
            facts.about(session, work.office, clue, actor="registrar", at=LATE, lang=lang)
            for lang in ("zh", "en")
        )
    assert (zh.labels["v.kind"], en.labels["v.kind"]) == ("问题类别", "Kind of problem")
    assert zh.facts["v"]["kind_key"] == "duty_neglect"
    assert zh.facts["v"]["kind"] not in ("", "duty_neglect")
    assert (zh.facts["v"]["real_name"], en.facts["v"]["real_name"]) == ("是", "yes")
    assert (zh.facts["received_on"], en.facts["received_on"]) == ("2026年9月1日", "1 September 2026")
    assert zh.facts["v"]["never_filled_in"] == ""
    assert not {name for name in zh.labels if "reporter" in name}
    work.engine.dispose()
