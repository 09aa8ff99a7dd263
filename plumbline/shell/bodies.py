"""Organisations and projects, as the operator enters them."""

from __future__ import annotations

from typing import Annotated

import typer

from plumbline.shell.acting import Asked
from plumbline.shell.output import Answer, Table
from plumbline.shell.people import administrator
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

organisations = noun(said("单位。", "Organisations: the tree of bodies."))
projects = noun(said("工程项目。", "Projects."))

Code = Annotated[str, typer.Argument(metavar="CODE", help=said("代码。", "The code."))]
Name = Annotated[str, typer.Option("--name", metavar="TEXT", help=said("姓名或名称。", "The name."))]
In = Annotated[
    str, typer.Option("--organisation", metavar="CODE", help=said("单位代码。", "The organisation."))
]
Kind = Annotated[
    str, typer.Option("--kind", metavar="KIND", help=said("单位类别。", "The kind of organisation."))
]
NameZh = Annotated[
    str, typer.Option("--name-zh", metavar="TEXT", help=said("中文名称。", "Name in Chinese."))
]
NameEn = Annotated[
    str, typer.Option("--name-en", metavar="TEXT", help=said("英文名称。", "Name in English."))
]
Under = Annotated[
    str | None, typer.Option("--under", metavar="CODE", help=said("上级单位。", "The body it reports to."))
]


@verb(organisations, "add", said("登记单位。", "Enter an organisation."))
def add_organisation(
    asked: Asked, code: Code, kind: Kind, name_zh: NameZh, name_en: NameEn, under: Under = None
) -> Answer:
    from cases import administering

    by = administrator(asked)
    with asked.work.unit() as session:
        administering.add_organisation(session, asked.work.office, actor=by, code=code, kind=kind, parent=under,
                                       names={"zh": name_zh, "en": name_en}, at=asked.at)  # fmt: skip
    return Answer(
        {"code": code, "kind": kind, "parent": under}, [said(f"已登记 {code}。", f"{code} is entered.")]
    )


@verb(organisations, "move", said("调整隶属关系。", "Put an organisation under another one, or under none."))
def move(asked: Asked, code: Code, under: Under = None) -> Answer:
    from cases import administering

    by = administrator(asked)
    with asked.work.unit() as session:
        administering.move_organisation(
            session, asked.work.office, actor=by, code=code, parent=under, at=asked.at
        )
    return Answer({"code": code, "parent": under}, [
        said(f"{code} 隶属 {under or '（无）'}。", f"{code} is under {under or 'none'}.")])  # fmt: skip


@verb(organisations, "list", said("在册单位。", "The organisations."))
def list_organisations(asked: Asked) -> Answer:
    from cases.organisations import organisations as every

    with asked.work.reading() as session:
        found = [
            {
                "code": one.code,
                "kind": one.kind,
                "name_zh": one.name_zh,
                "name_en": one.name_en,
                "parent": one.parent,
            }
            for one in every(session)
        ]
    headings = [said("代码", "code"), said("类别", "kind"), said("名称", "name"), said("上级", "under")]
    rows = [[one["code"], one["kind"], one[said("name_zh", "name_en")], one["parent"]] for one in found]
    return Answer({"organisations": found}, [Table(headings, rows)])


@verb(projects, "add", said("登记工程项目。", "Enter a project."))
def add_project(asked: Asked, code: Code, name: Name, organisation: In) -> Answer:
    from cases import administering

    by = administrator(asked)
    with asked.work.unit() as session:
        administering.add_project(session, asked.work.office, actor=by, code=code, name=name,
                                  organisation=organisation, at=asked.at)  # fmt: skip
    return Answer(
        {"code": code, "name": name, "organisation": organisation},
        [said(f"已登记 {code}。", f"{code} is entered.")],
    )


@verb(projects, "list", said("在册工程项目。", "The projects."))
def list_projects(asked: Asked) -> Answer:
    from cases.organisations import projects as every

    with asked.work.reading() as session:
        found = [
            {"code": one.code, "name": one.name, "organisation": one.organisation} for one in every(session)
        ]
    headings = [said("代码", "code"), said("名称", "name"), said("主管单位", "kept by")]
    rows = [[one["code"], one["name"], one["organisation"]] for one in found]
    return Answer({"projects": found}, [Table(headings, rows)])
