"""People as the operator enters them: their roles, their invitations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from plumbline.shell import leaving
from plumbline.shell.acting import Asked
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

app = noun(
    said("人员、任职、邀请与账号终止。", "People, their roles, invitations, and the end of an account.")
)

Login = Annotated[str, typer.Argument(metavar="LOGIN", help=said("账号。", "The login."))]
Name = Annotated[str, typer.Option("--name", metavar="TEXT", help=said("姓名或名称。", "The name."))]
In = Annotated[
    str, typer.Option("--organisation", metavar="CODE", help=said("单位代码。", "The organisation."))
]
Email = Annotated[
    str | None, typer.Option("--email", metavar="ADDRESS", help=said("邮箱。", "Mail address."))
]
Lang = Annotated[str, typer.Option("--lang", metavar="zh|en", help=said("语言。", "The language they read."))]
Role = Annotated[str, typer.Option("--role", metavar="ROLE", help=said("角色。", "The role."))]
OfProject = Annotated[
    str | None, typer.Option("--project", metavar="CODE", help=said("仅限此项目。", "For this project only."))
]
Everybody = Annotated[bool, typer.Option("--ended", help=said("含已终止账号。", "Ended accounts as well."))]
Lost = Annotated[
    bool,
    typer.Option(
        "--lost-factor", help=said("手机和恢复码均已丢失。", "The phone and the recovery codes are lost.")
    ),
]
Subject = Annotated[
    str, typer.Argument(metavar="SUBJECT", help=said("统一登录编号。", "The provider's name for them."))
]


def administrator(asked: Asked) -> str | None:
    """Who administers: the person who is proved; the console, while there is no operator to be."""
    from cases import administering

    if asked.as_ is None and not asked.settings.user:
        with asked.work.reading() as session:
            if not administering.operators(session, asked.work.office):
                return None
    return asked.actor


# ------------------------------------------------------------------------------------------------------- people


@verb(app, "add", said("登记人员。", "Enter somebody, with a first role if one is given."))
def add(  # noqa: PLR0917 - a command's options, each given by its name
    asked: Asked, login: Login, name: Name, organisation: In, role: Role = "", project: OfProject = None,
    email: Email = None, lang: Lang = "zh",
) -> Answer:  # fmt: skip
    from cases import administering

    by = administrator(asked)
    language = "en" if lang == "en" else "zh"
    with asked.work.unit() as session:
        person = administering.add_person(session, asked.work.office, actor=by, login=login, name=name, email=email,
                                          organisation=organisation, lang=language, at=asked.at)  # fmt: skip
        if role:
            administering.post(session, asked.work.office, actor=by, login=person.login, role=role, at=asked.at,
                               organisation=organisation, project=project)  # fmt: skip
    document = {
        "login": person.login,
        "name": person.name,
        "organisation": organisation,
        "role": role or None,
    }
    return Answer(document, [said(f"已登记 {login}。", f"{login} is entered.")])


@verb(app, "list", said("在册人员及任职。", "Everybody, with their roles."))
def list_(asked: Asked, ended: Everybody = False) -> Answer:
    from cases import administering

    with asked.work.reading() as session:
        administering.entitled(session, asked.work.office, administrator(asked))
        found = administering.listed(session, ended=ended)
    headings = [said("账号", "login"), said("姓名", "name"), said("单位", "body"), said("任职", "roles"), ""]
    rows = [
        [one["login"], one["name"], one["organisation"], ", ".join(_posting(held) for held in one["postings"]),
         "" if one["active"] else said("已终止", "ended")]
        for one in found
    ]  # fmt: skip
    return Answer({"people": found}, [Table(headings, rows)])


def _posting(held: Mapping[str, Any]) -> str:
    where = f"{held['organisation']}/{held['project']}" if held["project"] else held["organisation"]
    return f"{held['role']}@{where}"


@verb(app, "post", said("授予任职。", "Give somebody a role in a body."))
def post(asked: Asked, login: Login, role: Role, organisation: In, project: OfProject = None) -> Answer:
    from cases import administering

    by = administrator(asked)
    with asked.work.unit() as session:
        administering.post(session, asked.work.office, actor=by, login=login, role=role, organisation=organisation,
                           project=project, at=asked.at)  # fmt: skip
    return _posted(login, role, organisation, project, said("已授予", "given"))


@verb(app, "unpost", said("免去任职。", "Take a role away; it ends at once."))
def unpost(asked: Asked, login: Login, role: Role, organisation: In, project: OfProject = None) -> Answer:
    from cases import administering

    by = administrator(asked)
    with asked.work.unit() as session:
        administering.unpost(session, asked.work.office, actor=by, login=login, role=role, organisation=organisation,
                             project=project, at=asked.at)  # fmt: skip
    return _posted(login, role, organisation, project, said("已免去", "taken away"))


def _posted(login: str, role: str, organisation: str, project: str | None, what: str) -> Answer:
    document = {"login": login, "role": role, "organisation": organisation, "project": project}
    return Answer(document, [f"{login} · {_posting(document)}: {what}"])


@verb(
    app,
    "invite",
    said(
        "生成一次性链接，由本人设定密码（也用于重置）。",
        "A one-time link to choose a password, the first or a new one.",
    ),
)
def invite(asked: Asked, login: Login, lost_factor: Lost = False) -> Answer:
    from cases import administering

    by = administrator(asked)
    with asked.work.unit() as session:
        made = administering.invite(
            session, asked.work.office, actor=by, login=login, clears_factor=lost_factor, at=asked.at
        )
    return link_answer(asked, made.token, made.expires_at.isoformat(), login=login)


def link_answer(asked: Asked, token: str, until: str, *, login: str | None) -> Answer:
    """A one-time link, on its only appearance."""
    link = f"{asked.settings.base_url.rstrip('/')}/welcome/{token}"
    return Answer({"login": login, "link": link, "expires_at": until}, [
        link, said(f"有效至 {until}，只能用一次；不会再次显示。",
                   f"Good once, until {until}. It is not shown again.")])  # fmt: skip


@verb(app, "bind", said("绑定统一登录。", "Say which account a subject of the sign-in provider is."))
def bind(asked: Asked, login: Login, subject: Subject) -> Answer:
    from cases import administering, bindings
    from plumbline.shell.failures import WrongUsage

    if not asked.settings.oidc_issuer:
        raise WrongUsage(
            "no_provider", ("未设置 PLUMBLINE_OIDC_ISSUER。", "PLUMBLINE_OIDC_ISSUER is not set.")
        )
    by, issuer = administrator(asked), asked.settings.oidc_issuer
    with asked.work.unit() as session:
        actor = administering.entitled(session, asked.work.office, by)
        bindings.bind(session, login, issuer=issuer, subject=subject[:255], by=actor, at=asked.at)
    return Answer({"login": login, "issuer": issuer, "subject": subject}, [said("已绑定。", "Bound.")])


leaving.add_to(app)
