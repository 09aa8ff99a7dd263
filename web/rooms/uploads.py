"""Forms with files: read piece by piece, onto disk as soon as they are long, and no further than they may be.

What arrives is checked against the length that a form may have before and while it is read; the token of the form is
checked before anything looks at a file.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated, BinaryIO

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from notifications import mailed_files
from plumbline.work import Work
from web import acting
from web.acting import CSRF_FIELD, NotOurForm, TooLarge
from web.rooms.door import Guest, work_of

MOST_FILES, MOST_FIELDS = 6, 200
MOST_PARTS = (
    40  # of a form, with the fields for files that were left empty; together no longer than so many files
)
TEXTS = 1_000_000  # bytes beside the files, and of one field


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as a browser sends it: what it is called there, and its bytes."""

    name: str
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class Sent:
    """A form with files: its fields, the last of each name, and the files that somebody chose."""

    fields: Mapping[str, str]
    files: tuple[Handed, ...]


async def sent(request: Request, _who: Guest) -> AsyncIterator[Sent]:
    """The form, once it is known to be ours; its files are gone afterwards. Raises NotOurForm, TooLarge."""
    most = most_bytes(work_of(request))
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > most:
        raise TooLarge(str(TooLarge.__doc__))
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise NotOurForm(str(NotOurForm.__doc__))
    parser = MultiPartParser(request.headers, _capped(request, most), max_files=MOST_PARTS, max_fields=MOST_FIELDS,
                             max_part_size=TEXTS)  # fmt: skip
    try:
        parsed = await parser.parse()
    except MultiPartException:
        raise NotOurForm(str(NotOurForm.__doc__)) from None
    try:
        pairs = parsed.multi_items()
        fields = {name: value for name, value in pairs if isinstance(value, str)}
        acting.check_form(request, fields.pop(CSRF_FIELD, None))
        files = [one for _, one in pairs if isinstance(one, UploadFile) and one.filename]
        yield Sent(fields, tuple(Handed(one.filename or "", one.file) for one in files))
    finally:
        await parsed.close()


def most_bytes(work: Work) -> int:
    """How long a form with files may be: as many attachments as it takes, or one file of another site in a mail."""
    return max(MOST_FILES * work.evidence.most, mailed_files.MOST_BYTES + 1) + TEXTS


async def _capped(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    read = 0
    async for piece in request.stream():
        read += len(piece)
        if read > most:
            raise TooLarge(str(TooLarge.__doc__))
        yield piece


Files = Annotated[Sent, Depends(sent)]
