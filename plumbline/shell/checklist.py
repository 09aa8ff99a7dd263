"""Checklists of inspections: which there are, what they ask, and loading a new version."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from plumbline.shell import given
from plumbline.shell.acting import Asked
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

app = noun(
    said("检查清单。", "Checklists of inspections: which there are, what they ask, loading a new version.")
)

Name = Annotated[
    str, typer.Argument(metavar="CODE", help=said("代码，或代码@版本。", "Its code, or CODE@VERSION."))
]
File = Annotated[
    Path, typer.Argument(metavar="FILE", help=said("清单文件（YAML）。", "A checklist in YAML."))
]
Dry = Annotated[bool, typer.Option("--dry-run", help=said("只检查，不载入。", "Only check it."))]


@verb(app, "list", said("已载入的清单及版本。", "Every version on file, the newest first."))
def list_(asked: Asked) -> Answer:
    from cases import checklists

    _ = asked.actor  # who is nobody here reads nothing
    with asked.work.reading() as session:
        found = [checklists.summary(one, asked.lang) for one in checklists.all_(session)]
    headings = [said("清单", "checklist"), said("名称", "label"), said("检查项", "asks"), said("必查", "mandatory"),
                said("载入人", "loaded by"), said("载入时间", "loaded at")]  # fmt: skip
    rows = [[one["checklist"], one["label"], one["asks"], one["mandatory"], one["loaded_by"], one["loaded_at"]]
            for one in found]  # fmt: skip
    return Answer({"checklists": found}, [Table(headings, rows)])


@verb(
    app, "show", said("一份清单的全部检查项。", "What a checklist asks, link by link, and what it rests on.")
)
def show(asked: Asked, name: Name) -> Answer:
    from cases import checklist_loading, checklists

    _ = asked.actor  # who is nobody here reads nothing
    with asked.work.reading() as session:
        labels = checklist_loading.links(asked.work.office)
        document = checklists.as_dict(checklists.named(session, name), labels, asked.lang)
    return Answer(document, [f"{document['checklist']} {document['label']}", *_text(document)])


def _text(document: dict[str, Any]) -> list[str | Table]:
    headings = [
        said("检查项", "item"),
        said("迹象", "sign"),
        said("必查", "mandatory"),
        said("计量", "measured in"),
    ]
    found: list[str | Table] = []
    for link in document["links"]:
        found.append(f"{link['label']} · {'; '.join(_basis(one) for one in link['basis'])}")
        found.append(Table(headings, [
            [one["item"], one["sign"], said("是", "yes") if one["mandatory"] else said("否", "no"),
             one["measure"]["unit"] if one["measure"] else None] for one in link["items"]]))  # fmt: skip
    return found


def _basis(one: dict[str, Any]) -> str:
    if one["kind"] == "setting":
        return said(f"本单位设定：{one['source']}", f"the office's setting: {one['source']}")
    return " ".join(one[name] for name in ("source", "article") if name in one)


@verb(
    app,
    "load",
    said("载入清单的新版本；已开启的检查不变。", "Load a version for the rounds to come; rounds under way keep theirs."),
)  # fmt: skip
def load(asked: Asked, file: File, dry_run: Dry = False) -> Answer:
    from cases import checklist_loading, checklists
    from states import checklists as rules

    given.check_file(file, what="FILE")
    actor, office = asked.actor, asked.work.office
    found = rules.load(file, links=checklist_loading.links(office))
    with asked.work.unit() as session:
        key = checklist_loading.load(session, office, found, actor=actor, at=asked.at)
        document = checklists.summary(checklists.named(session, key), asked.lang) | {"dry_run": dry_run}
        if dry_run:
            session.rollback()
    asks = document["asks"]
    done = said(f"{key}：{asks} 个检查项。", f"{key}: {asks} items.")
    return Answer(document, [done])
