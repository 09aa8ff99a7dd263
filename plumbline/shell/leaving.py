"""The end of an account: what hangs on somebody, and how it passes on in one approved act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from plumbline.shell import given
from plumbline.shell.acting import Asked
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import verb
from plumbline.shell.words import said

Login = Annotated[str, typer.Argument(metavar="LOGIN", help=said("账号。", "The login."))]
Id = Annotated[
    int, typer.Argument(metavar="ID", min=1, max=2**63 - 1, help=said("编号。", "Its id; see `ends`."))
]
To = Annotated[str | None, typer.Option("--to", metavar="LOGIN", help=said("接替人。", "Who takes over."))]
Also = Annotated[
    list[str] | None,
    typer.Option("--also", metavar="NUMBER=LOGIN",
                 help=said("个别事项另行接替，可重复。", "Another successor for one matter; repeatable.")),
]  # fmt: skip
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=said("原因。", "Why."))]


def pack(asked: Asked, login: Login) -> Answer:
    from cases import ending

    actor = asked.actor
    with asked.work.reading() as session:
        found = ending.pack(session, asked.work.office, login, actor=actor)
    return Answer({"login": login, **found}, _pack(found))


def _pack(found: Mapping[str, Any]) -> list[str | Table]:
    headings = [said("编号", "number"), said("状态", "state"), said("身份", "as"), said("时限", "clocks")]
    rows = [
        [one["number"], one["state"], ", ".join(one["as"]),
         ", ".join(f"{clock['name']} {clock['due_on'] or ''}".strip() for clock in one["clocks"])]
        for one in found["matters"]
    ]  # fmt: skip
    unseen = said(f"另有 {found['unseen']} 件您无权查看；共 {found['clocks']} 个时限。",
                  f"{found['unseen']} more that you do not see; {found['clocks']} clocks in all.")  # fmt: skip
    return [Table(headings, rows), *found["programmes"], unseen]


def end(asked: Asked, login: Login, reason: Reason, to: To = None, also: Also = None) -> Answer:
    from cases import ending
    from cases.ending import Proposal

    actor = asked.actor
    proposal = Proposal(login, to, given.fields(also), reason)
    with asked.work.unit() as session:
        made = ending.propose(session, asked.work.office, proposal, actor=actor, at=asked.at)
        document = {"id": made.id, "person": login, "successor": to, "status": made.status}
    return Answer(
        document, [said(f"已提出（{made.id}），待批准。", f"Proposed ({made.id}); a second person approves.")]
    )


def ends(asked: Asked) -> Answer:
    from cases import ending

    actor = asked.actor
    with asked.work.reading() as session:
        found: list[dict[str, Any]] = [
            {"id": one.id, "person": one.person, "successor": one.successor, "others": one.others, "reason": one.reason,
             "proposed_by": one.proposed_by, "pack": held}
            for one, held in ending.waiting(session, asked.work.office, actor=actor)
        ]  # fmt: skip
    text: list[str | Table] = []
    for one in found:
        text += [
            f"{one['id']} · {one['person']} → {one['successor']} ({one['proposed_by']}): {one['reason']}"
        ]
        text += _pack(one["pack"])
    return Answer({"ends": found}, text)


def approve(asked: Asked, key: Id) -> Answer:
    from cases import ending

    actor = asked.actor
    with asked.work.unit() as session:
        done = ending.approve(session, asked.work.office, key, actor=actor, at=asked.at)
    count = len(done.passed)
    return Answer(done.as_dict(), [said(f"{done.person} 的账号已终止，移交 {count} 件。",
                                        f"{done.person}'s account has ended; {count} passed on.")])  # fmt: skip


def keep(asked: Asked, key: Id) -> Answer:
    from cases import ending

    actor = asked.actor
    with asked.work.unit() as session:
        one = ending.refuse(session, asked.work.office, key, actor=actor, at=asked.at)
        document = {"id": one.id, "person": one.person, "status": one.status}
    return Answer(document, [said(f"{one.person} 的账号保留。", f"{one.person}'s account stays.")])


def add_to(app: typer.Typer) -> None:
    """The verbs of leaving."""
    verb(app, "pack", said("移交清单。", "What hangs on somebody: what would have to pass on."))(pack)
    verb(
        app,
        "end",
        said(
            "提出终止账号，移交其全部工作；须另一人批准。",
            "Propose that an account ends; a second person approves.",
        ),
    )(end)
    verb(
        app,
        "ends",
        said("待批准的账号终止。", "The proposed ends that are yours to decide, or of your making."),
    )(ends)
    verb(
        app,
        "approve",
        said("批准账号终止：一次移交全部工作。", "Approve an end: everything passes on at once."),
    )(approve)
    verb(
        app,
        "keep",
        said("不予终止账号，或撤回提议。", "Decide against an end, or take one's own proposal back."),
    )(keep)
