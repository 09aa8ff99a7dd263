"""What no paper may say: who reported; and, where it goes to others than the person, whom the matter is about.

Texts that people typed go onto papers, and a name slips into them easily. So every text is held against the names on file.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, col, select

from cases import recusals
from cases.matters import Reporter, Subject
from notifications.documents.context import NoticeContext
from notifications.documents.shelf import Paper
from states.facts import Reason, Refused
from states.rulebook import Label

SHORTEST_NAME = 2  # a shorter text, such as a surname alone, would be found everywhere


def check(session: Session, matter: int, paper: Paper, context: NoticeContext) -> None:
    """Raises Refused where a paper names who reported, or names somebody whom it must not."""
    affair = recusals.affair(session, matter, upwards=True)
    text = "\n".join(_texts(context))
    reasons = []
    if _found(text, _reporters(session, affair)):
        reasons.append(Reason(
            "names_the_reporter",
            Label(zh="文书中含有举报人信息。", en="Something of who reported stands on this paper."),
            Label(zh="请修改相应步骤或附加内容后再签发。", en="Have the text changed where it was typed, then issue it."),
        ))  # fmt: skip
    if paper.names_nobody and _found(text, _subjects(session, affair)):
        reasons.append(Reason(
            "names_the_subject",
            Label(zh="该文种不得出现被反映人姓名。", en="This paper must not name whom the matter is about."),
            Label(zh="请改写问题表述，或改用其他文种。", en="Have the problem put in other words, or use another paper."),
        ))  # fmt: skip
    if reasons:
        raise Refused("names_somebody", tuple(reasons))


def _texts(context: NoticeContext) -> Iterable[str]:
    """Every text of a paper that somebody may have typed."""
    yield from (
        context.title,
        context.addressee,
        context.contact,
        context.copies_to,
        context.issuer,
        context.signer,
    )
    yield from (*context.body, *context.closing, *context.attachments)
    for line in context.particulars:
        yield from (line.label, line.value)


def _found(text: str, names: Iterable[str]) -> bool:
    return any(len(name.strip()) >= SHORTEST_NAME and name.strip() in text for name in names)


def _reporters(session: Session, affair: Iterable[int]) -> list[str]:
    query = select(Reporter).where(col(Reporter.matter).in_(affair))
    return [value for one in session.exec(query) for value in one.details.values() if isinstance(value, str)]


def _subjects(session: Session, affair: Iterable[int]) -> list[str]:
    return list(session.exec(select(Subject.name).where(col(Subject.matter).in_(affair))))
