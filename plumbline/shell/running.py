"""What runs by itself: one tick, the services, the demonstration, a rehearsal of a log."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated

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
    work = asked.work
    output.remark(
        said(f"网址 http://{host}:{port}，按 Ctrl-C 停止。", f"On http://{host}:{port}; Ctrl-C stops it.")
    )
    serving = import_module("plumbline.serve")
    serving.serve(work.settings, host=host, port=port, with_prefect=not no_prefect)
    return Answer({"stopped": True}, [said("已停止。", "Stopped.")])


def demo(asked: Asked) -> Answer:
    """The main job on the sample, through Prefect; ends by itself."""
    playing = import_module("plumbline.demo")
    return Answer(*playing.demo(asked.settings, lang=asked.lang))


def rehearse(asked: Asked, log: Log, rulebook: Rules, map_: Map) -> Answer:
    """Replay a log of real cases under a rulebook: what would have been refused, missed, escalated."""
    for path, what in ((log, "LOG"), (rulebook, "--rulebook"), (map_, "--map")):
        given.check_file(path, what=what)
    with output.progress(said("重演", "rehearsing")) as step:
        report = import_module("plumbline.rehearsal").rehearse(log, rulebook=rulebook, mapping=map_, progress=step)
    return Answer(report.as_dict(), report.lines(asked.lang))
