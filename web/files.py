"""Files as answers: an attachment piece by piece, open until the last of it has left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import BinaryIO
from urllib.parse import quote

from starlette.responses import StreamingResponse

from cases.attachments import Attachment
from cases.evidence import PIECE


def answer(
    opened: AbstractContextManager[tuple[Attachment, BinaryIO]],
    *,
    shown: Callable[[Attachment], bool] = lambda _found: False,
) -> StreamingResponse:
    """The file as it is, under its own name, to keep; a browser opens in place what is `shown`. ETag is its hash.

    Raises what opening it raises.
    """
    with ExitStack() as until:
        found, stream = until.enter_context(opened)
        pieces = _pieces(stream, until.pop_all())
    way = "inline" if shown(found) else "attachment"
    return StreamingResponse(pieces, headers={
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(found.name)}",
        "Content-Length": str(found.size),
        "Content-Type": found.media_type,  # as it is: in which letters a text is written, nobody said
        "ETag": f'"{found.sha256}"',
    })  # fmt: skip


def _pieces(stream: BinaryIO, until: ExitStack) -> Iterator[bytes]:
    with until:
        while piece := stream.read(PIECE):
            yield piece
