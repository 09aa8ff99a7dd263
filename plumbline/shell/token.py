"""Tokens: what proves on a real database who acts. Whoever can read the database's file or URL may issue them."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from plumbline.shell.acting import Asked
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

app = noun(said("令牌：在真实数据库上证明由谁办理。", "Tokens: what proves on a real database who acts."))

Login = Annotated[str, typer.Argument(metavar="LOGIN", help=said("账号。", "Whose."))]
Days = Annotated[
    int, typer.Option("--days", min=1, max=366, help=said("有效天数。", "For how many days it holds."))
]
Scope = Annotated[
    list[str] | None,
    typer.Option(
        "--scope",
        metavar="SCOPE",
        help=said(
            "只用于接口的此项用途，可重复：read、write、notices、audit、webhooks；不给则不限。",
            "Only for this over the API, repeatable: read, write, notices, audit, webhooks, staff; without it, for all.",
        ),
    ),
]
Only = Annotated[
    int | None,
    typer.Option(
        "--id",
        metavar="ID",
        min=1,
        max=2**63 - 1,
        help=said("只撤销此令牌，见 list。", "End this token only; see `list`."),
    ),
]


@verb(app, "issue", said("发放令牌（只显示一次）。", "Issue a token; it is shown this once."))
def issue(asked: Asked, login: Login, days: Days = 90, scope: Scope = None) -> Answer:
    from cases import tokens

    at = asked.at
    with asked.work.unit() as session:
        new = tokens.issue(session, login, at=at, lasts_for=timedelta(days=days), scopes=scope or ())
    document = {
        "login": new.login,
        "token": new.token,
        "expires_at": new.expires_at.isoformat(),
        "scopes": list(new.scopes),
    }
    return Answer(
        document,
        [
            new.token,
            said(
                f"{new.login} 的令牌，有效至 {new.expires_at:%Y-%m-%d}；不会再次显示。",
                f"For {new.login}, until {new.expires_at:%Y-%m-%d}. It is not shown again.",
            ),
        ],
    )


@verb(app, "revoke", said("撤销某账号的全部或一个令牌。", "End every token of an account, or one of them."))
def revoke(asked: Asked, login: Login, only: Only = None) -> Answer:
    from cases import people, tokens

    at = asked.at
    with asked.work.unit() as session:
        ended = tokens.revoke(session, people.person(session, login).login, at=at, only=only)
    return Answer(
        {"login": login, "revoked": ended}, [said(f"撤销 {ended} 个令牌。", f"{ended} tokens ended.")]
    )


@verb(
    app,
    "list",
    said("在册令牌（不含令牌本身）。", "The tokens on file; nothing in the list proves anything."),
)
def list_(asked: Asked) -> Answer:
    from cases import tokens

    with asked.work.reading() as session:
        held = tokens.tokens(session)
    lines = [
        {
            "id": one.id,
            "login": one.login,
            "created_at": one.created_at.isoformat(),
            "expires_at": one.expires_at.isoformat(),
            "revoked": one.revoked_at is not None,
            "scopes": one.scopes.split(),
            "last_used_at": one.last_used_at.isoformat() if one.last_used_at else None,
        }
        for one in held
    ]
    headings = [
        "id",
        said("账号", "login"),
        said("用途", "for"),
        said("有效至", "until"),
        said("最近使用", "last used"),
        "",
    ]
    rows = [
        [line["id"], line["login"], one.scopes, line["expires_at"], line["last_used_at"],
         said("已撤销", "ended") if line["revoked"] else ""]
        for line, one in zip(lines, held, strict=True)
    ]  # fmt: skip
    return Answer({"tokens": lines}, [Table(headings, rows)])
