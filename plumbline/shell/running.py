"""What runs by itself: one tick, the services, the demonstration, a rehearsal of a log."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from plumbline.shell import given, output
from plumbline.shell.acting import Asked
from plumbline.shell.output import Answer, Table
from plumbline.shell.words import said

Host = Annotated[str, typer.Option("--host", help=said("监听地址。", "The address to listen on."))]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help=said("端口。", "The port."))]
NoPrefect = Annotated[
    bool,
    typer.Option("--no-prefect", help=said("不启动 Prefect。", "Only the web; clocks then need `tick`.")),
]
Log = Annotated[
    Path,
    typer.Argument(metavar="LOG", help=said("案件日志（CSV）。", "A log of what really happened (CSV).")),
]
Rules = Annotated[
    Path,
    typer.Option("--rulebook", metavar="FILE", help=said("规则文件。", "The rulebook to replay it under.")),
]
Map = Annotated[
    Path,
    typer.Option(
        "--map",
        metavar="FILE",
        help=said("列与步骤的对应。", "Which column is what, and which status which move."),
    ),
]

Store = Annotated[
    Path | None,
    typer.Option(
        "--store",
        metavar="FILE",
        help=said("演练库的文件。", "Where the replayed cases are kept, for looking into."),
    ),
]


def tick(asked: Asked) -> Answer:
    """Everything that is due fires once. Needs no Prefect."""
    from plumbline import duties

    done = duties.tick(asked.work, at=asked.at)
    document = done.as_dict()
    headings = [said("编号", "number"), said("时限", "deadline"), said("梯级", "rung")]
    rows = [[one["number"], one["deadline"], one["rung"]] for one in document["fired"]]
    text = said(
        f"触发 {len(rows)}，计划通知 {document['planned']}，送达 {document['delivered']}，失败 {document['failed']}。",
        f"{len(rows)} fired, {document['planned']} notices planned, {document['delivered']} delivered, "
        f"{document['failed']} failed.",
    )
    return Answer(document, [*([Table(headings, rows)] if rows else []), text])


def serve(asked: Asked, host: Host = "127.0.0.1", port: Port = 8400, no_prefect: NoPrefect = False) -> Answer:
    """Web, and with Prefect its server, the schedules and a worker, until it is told to stop."""
    work = asked.work  # says what is wrong with the database before anything is started
    asked.close()
    from plumbline.serve.running import serve as until_stopped

    until_stopped(work.settings, host=host, port=port, with_prefect=not no_prefect, say=output.remark)
    return Answer({"stopped": True})


def demo(asked: Asked) -> Answer:
    """The main job on the sample, through Prefect; ends by itself."""
    from plumbline import demo as playing

    asked.check()
    document, lines = playing.demo(asked.settings, lang=asked.lang)
    return Answer(document, lines)


def rehearse(asked: Asked, log: Log, rulebook: Rules, map_: Map, store: Store = None) -> Answer:
    """Replay a log of real cases under a rulebook: what would have been refused, missed, escalated."""
    asked.check()
    for path, what in ((log, "LOG"), (rulebook, "--rulebook"), (map_, "--map")):
        given.check_file(path, what=what)
    from plumbline import clock, rehearsal
    from states import rulebook_file

    rules = rulebook_file.load(rulebook)
    mapping = rehearsal.read_mapping(map_, rules)
    place = (
        store
        or asked.settings.home / "rehearsals" / f"{log.name.partition('.')[0]}-{clock.now():%Y%m%dT%H%M%S}.db"
    )
    with output.progress(said("重演", "rehearsing")) as step:
        done = rehearsal.rehearse(
            log, rules, mapping, store_url=f"sqlite:///{place.absolute()}", progress=step
        )
    return Answer(done.as_dict(), _summary(rehearsal.summary_table(done, lang=asked.lang)))


def _summary(parts: Iterable[Any]) -> list[str | Table]:
    found: list[str | Table] = []
    for part in parts:
        found += [part.title, Table(part.headings, part.rows)]
    return found
