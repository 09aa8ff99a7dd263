"""Interests: what one has a stake in, so that a matter that touches it is kept out of one's sight by itself."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from plumbline.shell.acting import Asked
from plumbline.shell.failures import WrongUsage
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

app = noun(said("利害关系申报。", "Interests you declare; matters that touch them are kept from you."))


class Kind(StrEnum):
    """What one may have a stake in."""

    COMPANY = "company"
    PERSON = "person"
    PROJECT = "project"
    BODY = "body"


LONGEST = 200
Name = Annotated[str, typer.Argument(metavar="NAME", help=said("名称或姓名。", "Its name."))]
Of = Annotated[
    Kind,
    typer.Argument(metavar="KIND", help=said("单位、人员、项目或机关。", "company, person, project, body.")),
]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help=said("说明。", "What the stake is."))]
Id = Annotated[
    int, typer.Argument(metavar="ID", min=1, max=2**63 - 1, help=said("申报编号。", "Its id; see `list`."))
]


@verb(app, "list", said("本人申报的利害关系。", "What you declared."))
def list_(asked: Asked) -> Answer:
    from cases import interests

    with asked.work.reading() as session:
        found = [
            {"id": one.id, "kind": one.kind, "name": one.name, "note": one.note,
             "declared_at": one.declared_at.isoformat(), "ended_at": one.ended_at.isoformat() if one.ended_at else None}
            for one in interests.of(session, asked.actor)
        ]  # fmt: skip
    headings = [
        said("编号", "id"),
        said("类别", "kind"),
        said("名称", "name"),
        said("说明", "note"),
        said("终止", "ended"),
    ]
    rows = [[one["id"], one["kind"], one["name"], one["note"], one["ended_at"]] for one in found]
    return Answer({"interests": found}, [Table(headings, rows)] if rows else [])


@verb(
    app,
    "declare",
    said("申报利害关系，并与在册事项比对。", "Declare one; what is on file is matched at once."),
)
def declare(asked: Asked, kind: Of, name: Name, note: Note = "") -> Answer:
    from cases import interests, recusing
    from states.names import key_of

    if not key_of(name) or len(name) > LONGEST or len(note) > 2000:
        raise WrongUsage(
            "bad_name",
            ("名称须含文字，不超过 200 字。", "A name has letters or digits, and at most 200 characters."),
        )
    actor = asked.actor
    with asked.work.unit() as session:
        key = interests.declare(
            session, person=actor, kind=kind.value, name=name.strip(), note=note, at=asked.at
        )
        recusing.match_everything(session, asked.work.office, at=asked.at)
    return Answer(
        {"id": key, "kind": kind.value, "name": name}, [said(f"已申报（{key}）。", f"Declared ({key}).")]
    )


@verb(app, "end", said("终止一项申报。", "End one; recusals that rest on it stay until they are lifted."))
def end(asked: Asked, key: Id) -> Answer:
    from cases import interests

    actor = asked.actor
    with asked.work.unit() as session:
        ended = interests.end(session, key, person=actor, at=asked.at)
    if not ended:
        raise WrongUsage(
            "no_such_interest",
            ("没有这项申报，或已终止。", "You declared no such interest, or it has ended."),
        )
    return Answer({"id": key, "ended": True}, [said("已终止。", "Ended.")])
