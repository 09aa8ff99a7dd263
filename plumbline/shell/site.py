"""This site and those it exchanges files with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plumbline.shell import files, matter_texts
from plumbline.shell.acting import Asked
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

if TYPE_CHECKING:
    from cases.carriages import Line

app = noun(said("站点之间的信任。", "This site's key, and the sites it exchanges files with."))

Out = Annotated[Path, typer.Argument(metavar="FILE", help=said("写入此文件。", "Where to write it."))]
In = Annotated[Path, typer.Argument(metavar="FILE", help=said("对方的文件。", "The other site's file."))]
For = Annotated[
    list[str] | None,
    typer.Option(
        "--for", metavar="CODE", help=said("仅代表此机关，可重复。", "Only for this body; repeatable.")
    ),
]
Url = Annotated[
    str | None,
    typer.Option("--url", help=said("对方接收文件的网址。", "Where the other site takes files in.")),
]
Mail = Annotated[
    str | None,
    typer.Option(
        "--mail", help=said("对方接收文件的邮箱。", "The mailbox the other site takes files in from.")
    ),
]
Site = Annotated[
    str, typer.Argument(metavar="SITE", help=said("站点编号。", "The site's name; see `site list`."))
]


@verb(app, "key", said("写出本站点的公钥文件。", "Write this site's public key for the other site."))
def key(asked: Asked, file: Out) -> Answer:
    from plumbline.exchange import Exchanger

    end = Exchanger.of(asked.work)
    files.write(file, end.key_file(at=asked.at))
    document = {"site": end.keys.site, "key": end.keys.public, "file": str(file)}
    return Answer(document, [said(
        f"本站点 {end.keys.site}，公钥已写入 {file}。请当面或电话核对站点编号。",
        f"This site is {end.keys.site}; its key is in {file}. Compare that name by telephone.",
    )])  # fmt: skip


@verb(app, "trust", said("接受对方站点的公钥。", "Accept the other site's public key."))
def trust(asked: Asked, file: In, only: For = None, url: Url = None, mail: Mail = None) -> Answer:
    from plumbline.exchange import Exchanger

    site = Exchanger.of(asked.work).trust(
        files.read(file), by=_named(asked), at=asked.at, only=only or (), url=url, mail=mail
    )
    document = {"site": site.id, "organisations": site.organisations, "url": site.url, "mail": site.mail}
    bodies = "、".join(site.organisations)
    return Answer(document, [said(f"已信任站点 {site.id}，代表 {bodies}。",
                                  f"{site.id} is trusted, for {bodies.replace('、', ', ')}.")])  # fmt: skip


@verb(app, "revoke", said("撤销对某站点的信任。", "Take nothing more from a site."))
def revoke(asked: Asked, site: Site) -> Answer:
    from cases import sites

    with asked.work.unit() as session:
        held = sites.revoke(session, site, by=_named(asked), at=asked.at)
    return Answer({"site": held.id, "revoked": True}, [said(f"已撤销对 {held.id} 的信任。",
                                                            f"{held.id} is no longer trusted.")])  # fmt: skip


@verb(app, "list", said("列出已信任的站点。", "The sites that are or were trusted, and whether they answer."))
def list_(asked: Asked) -> Answer:
    from cases import carriages, sites

    with asked.work.reading() as session:
        asked_for = carriages.lines(session)
        lines: list[dict[str, Any]] = [
            {"site": one.id, "organisations": one.organisations, "url": one.url, "mail": one.mail,
             "revoked": one.revoked_at is not None, "trusted_at": one.trusted_at.isoformat(), "trusted_by": one.trusted_by,
             **_line(asked_for.get(one.id))}
            for one in sites.trusted(session)
        ]  # fmt: skip
    rows = [[line["site"], ", ".join(line["organisations"]), line["url"], line["mail"], _standing(asked, line)]
            for line in lines]  # fmt: skip
    headings = [
        said("站点", "site"),
        said("代表", "for"),
        "url",
        said("邮箱", "mail"),
        said("状况", "standing"),
    ]
    return Answer({"sites": lines}, [Table(headings, rows)])


def _line(line: Line | None) -> dict[str, Any]:
    """What is known of the line to a site; nothing, where it was never asked."""
    instants = {name: getattr(line, name, None) for name in ("answered_at", "down_since", "next_at")}
    told = {name: instant.isoformat() if instant else None for name, instant in instants.items()}
    return told | {"tries": line.tries if line else 0, "why": line.why if line else ""}


def _standing(asked: Asked, line: dict[str, Any]) -> str:
    if line["revoked"]:
        return said("已撤销", "revoked")
    if line["down_since"]:
        since = matter_texts.local(asked, line["down_since"])
        return said(f"自 {since} 起无应答：{line['why']}", f"does not answer since {since}: {line['why']}")
    at = matter_texts.local(asked, line["answered_at"])
    return said(f"{at} 有应答", f"answered {at}") if at else ""


@verb(app, "log", said("交换记录。", "Every file that was written, taken in or refused, the newest first."))
def log(asked: Asked) -> Answer:
    from cases import exchange

    with asked.work.reading() as session:
        lines: list[dict[str, Any]] = [
            {"at": one.at.isoformat(), "by": one.by, "what": one.what, "outcome": one.outcome, "number": one.number,
             "reasons": one.reasons, "sha256": one.file_sha256, "size": one.size, "site": one.site, "times": one.times,
             "last_at": one.last_at.isoformat() if one.last_at else None}
            for one in exchange.log(session)
        ]  # fmt: skip
    rows = [[line["at"], line["what"], line["outcome"], line["number"], ", ".join(line["reasons"]), line["by"],
             line["times"]] for line in lines]  # fmt: skip
    headings = [said("时间", "at"), said("文件", "what"), said("结果", "outcome"), said("编号", "number"),
                said("原因", "reasons"), said("由", "by"), said("次数", "times")]  # fmt: skip
    return Answer({"log": lines}, [Table(headings, rows)])


def _named(asked: Asked) -> str:
    """Who does it, proved, if anybody is named; whoever can open this database may trust a site."""
    return asked.actor if asked.as_ is not None or asked.settings.user else "shell"
