"""The files that pages load: read once, compressed once, and kept by browsers for as long as they stay the same.

A page asks for a file under a hash of its content, so that what a browser keeps is never out of date. Pages themselves
are not compressed: they hold the token for forms beside what people typed, and sizes would tell on the one by the other.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response

from states import diagram_theme

STATIC = Path(__file__).parent / "static"
TABLER, HTMX = "vendor/tabler-1.6.1/tabler.min.css", "vendor/htmx-2.0.11/htmx.min.js"
OWN = "plumbline.css"
FOR_EVER = "public, max-age=31536000, immutable"

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_DARK, _SYSTEM = "[data-theme=dark]", "[data-theme=system]"

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent."""

    body: bytes
    packed: bytes
    kind: str
    hash: str


@cache
def every() -> Mapping[str, Asset]:
    """All of them, by path below static/."""
    found = {path.relative_to(STATIC).as_posix(): path.read_bytes() for path in _files()}
    own = (found[OWN].decode(), as_the_system(found[TABLER].decode()), diagram_theme.sheet("svg.machine"))
    found[OWN] = "\n".join(own).encode()
    return {name: _asset(name, body) for name, body in found.items()}


def _files() -> Iterator[Path]:
    return (path for path in sorted(STATIC.rglob("*")) if path.is_file())


def _asset(name: str, body: bytes) -> Asset:
    kind = mimetypes.guess_type(name)[0] or "text/plain"
    kind += "; charset=utf-8" if kind.startswith("text/") else ""
    return Asset(body, gzip.compress(body, 9, mtime=0), kind, hashlib.sha256(body).hexdigest()[:16])


def as_the_system(sheet: str) -> str:
    """The dark rules of Tabler's sheet again, for who leaves it to their device: Tabler itself would take a script."""
    dark = []
    for selectors, body in _RULE.findall(sheet):
        mine = [one.replace(_DARK, _SYSTEM) for one in selectors.split(",") if one.startswith(_DARK)]
        if mine and ":not(" not in selectors and "color-scheme:light" not in body:
            dark.append(f"{','.join(mine)}{{{body}}}")
    return f"@media screen and (prefers-color-scheme:dark){{{''.join(dark)}}}"


def address(name: str) -> str:
    """Where a page finds a file."""
    return f"/static/{name}?v={every()[name].hash}"


@router.get("/static/{name:path}", include_in_schema=False)
def serve(request: Request, name: str) -> Response:
    """One file."""
    asset = every().get(name)
    if asset is None:
        raise HTTPException(404)
    lasting = request.query_params.get("v") == asset.hash
    headers = {"ETag": f'"{asset.hash}"', "Vary": "Accept-Encoding",
               "Cache-Control": FOR_EVER if lasting else "no-cache"}  # fmt: skip
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=asset.kind)
    return Response(asset.body, headers=headers, media_type=asset.kind)
