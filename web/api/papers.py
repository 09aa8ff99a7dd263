"""Documents: the kinds there are, drafts, issuing, the list, the file again, checking a code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from sqlmodel import Session
from starlette.responses import Response

from notifications.documents import codes, register, wording
from notifications.documents.shelf import Shelf
from states.form_values import label
from web.api import examples, shapes, wishes
from web.api.asking import Asked, document
from web.api.operations import Answers, Operation, Takes
from web.api.problems import Wrong
from web.api.wishes import Paper

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
FILE = Answers({"type": "string", "format": "binary"}, "%PDF-1.7 …", kinds=tuple(TYPES.values()))
WISH = {"matter": "MGJ-2026-0001", "kind": "assignment_letter", "form": "pdf", "lang": "zh"}


def operations() -> Iterator[Operation]:
    """All of them."""
    yield Operation("GET", "/documents", "documents_list", ("document", "read"), "The papers that were issued", list_,
                    Answers(shapes.DocumentsShape, {"documents": [examples.PAPER]}), "documents",
                    query=wishes.DocumentsQuery)  # fmt: skip
    yield Operation("GET", "/documents/kinds", "documents_kinds", ("document", "read"),
                    "The kinds of paper, what about, and who may issue them", kinds,
                    Answers(shapes.KindsShape, {"kinds": [{"kind": "assignment_letter", "title": "交办函", "about": ["clue"],
                                                           "by": ["registrar"]}]}), "documents")  # fmt: skip
    yield Operation("POST", "/documents/drafts", "document_draft", ("document", "draft"),
                    "A paper to look at: no number, kept nowhere", draft, FILE, "documents",
                    takes=Takes(Paper, WISH), may_refuse=True)  # fmt: skip
    yield Operation("POST", "/documents", "document_issue", ("document", "issue"),
                    "Issue a paper: it gets a number, and history its hash", issue,
                    Answers(shapes.IssuedShape, examples.ISSUED, 201, headers={"Location": "Its file."}), "documents",
                    takes=Takes(Paper, WISH), key=True, may_refuse=True)  # fmt: skip
    yield Operation("GET", "/documents/{id}/file", "document_print", ("document", "read"),
                    "An issued paper again, to the byte", print_, FILE, "documents", may_refuse=True)  # fmt: skip
    yield Operation("POST", "/documents/check", "document_check", ("document", "check"),
                    "Hold the code of a paper against the history on file", check,
                    Answers(shapes.CheckedShape, examples.CHECKED), "documents",
                    takes=Takes(wishes.Coded, {"code": f"PLUMBLINE1 MGJ-2026-0001 3 {'0' * 64} - -"}))  # fmt: skip


def list_(asked: Asked) -> Response:
    """The newest."""
    wanted = asked.query(wishes.DocumentsQuery)
    with asked.reading() as session:
        found = register.documents(
            session, asked.office, actor=asked.actor, matter=wanted.about, limit=wanted.limit
        )
    return document({"documents": [one._asdict() for one in found]})


def kinds(asked: Asked) -> Response:
    """The kinds."""
    shelf = Shelf(asked.work.settings.templates)
    texts = shelf.languages[asked.lang].papers
    found = [
        {"kind": kind, "title": texts[kind].title, "about": list(paper.about), "by": list(paper.by)}
        for kind, paper in shelf.papers.papers.items() if kind in texts
    ]  # fmt: skip
    return document({"kinds": found})


def draft(asked: Asked) -> Response:
    """A paper to look at."""
    wish = asked.body(Paper)
    with _told():
        from notifications.documents import issued  # noqa: PLC0415 - what prints weighs more than all else here

        with asked.reading() as session:
            content = issued.draft(session, _desk(asked), wish.matter, wish.kind, wish.form, lang=wish.lang,
                                   wish=_wish(wish), actor=asked.actor, at=asked.at)  # fmt: skip
    return _file(content, wish.form, f"draft.{wish.form}")


def issue(asked: Asked) -> Response:
    """Issue a paper."""
    wish = asked.body(Paper)

    def act(session: Session) -> dict[str, Any]:
        from notifications.documents import issued  # noqa: PLC0415 - as above

        made = issued.issue(session, _desk(asked), wish.matter, wish.kind, wish.form, lang=wish.lang, wish=_wish(wish),
                            actor=asked.actor, at=asked.at)  # fmt: skip
        return {"id": made.id, "number": made.number, "sha256": made.sha256}

    with _told():
        done = asked.once(("document", wish.model_dump()), act)
    return document(done, status=201, headers={"Location": f"/api/v1/documents/{done['id']}/file"})


def print_(asked: Asked) -> Response:
    """An issued paper again."""
    key = asked.id("no_such_document")
    with _told():
        with asked.reading() as session:
            form = register.document(session, asked.office, key, actor=asked.actor).form
        from notifications.documents import issued  # noqa: PLC0415 - as above

        with asked.unit() as session:  # what leaves is a line in the ledger of disclosures
            made = issued.reprint(session, _desk(asked), key, actor=asked.actor, at=asked.at)
    return _file(made.content, form, f"{made.number}.{form}")


def check(asked: Asked) -> Response:
    """Hold a code against history. That it does not match is said, not whether the matter exists."""
    text = asked.body(wishes.Coded).code
    try:
        mark = codes.read(text)
        if not 0 <= mark.seq < 2**31 or not 0 <= (mark.checkpoint or 0) < 2**31:
            raise codes.NotACode(text)
    except codes.NotACode:
        raise Wrong(422, "not_a_code", label("这不是本系统公文的核验码。", "This is not the code of a paper of ours."),
                    label("请完整扫描二维码。", "Scan the whole code."), field="code") from None  # fmt: skip
    with asked.reading() as session:
        found = codes.check(session, mark)
    return document({"ok": found.ok, "matter": mark.matter, "event_stands": found.event_stands,
                     "checkpoint_stands": found.checkpoint_stands})  # fmt: skip


def _wish(wish: Paper) -> wording.Wish:
    return wording.Wish(
        wish.to, wish.classification, wish.urgency, wish.signer, wish.contact, wish.copies_to, wish.copy_no,
        attachments=tuple(wish.attachments), lines=tuple((line.label, line.text) for line in wish.lines),
    )  # fmt: skip


def _desk(asked: Asked) -> Any:
    from notifications.documents.issued import Desk  # noqa: PLC0415 - as above

    settings = asked.work.settings
    return Desk(asked.office, Shelf(settings.templates), asked.work.rehearsal, settings.fonts)


def _file(content: bytes, form: str, name: str) -> Response:
    """A file to keep, never to open in place."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=TYPES[form], headers=headers)


@contextmanager
def _told() -> Iterator[None]:
    """Faults of papers, as the API tells them."""
    from notifications.documents import fonts, issued  # noqa: PLC0415 - as above

    try:
        yield
    except wording.NoSuchKind as fault:
        known = ", ".join(fault.known)
        raise Wrong(422, "unknown_document", label("没有这一文种。", str(fault)),
                    label(f"可用文种：{known}。", f"There are: {known}."), field="kind") from None  # fmt: skip
    except fonts.NoChineseFont as fault:
        raise Wrong(
            503, "no_chinese_font", label("没有找到中文字体。", str(fault)), headers={"Retry-After": "3600"}
        ) from None
    except issued.PrintsDifferently as fault:
        raise Wrong(
            409, "prints_differently", label("模板或字体已变，不能按签发时原样重印。", str(fault))
        ) from None
