"""Recusals: declaring an interest in a matter, challenging somebody else, deciding, lifting, and what one is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plumbline.shell.acting import Asked
from plumbline.shell.matter import Number
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

if TYPE_CHECKING:
    from cases.recusing import Decided

app = noun(said("回避。", "Recusals: who is kept out of what, and who decides."))

Person = Annotated[
    str, typer.Argument(metavar="PERSON", help=said("被提出回避的人员账号。", "Whose recusal is asked for."))
]
Id = Annotated[
    int,
    typer.Argument(metavar="ID", min=1, max=2**63 - 1, help=said("回避编号。", "Its id; see `list`, `of`.")),
]
Reason = Annotated[
    str,
    typer.Option(
        "--reason", metavar="TEXT", help=said("理由，仅决定人可见。", "Why; only who decides reads it.")
    ),
]
Refuse = Annotated[bool, typer.Option("--refuse", help=said("不予回避。", "Decide against it."))]


@verb(
    app,
    "list",
    said("本人的回避及待本人决定的回避。", "Your own recusals, and those that are yours to decide."),
)
def list_(asked: Asked) -> Answer:
    from cases import recusing

    with asked.work.reading() as session:
        mine = recusing.mine(session, asked.work.office, asked.actor)
        waiting = recusing.to_decide(session, asked.work.office, asked.actor)
    headings = [said("事项", "matter"), said("状态", "state"), said("方式", "how")]
    rows = [[one["number"], said("已回避", "recused"), one["kind"]] for one in mine]
    text: list[str | Table] = [Table(headings, rows)] if rows else []
    return Answer({"mine": mine, "to_decide": waiting}, [*text, *_listed(waiting)])


@verb(app, "of", said("某事项的回避情况。", "Who is kept out of a matter, or asked to be."))
def of(asked: Asked, number: Number) -> Answer:
    from cases import recusing

    with asked.work.reading() as session:
        found = recusing.of_matter(session, asked.work.office, number, actor=asked.actor)
    return Answer({"number": number, "recusals": found}, _listed(found))


def _listed(found: Sequence[Mapping[str, Any]]) -> list[str | Table]:
    headings = [said("编号", "id"), said("事项", "matter"), said("人员", "person"), said("方式", "how"),
                said("状态", "state"), said("理由", "reason")]  # fmt: skip
    rows = [
        [
            one["id"],
            one["number"],
            ", ".join([one["person"], *one.get("also", ())]),
            one["kind"],
            one["state"],
            one.get("reason"),
        ]
        for one in found
    ]
    return [Table(headings, rows)] if rows else []


@verb(
    app,
    "declare",
    said("申报本人回避，即时生效。", "Declare an interest of your own: it takes effect at once."),
)
def declare(asked: Asked, number: Number, reason: Reason) -> Answer:
    from cases import recusing

    actor = asked.actor
    with asked.work.unit() as session:
        done = recusing.declare(session, asked.work.office, number, actor=actor, reason=reason, at=asked.at)
    return _done(done)


@verb(
    app,
    "challenge",
    said("提出他人应当回避。", "Ask that somebody else be kept out; a second person decides."),
)
def challenge(asked: Asked, number: Number, person: Person, reason: Reason) -> Answer:
    from cases import recusing

    actor = asked.actor
    with asked.work.unit() as session:
        done = recusing.challenge(
            session, asked.work.office, number, actor=actor, person_=person, reason=reason, at=asked.at
        )
    return _done(done)


@verb(app, "decide", said("决定是否回避。", "Decide on a challenge, or on names that are near each other."))
def decide(asked: Asked, key: Id, reason: Reason, refuse: Refuse = False) -> Answer:
    from cases import recusing

    actor = asked.actor
    with asked.work.unit() as session:
        done = recusing.decide(
            session, asked.work.office, key, actor=actor, grant=not refuse, reason=reason, at=asked.at
        )
    return _done(done)


@verb(app, "lift", said("撤销回避。", "Lift a recusal, such as a match of two firms of one name."))
def lift(asked: Asked, key: Id, reason: Reason) -> Answer:
    from cases import recusing

    actor = asked.actor
    with asked.work.unit() as session:
        done = recusing.lift(session, asked.work.office, key, actor=actor, reason=reason, at=asked.at)
    return _done(done)


def _done(done: Decided) -> Answer:
    states = {"in_force": said("已回避", "recused"), "asked": said("待决定", "to be decided"),
              "refused": said("不予回避", "not recused"), "lifted": said("已撤销", "lifted")}  # fmt: skip
    line = f"{done.number} · {done.person}: {states[done.state]} ({done.id})"
    return Answer(done.as_dict(), [line])
