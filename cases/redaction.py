"""What leaves the discipline channel in words names neither whom a clue is about nor who reported it: the texts of a round,
which its members read, and those of a task, which a company reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import access, sight, unnamed
from cases.matters import Matter, MatterLink, OnFile
from cases.office import Office
from states.facts import Facts, Reason
from states.guards_on_forms import redacted
from states.name_search import named_in
from states.rulebook import FormField, Label, Move, Rulebook
from states.wording import Wording


def faults(
    session: Session, office: Office, row: OnFile, rule: Move, form: Mapping[str, Any], known: Facts
) -> list[Reason]:
    """That a text which people of other bodies will read names somebody of one of the clues behind it.

    Asked of whoever may see the clue: to others the refusal itself would tell whom it is about, or who reported.
    """
    book = office.rulebook(row.rulebook)
    texts = [field for field in _read_outside(book, row, rule) if form.get(field.name)]
    if not texts:
        return []
    seen = access.visible_to(session, known.actor.id, book)
    behind = col(Matter.id).in_(_behind(session, book, row, rule, form))
    clues = [
        key
        for key in session.execute(select(col(Matter.id)).where(behind, seen)).scalars()
        if key is not None
    ]
    return [
        *_names_subjects(unnamed.subjects(session, clues), texts, form, known),
        *_names_reporters(unnamed.reporters(session, clues), texts, form),
    ]


def _read_outside(book: Rulebook, row: OnFile, rule: Move) -> list[FormField]:
    """The texts of a form that those of other bodies who take part read, here or in the matter that the move opens."""
    texts = [field for field in rule.fields if field.type in ("text", "long_text") and not field.private]
    if sight.is_shared(book, row.machine):
        return texts
    if rule.opens is None or not sight.is_shared(book, rule.opens.machine):
        return []
    return [field for field in texts if field.name in rule.opens.copies]


def _behind(
    session: Session, book: Rulebook, row: OnFile, rule: Move, form: Mapping[str, Any]
) -> set[int | None]:
    """The matters that the texts speak of: what this one came out of, with those that the form links it to."""
    if not sight.is_shared(book, row.machine):
        return {row.id}
    parents = select(col(MatterLink.parent)).where(col(MatterLink.child) == row.id)
    numbers = [form[field.name] for field in rule.fields if field.links and form.get(field.name)]
    linked = select(col(Matter.id)).where(col(Matter.number).in_(numbers))
    return {*session.execute(parents).scalars(), *(session.execute(linked).scalars() if numbers else ())}


def _names_subjects(
    names: list[str], texts: list[FormField], form: Mapping[str, Any], known: Facts
) -> list[Reason]:
    """By the guard that a brief is held to: one condition and one refusal, field by field."""
    found: dict[str, Reason] = {}
    for name in names:
        facts = Facts(known.at, known.today, known.state, known.actor, {"subject": name}, form=form)
        for field in texts:
            if (why := redacted(facts, {"text": [field.name], "hides": ["subject"]})) is not None:
                worded = Wording({("field", field.name): field.label}).of(why)
                found[field.name] = replace(worded, field=field.name)
    return list(found.values())


def _names_reporters(secrets: list[str], texts: list[FormField], form: Mapping[str, Any]) -> list[Reason]:
    return [_says_who_reported(field) for field in texts if named_in(str(form[field.name]), secrets)]


def _says_who_reported(field: FormField) -> Reason:
    return Reason(
        "names_the_reporter",
        Label(en=f"{field.label.en!r} holds something of who reported; people of other bodies would read it.",
              zh=f"“{field.label.zh}”含有举报人信息，其他单位的人员会看到。"),
        Label(en="Take it out; write of the project, the link and the problem.",
              zh="请删去举报人信息，只写项目、环节和问题。"),
        field.name,
    )  # fmt: skip
