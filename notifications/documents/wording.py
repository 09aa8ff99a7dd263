"""From facts to a paper: the office's texts filled in. Texts are templates; what people typed is only ever a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jinja2 import StrictUndefined, TemplateError, meta, nodes
from jinja2.sandbox import SandboxedEnvironment

from notifications.documents import facts
from notifications.documents.codes import Mark
from notifications.documents.context import NoticeContext, Particular
from notifications.documents.facts import About
from notifications.documents.faulty import FaultyTemplate
from notifications.documents.shelf import Language, Paper, Shelf
from states.facts import Reason, Refused
from states.rulebook import Label

_VOICES = {"keeper": "organisation", "addressee": "addressee", "recipient": "v.recipient"}
_TEXTS = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


class NoSuchKind(Exception):
    """There is no such kind of paper."""

    def __init__(self, kind: str, known: Sequence[str]) -> None:
        super().__init__(f"There is no kind of paper {kind[:64]!r}.")
        self.kind, self.known = kind[:64], known


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person who issues a paper adds to it. Empty: as the templates have it."""

    addressee: str = ""
    classification: str = ""
    urgency: str = ""
    signer: str = ""
    contact: str = ""
    copies_to: str = ""
    copy_no: str = ""
    attachments: tuple[str, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    """More lines of the table, such as the time and place of a talk."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Which paper is wanted: its kind, language and day, with the number it got (none for a draft) and its code."""

    kind: str
    lang: str
    on: date
    wish: Wish
    number: str = ""
    mark: Mark | None = None
    rehearsal: bool = False


def check(shelf: Shelf, kind: str, about: About) -> Paper:
    """The kind of paper, if this person may issue it about this matter as it is now.

    Raises NoSuchKind, and Refused with every reason.
    """
    paper = shelf.papers.papers.get(kind)
    if paper is None or any(kind not in texts.papers for texts in shelf.languages.values()):
        raise NoSuchKind(kind, sorted(shelf.papers.papers))
    reasons = _not_about(paper, about) or [
        *_not_by(paper, about),
        *(_not_whole(paper, about) or _lacking(paper, about)),
    ]
    if reasons:
        raise Refused("not_this_document", tuple(reasons))
    return paper


def compose(shelf: Shelf, ask: Ask, about: About, paper: Paper) -> NoticeContext:
    """The paper in words. Raises FaultyTemplate for a text that cannot be filled in."""
    texts = shelf.languages[ask.lang]
    own, wish = texts.papers[ask.kind], ask.wish
    pen = _Pen(f"{ask.lang}.yaml", ask.kind, about.facts)
    dated = facts.day_in(ask.on, ask.lang)
    issuer = _fact(about, _VOICES[paper.voice])
    return NoticeContext(
        lang="zh" if ask.lang == "zh" else "en", kind=ask.kind, issuer=issuer, number=ask.number,
        upward=paper.upward, signer=wish.signer, copy_no=wish.copy_no, classification=wish.classification,
        urgency=wish.urgency or (texts.urgency if paper.urgency else ""), title=pen.written(own.title),
        addressee=wish.addressee or pen.written(own.addressee), body=pen.all_written(own.body),
        particulars=(*_table(paper, about, texts), *_added(wish)), closing=pen.all_written(own.closing),
        attachments=wish.attachments,
        dated_on=ask.on, dated=dated, contact=wish.contact, copies_to=wish.copies_to,
        printed=pen.written(texts.printed, date=dated), stamp=_stamp(ask, texts), code=str(ask.mark or ""),
        code_text=_code_text(ask.mark, texts, pen), words=texts.words,
    )  # fmt: skip


def on_extract(shelf: Shelf, ask: Ask, about: About) -> str:
    """What an extract says of itself: of which paper it is, and which items are left out."""
    pen = _Pen(f"{ask.lang}.yaml", ask.kind, {})
    items = ("、" if ask.lang == "zh" else ", ").join(map(str, about.left_out))
    return pen.written(shelf.languages[ask.lang].extract, number=ask.number, items=items)


def used(shelf: Shelf, ask: Ask, about: About, paper: Paper) -> tuple[str, ...]:
    """The names of the facts that stand on a paper: those its texts and its table name and that are known, and what was
    added by hand."""
    own, wish = shelf.languages[ask.lang].papers[ask.kind], ask.wish
    texts = (own.title, *(() if wish.addressee else (own.addressee,)), *own.body, *own.closing)
    named = {*paper.table, *(name for text in texts for name in _named(text))}
    known = {name.removeprefix("v.") for name in named if _fact(about, name) not in ("", "0")}
    added = [label for label, _ in wish.lines] + (["attachments"] if wish.attachments else [])
    return tuple(sorted(known | set(added)))


def _named(text: str) -> Iterator[str]:
    """The facts a text speaks of, a field of a form as `v.FIELD`."""
    tree = _TEXTS.parse(text)
    yield from (name for name in meta.find_undeclared_variables(tree) if name != "v")
    for found in tree.find_all(nodes.Getattr):
        if isinstance(found.node, nodes.Name) and found.node.name == "v":
            yield f"v.{found.attr.removesuffix('_key')}"


@dataclass(frozen=True, slots=True)
class _Pen:
    """Fills texts in, and says which of them has a fault."""

    file: str
    kind: str
    facts: Mapping[str, Any]

    def written(self, text: str, **more: Any) -> str:
        try:
            return _TEXTS.from_string(text).render(**self.facts, **more).strip()
        except (TemplateError, TypeError, ValueError, ArithmeticError) as fault:
            raise FaultyTemplate(self.file, f"{self.kind}: {fault}") from fault

    def all_written(self, texts: Sequence[str]) -> tuple[str, ...]:
        return tuple(filter(None, map(self.written, texts)))


def _table(paper: Paper, about: About, texts: Language) -> tuple[Particular, ...]:
    labels = texts.labels | dict(about.labels)
    lines = ((labels.get(name, name), _fact(about, name)) for name in paper.table)
    return tuple(Particular(label=label, value=value) for label, value in lines if value)


def _added(wish: Wish) -> Iterator[Particular]:
    return (Particular(label=label, value=value) for label, value in wish.lines)


def _fact(about: About, name: str) -> str:
    found = about.facts["v"][name[2:]] if name.startswith("v.") else about.facts.get(name, "")
    return "、".join(found) if isinstance(found, list) else str(found)


def _stamp(ask: Ask, texts: Language) -> str:
    return texts.stamps["rehearsal"] if ask.rehearsal else "" if ask.number else texts.stamps["draft"]


def _code_text(mark: Mark | None, texts: Language, pen: _Pen) -> str:
    if mark is None:
        return ""
    return pen.written(texts.code, matter=mark.matter, seq=mark.seq, hash=mark.hash[:16], checkpoint=mark.checkpoint,
                       checkpoint_hash=mark.checkpoint_hash[:16])  # fmt: skip


def _not_about(paper: Paper, about: About) -> list[Reason]:
    if about.row.machine in paper.about:
        return []
    machines = ", ".join(paper.about)
    return [Reason("wrong_matter", Label(zh=f"该文种不用于 {about.row.machine}。",
                                         en=f"This paper is not written about a {about.row.machine}."),
                   Label(zh=f"适用于：{machines}。", en=f"It is written about: {machines}."))]  # fmt: skip


def _not_by(paper: Paper, about: About) -> list[Reason]:
    if about.actor.roles & set(paper.by):
        return []
    roles = ", ".join(paper.by)
    return [Reason("not_your_role", Label(zh="您的角色不能签发该文种。", en="Your role does not issue this paper."),
                   Label(zh=f"可由以下角色签发：{roles}。", en=f"It is issued by: {roles}."))]  # fmt: skip


def _not_whole(paper: Paper, about: About) -> list[Reason]:
    """A paper on a round that speaks of its items is not issued by somebody who is kept out of one: it would lack it."""
    speaks = {name.removeprefix("v.") for name in (*paper.table, *paper.needs)} - about.shared
    if not about.left_out or not speaks:
        return []
    items, roles = (
        ", ".join(map(str, about.left_out)),
        [about.roles[one] for one in paper.by if one in about.roles],
    )
    return [Reason(
        "not_whole",
        Label(zh=f"您须回避第 {items} 项议题，由您签发的文书会缺少该项。",
              en=f"You are recused from item {items}; a paper that you issue would lack it."),
        Label(zh=f"请由不须回避任何议题的人员签发，可签发的角色：{'、'.join(one.zh for one in roles)}。",
              en=f"Somebody who is recused from none issues it; it is for: {', '.join(one.en for one in roles)}."),
    )]  # fmt: skip


def _lacking(paper: Paper, about: About) -> list[Reason]:
    missing = [about.labels.get(name, name) for name in paper.needs if not _fact(about, name)]
    cure = Label(zh="请先在事项中办理相应步骤。", en="Make the move that records it first.")
    return [
        Reason("nothing_to_say", Label(zh=f"尚缺：{name}。", en=f"This is not known yet: {name}."), cure)
        for name in missing
    ]
