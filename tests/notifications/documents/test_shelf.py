"""Templates: an office edits them without code; what it breaks is said in a sentence; what it leaves out is ours."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("typst")
pytest.importorskip("docxtpl")

from notifications.documents.faulty import FaultyTemplate
from notifications.documents.shelf import SHIPPED, Shelf, copy_to
from states.rulebook_file import shipped

OURS = Shelf()


def test_every_paper_has_its_texts_in_both_languages_and_is_about_something_real() -> None:
    rulebook = shipped()
    kinds = set(OURS.papers.papers)
    assert len(kinds) > 20
    for texts in OURS.languages.values():
        assert set(texts.papers) == kinds
    for kind, paper in OURS.papers.papers.items():
        assert set(paper.about) <= set(rulebook.machines), kind
        assert set(paper.by) <= set(rulebook.roles), kind
        assert paper.by, kind


def test_every_fact_a_paper_names_exists() -> None:
    rulebook = shipped()
    for kind, paper in OURS.papers.papers.items():
        known = set(OURS.languages["zh"].labels)
        for machine in rulebook.machines.values():
            fields = [
                *machine.register_,
                *(field for move in machine.moves.values() for field in move.fields),
            ]
            known |= {f"v.{field.name}" for field in fields if not (field.private or field.sealed)}
        assert set(paper.table) | set(paper.needs) <= known, kind


def test_every_text_is_a_whole_sentence() -> None:
    """A comma in a list without quotation marks makes two texts of one, and the paper two paragraphs of a sentence."""
    unfinished = [
        (lang, kind, text)
        for lang, texts in OURS.languages.items()
        for kind, own in texts.papers.items()
        for text in (*own.body, *own.closing)
        if not text.endswith((".", ":", "。", "：", "}")) and kind != "transfer_receipt"
    ]
    assert unfinished == []


def test_what_goes_to_a_reporter_a_unit_or_members_names_nobody() -> None:
    outward = {"clue_received", "result_feedback", "risk_notice", "risk_disposal_notice", "recommendation", "circular",
               "supervisory_recommendation", "transfer_receipt", "meeting_notice", "minutes_notice",
               "rectification_notice", "cancel_sheet", "inspection_notice"}  # fmt: skip
    assert {kind for kind, paper in OURS.papers.papers.items() if paper.names_nobody} == outward
    for kind in ("clue_received", "result_feedback"):
        told = set(OURS.papers.papers[kind].table)
        assert told <= {"number", "received_on", "v.way", "v.outcome"}, "nothing that somebody typed"


def test_the_two_recommendations_are_two_papers_each_with_its_basis() -> None:
    papers, zh = OURS.papers.papers, OURS.languages["zh"].papers
    assert papers["recommendation"].series != papers["supervisory_recommendation"].series
    assert papers["supervisory_recommendation"].by == ("head",)
    assert "监察法》第七十一条" in " ".join(zh["supervisory_recommendation"].closing)
    assert "监察法" not in " ".join(zh["recommendation"].closing)


def test_the_papers_the_rulebook_sends_have_a_form() -> None:
    """Of the documents it names, those that are letters; the others are messages and say no more than a number."""
    messages = {
        "approval_request",
        "approval_decision",
        "clue_noted",
        "progress_note",
        "due_notice",
        "missed_round",
        "risk_review",
        "radar_notice",
        "report_owed",
        "recusal_request",
        "recusal_notice",
        "seat_vacant",
        "press_notice",
        "recall_note",
        "delegation_note",
        "signature_request",
        "copy_note",
    }
    named = set(shipped().documents)
    assert messages < named
    assert named - messages <= set(OURS.papers.papers)


def test_an_office_replaces_one_file_and_keeps_the_others(tmp_path: Path) -> None:
    assert {path.name for path in copy_to(tmp_path)} == {path.name for path in SHIPPED.iterdir()}
    assert copy_to(tmp_path) == []  # what is there stays
    own = tmp_path / "zh.yaml"
    own.write_text(own.read_text("utf-8").replace("督办函", "催办函"), "utf-8")
    (tmp_path / "papers.yaml").unlink()
    shelf = Shelf(tmp_path)
    assert "催办函" in shelf.languages["zh"].papers["supervision_letter"].title
    assert shelf.papers == OURS.papers
    assert shelf.version("pdf", "zh") != OURS.version("pdf", "zh")
    assert shelf.version("pdf", "en") == OURS.version("pdf", "en")


@pytest.mark.parametrize(
    "content, why",
    [("", "papers.yaml"), ("[1, 2", "papers.yaml"), ("mark: 港纪\npapers: {a: {by: [head], series: x}}", "papers.a.about"),
     ("mark: 港纪\npapers: {}\nmore: 1", "more"), ("mark: ''\npapers: {}", "mark")],
)  # fmt: skip
def test_what_is_broken_is_named(tmp_path: Path, content: str, why: str) -> None:
    (tmp_path / "papers.yaml").write_text(content, "utf-8")
    with pytest.raises(FaultyTemplate, match=why) as fault:
        _ = Shelf(tmp_path).papers
    assert str(fault.value).endswith("correct it, or remove it to use ours.")
