"""The minutes of a round: whoever is kept out of an item issues none, and reads an extract that says what it lacks."""

from __future__ import annotations

import io
import re

import pytest
from sqlmodel import select

from cases import recusing
from cases.disclosures import Disclosure
from notifications.documents import issued
from notifications.documents.issued import Desk, Issued
from notifications.documents.shelf import Shelf
from notifications.documents.wording import Wish
from states.facts import Refused
from tests.cases.port_office import Port
from tests.cases.round_stories import WORD, all_say, apart, linked, resolved

pytest.importorskip("typst")
pypdf = pytest.importorskip("pypdf")


def decided(port: Port, *, out: str | None = None) -> str:
    """A decided round whose second item the contractor is kept out of, as is `out`; each item has its task."""
    number = apart(port)
    all_say(port, number, 1)
    all_say(port, number, 2, who=("owner", "overseer"))
    port.say(number, "deputy", "agree_if", item=2, conditions=WORD)
    resolved(port, number)
    if out is not None:
        with port.unit() as session:
            other = _clue_of_item_2(port, number)
            recusing.declare(session, port.office, other, actor=out, reason="x", at=port.at)
    for item in (1, 2):
        port.do(number, "leader", "issue_task", item=item, task_owner="owner")
    return number


def _clue_of_item_2(port: Port, number: str) -> str:
    return linked(port, number, "of_consultation")[-1]


def desk(port: Port) -> Desk:
    return Desk(port.office, Shelf(), rehearsal=False)


def issue(port: Port, number: str, who: str, kind: str = "minutes_notice") -> Issued:
    with port.unit() as session:
        return issued.issue(
            session, desk(port), number, kind, "pdf", lang="zh", wish=Wish(), actor=who, at=port.at
        )


def again(port: Port, paper: Issued, who: str) -> Issued:
    with port.unit() as session:
        return issued.reprint(session, desk(port), paper.id, actor=who, at=port.at)


def text_of(paper: Issued) -> str:
    pages = pypdf.PdfReader(io.BytesIO(paper.content)).pages
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))


def test_who_is_kept_out_of_an_item_drafts_no_minutes(port: Port) -> None:
    number = decided(port, out="officer")
    with pytest.raises(Refused) as refused:
        port.do(number, "officer", "draft_minutes")
    reason = next(one for one in refused.value.reasons if one.code == "recused")
    assert "item 2" in reason.message.en
    assert "第 2 项" in reason.message.zh
    assert "case supervision office" in reason.cure.en
    assert "案件监督管理部门" in reason.cure.zh
    assert port.do(number, "registrar", "draft_minutes").to == "minutes_drafted"


def test_who_is_kept_out_of_an_item_issues_no_minutes(port: Port) -> None:
    number = decided(port, out="registrar")
    port.do(number, "officer", "draft_minutes", minutes=WORD)
    port.do(number, "leader", "sign_minutes")
    with pytest.raises(Refused) as refused:
        issue(port, number, "registrar")
    (reason,) = refused.value.reasons
    assert reason.code == "not_whole"
    assert "item 2" in reason.message.en
    assert port.office.rulebook().roles["leader"].label.en in reason.cure.en
    assert port.office.rulebook().roles["leader"].label.zh in reason.cure.zh
    assert issue(port, number, "registrar", "meeting_notice").number, "which says nothing of any item"
    assert WORD in text_of(issue(port, number, "leader"))


def test_who_is_kept_out_of_an_item_reads_an_extract(port: Port) -> None:
    number = decided(port)
    port.do(number, "officer", "draft_minutes", minutes=f"经研究{WORD}")
    port.do(number, "leader", "sign_minutes")
    paper = issue(port, number, "leader")
    whole = again(port, paper, "owner")
    assert whole.sha256 == paper.sha256
    part = again(port, paper, "contractor")
    told = text_of(part)
    assert part.is_extract
    assert WORD not in told
    assert "第2项议题" in told
    assert "摘" in told
    assert paper.number in told
    assert "督促整改" in told, "what was decided on item 1"
    assert "恒泰监理公司" not in told
    with port.unit() as session:
        lines = [one for one in session.exec(select(Disclosure)).all() if one.sha256 == part.sha256]
    assert [(one.told, one.by, "minutes" in one.fields) for one in lines] == [("QJN", "contractor", False)]


def test_the_minutes_call_bodies_by_their_names(port: Port) -> None:
    number = decided(port)
    port.walk(number, ("officer", "draft_minutes"), ("leader", "sign_minutes"))
    told = text_of(issue(port, number, "leader"))
    assert "第七工程局南方公司" in told
    assert "QJN" not in told
