"""Issuing papers: draft, issue with a number and a line in history, print again to the byte."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlmodel import Session

from cases import disclosures, gathering, history, numbering, organisations, people
from cases.disclosures import Left
from cases.office import Office
from notifications.documents import codes, discretion, docx, extracts, facts, fonts, pdf, register, wording
from notifications.documents.context import NoticeContext
from notifications.documents.shelf import Form, Shelf
from notifications.documents.wording import Ask, Wish

PAPER = "paper"  # the kind of its line in the ledger of disclosures
NOBODY = "-"  # whom a paper tells that names no addressee
MOVE = "document"  # history names the issuing of a paper "document.KIND"


class PrintsDifferently(Exception):
    """This paper cannot be printed as it was issued: its templates or fonts have changed since."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What papers are made with: the office's rules, its templates and fonts, and whether all this is a rehearsal."""

    office: Office
    shelf: Shelf
    rehearsal: bool
    fonts: Path | None = None

    def pages(self, content: bytes, form: Form) -> int | None:
        """How many pages a file has; None where nobody knows before it is printed."""
        return pdf.pages(content) if form == "pdf" else None

    def file(self, context: NoticeContext, form: Form) -> bytes:
        """The file of a paper. Raises FaultyTemplate, NoChineseFont."""
        layout = self.shelf.layout(form, context.lang)
        if form == "docx":
            return docx.docx(context, layout)
        return pdf.pdf(context, layout, faces=fonts.faces(self.fonts))


class Issued(NamedTuple):
    """A paper that was issued, with its file; or an extract of it, which some items are left out of."""

    id: int
    number: str
    sha256: str
    content: bytes
    is_extract: bool = False


def draft(
    session: Session, desk: Desk, matter: str, kind: str, form: Form, *, lang: str, wish: Wish, actor: str, at: datetime
) -> bytes:  # fmt: skip
    """A paper to look at: with no number, marked as a draft, kept nowhere. Raises Refused, NoSuchMatter, as `issue`."""
    found = facts.about(session, desk.office, matter, actor=actor, at=at, lang=lang)
    paper = wording.check(desk.shelf, kind, found)
    ask = Ask(kind, lang, desk.office.day(at), wish, rehearsal=desk.rehearsal)
    context = wording.compose(desk.shelf, ask, found, paper)
    discretion.check(session, found.row.id, paper, context)
    return desk.file(context, form)


def issue(
    session: Session, desk: Desk, matter: str, kind: str, form: Form, *, lang: str, wish: Wish, actor: str, at: datetime
) -> Issued:  # fmt: skip
    """Issue a paper: it takes the next number of its series, and its hash goes into the matter's history.

    A faulty template is found before a number is taken. Raises Refused, NoSuchMatter, FaultyTemplate, NoChineseFont.
    """
    found = facts.about(session, desk.office, matter, actor=actor, at=at, lang=lang)
    paper = wording.check(desk.shelf, kind, found)
    number = _next_number(session, desk, paper.series, at=at)
    mark = codes.mark_of(session, number=matter, seq=found.row.head_seq, head=found.row.head_hash)
    ask = Ask(kind, lang, desk.office.day(at), wish, number, mark, desk.rehearsal)
    context = wording.compose(desk.shelf, ask, found, paper)
    discretion.check(session, found.row.id, paper, context)
    content = desk.file(context, form)
    sha256 = hashlib.sha256(content).hexdigest()
    event = history.note(session, found.row, at=at, actor=actor, move=f"{MOVE}.{kind}",
                         data={"number": number, "lang": lang, "form": form, "sha256": sha256})  # fmt: skip
    row = register.IssuedDocument(
        matter=found.row.id, event=event, document=kind, number=number, lang=lang, form=form, sha256=sha256,
        template=desk.shelf.version(form, lang), context=context.model_dump(mode="json"), issued_at=at, issued_by=actor,
    )  # fmt: skip
    session.add(row)
    session.flush()
    left = Left(wording.used(desk.shelf, ask, found, paper), sha256=sha256, pages=desk.pages(content, form))
    for told in _told(session, context):
        disclosures.record(session, found.row.id, PAPER, left, told=told, by=actor, at=at)
    return Issued(row.id or 0, number, sha256, content)


def reprint(session: Session, desk: Desk, document: int, *, actor: str, at: datetime) -> Issued:
    """The same file once more, to the byte; for whoever is kept out of an item of the round it is about, an extract
    without that item. Either way another line in the ledger of disclosures. Raises NoSuchDocument, PrintsDifferently.
    """
    row = register.document(session, desk.office, document, actor=actor)
    if not register.seen_whole(session, desk.office, row.matter, actor=actor):
        return _extract(session, desk, row, actor=actor, at=at)
    form: Form = "docx" if row.form == "docx" else "pdf"
    content = desk.file(NoticeContext.model_validate(row.context), form)
    if hashlib.sha256(content).hexdigest() != row.sha256:
        now = desk.shelf.version(form, row.lang)
        why = (
            f"its templates were {row.template} and are {now} now"
            if now != row.template
            else "other fonts are here"
        )
        raise PrintsDifferently(
            f"{row.number} cannot be printed as it was issued: {why}. Use the file that was kept."
        )
    if not disclosures.repeat(session, row.matter, PAPER, sha256=row.sha256, by=actor, at=at):
        left = Left(("title", "body"), sha256=row.sha256, pages=desk.pages(content, form))
        for told in _told(
            session, NoticeContext.model_validate(row.context)
        ):  # issued before the ledger held papers
            disclosures.record(session, row.matter, PAPER, left, told=told, by=actor, at=at)
    return Issued(document, row.number, row.sha256, content)


def _extract(
    session: Session, desk: Desk, row: register.IssuedDocument, *, actor: str, at: datetime
) -> Issued:
    form: Form = "docx" if row.form == "docx" else "pdf"
    matter = gathering.load_by_id(session, row.matter).row.number
    context, names = extracts.extract(session, desk, row, matter, actor=actor, at=at)
    content = desk.file(context, form)
    sha256 = hashlib.sha256(content).hexdigest()
    left = Left(names, sha256=sha256, pages=desk.pages(content, form))
    disclosures.record(
        session, row.matter, PAPER, left, told=people.person(session, actor).organisation, by=actor, at=at
    )
    return Issued(row.id or 0, row.number, sha256, content, is_extract=True)


def _told(session: Session, context: NoticeContext) -> list[str]:
    """Whom a paper tells: its addressee and those who get copies; a body on file by its code."""
    named = [text for text in (context.addressee, context.copies_to) if text] or [NOBODY]
    return [organisations.code_named(session, text) or text for text in named]


def _next_number(session: Session, desk: Desk, word: str, *, at: datetime) -> str:
    """The next number of a series of this year: 港纪督〔2026〕12号."""
    series = f"{desk.shelf.papers.mark}{word}〔{desk.office.day(at).year}〕"
    return f"{series}{numbering.raise_to(session, series, by=1)}号"
