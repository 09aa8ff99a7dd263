"""What a command says: one JSON document, or lines and tables that fit the terminal. Logs go to standard error."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

from plumbline.shell.words import lines, said, visible

_UNSEEN = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]")
_UNSEEN_TERMINAL = 120  # columns of a pipe or a file


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under their headings."""

    headings: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command found or did: the document for scripts, the lines and tables for people, the exit status."""

    document: Mapping[str, Any] | Sequence[Any]
    text: Sequence[str | Table] = field(default=())
    status: int = 0


def prepare() -> None:
    """Make both outputs take any text: what the terminal's encoding lacks is written as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def show(answer: Answer, *, as_json: bool, rehearsal: bool = False) -> None:
    """Write an answer to standard output; quietly to nowhere once nobody reads it any more (`| head`)."""
    try:
        if rehearsal and not as_json:
            write(said("【演练】以下均非真实数据。", "REHEARSAL: nothing here is real."))
        _write(answer, as_json=as_json)
        sys.stdout.flush()
    except BrokenPipeError:
        abandon()


def _write(answer: Answer, *, as_json: bool) -> None:
    if as_json:
        write(as_text(answer.document, sys.stdout))
        return
    for part in answer.text:
        if isinstance(part, Table):
            _draw(part, sys.stdout)
        else:
            write(lines(part))


def write(text: str, stream: TextIO | None = None) -> None:
    """One text and a line end."""
    (stream or sys.stdout).write(text + "\n")


def remark(text: str) -> None:
    """Something to know that is not the answer; to standard error."""
    write(text, sys.stderr)


def as_text(document: object, stream: TextIO) -> str:
    """The JSON of a document. Signs that a terminal might obey or hide are written as escapes."""
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "")
    text = json.dumps(document, ensure_ascii=encoding != "utf8", indent=2, default=_plain)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no place in a document")


def _draw(table: Table, stream: TextIO) -> None:
    from rich import box
    from rich.table import Table as Drawn
    from rich.text import Text

    drawn = Drawn(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", show_header=any(table.headings))
    for heading in table.headings:
        drawn.add_column(Text(heading), overflow="fold")
    for row in table.rows:
        drawn.add_row(*(Text(visible("" if cell is None else cell)) for cell in row))
    _console(stream).print(drawn)


def _console(stream: TextIO) -> Any:
    from rich.console import Console

    width = None if stream.isatty() or "COLUMNS" in os.environ else _UNSEEN_TERMINAL
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


@contextmanager
def progress(label: str) -> Iterator[Any]:
    """A progress bar on standard error while something long runs; `step(done, of)` moves it. No terminal, no bar."""
    if not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.progress import Progress

    with Progress(console=_console(sys.stderr), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def abandon() -> None:
    """Nobody reads any more (`| head`): write the rest nowhere, so that the interpreter ends without complaint."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - replaces a stream that has no descriptor
