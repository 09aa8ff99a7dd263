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


@verb(app, "issue", said("发放令牌（只显示一次）。", "Issue a token; it is shown this once."))
def issue(asked: Asked, login: Login, days: Days = 90) -> Answer:
    from cases import tokens

    at = asked.at
    with asked.work.unit() as session:
        new = tokens.issue(session, login, at=at, lasts_for=timedelta(days=days))
    document = {"login": new.login, "token": new.token, "expires_at": new.expires_at.isoformat()}
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


@verb(app, "revoke", said("撤销某账号的全部令牌。", "End every token of an account."))
def revoke(asked: Asked, login: Login) -> Answer:
    from cases import people, tokens

    at = asked.at
    with asked.work.unit() as session:
        ended = tokens.revoke(session, people.person(session, login).login, at=at)
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
        }
        for one in held
    ]
    rows = [
        [line["id"], line["login"], line["expires_at"], said("已撤销", "ended") if line["revoked"] else ""]
        for line in lines
    ]
    return Answer(
        {"tokens": lines}, [Table(["id", said("账号", "login"), said("有效至", "until"), ""], rows)]
    )
