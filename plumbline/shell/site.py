"""This site and those it exchanges files with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from plumbline.shell import files
from plumbline.shell.acting import Asked
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

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
def trust(asked: Asked, file: In, only: For = None, url: Url = None) -> Answer:
    from plumbline.exchange import Exchanger

    site = Exchanger.of(asked.work).trust(
        files.read(file), by=_named(asked), at=asked.at, only=only or (), url=url
    )
    document = {"site": site.id, "organisations": site.organisations, "url": site.url}
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


@verb(app, "list", said("列出已信任的站点。", "The sites that are or were trusted."))
def list_(asked: Asked) -> Answer:
    from cases import sites

    with asked.work.reading() as session:
        lines: list[dict[str, Any]] = [
            {"site": one.id, "organisations": one.organisations, "url": one.url, "revoked": one.revoked_at is not None,
             "trusted_at": one.trusted_at.isoformat(), "trusted_by": one.trusted_by}
            for one in sites.trusted(session)
        ]  # fmt: skip
    rows = [[line["site"], ", ".join(line["organisations"]), line["url"],
             said("已撤销", "revoked") if line["revoked"] else ""] for line in lines]  # fmt: skip
    return Answer({"sites": lines}, [Table([said("站点", "site"), said("代表", "for"), "url", ""], rows)])


@verb(app, "log", said("交换记录。", "Every file that was written, taken in or refused, the newest first."))
def log(asked: Asked) -> Answer:
    from cases import exchange

    with asked.work.reading() as session:
        lines: list[dict[str, Any]] = [
            {"at": one.at.isoformat(), "by": one.by, "what": one.what, "outcome": one.outcome, "number": one.number,
             "reasons": one.reasons, "sha256": one.file_sha256, "size": one.size}
            for one in exchange.log(session)
        ]  # fmt: skip
    rows = [[line["at"], line["what"], line["outcome"], line["number"], ", ".join(line["reasons"]), line["by"]]
            for line in lines]  # fmt: skip
    headings = [said("时间", "at"), said("文件", "what"), said("结果", "outcome"), said("编号", "number"),
                said("原因", "reasons"), said("由", "by")]  # fmt: skip
    return Answer({"log": lines}, [Table(headings, rows)])


def _named(asked: Asked) -> str:
    """Who does it, proved, if anybody is named; whoever can open this database may trust a site."""
    return asked.actor if asked.as_ is not None or asked.settings.user else "shell"
