"""Reading what was sent: so much and no more, JSON in UTF-8, each key once, not nested for ever, no NaN."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from math import isfinite
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect, Request

from states.form_values import label
from states.rulebook import Label
from web.api.problems import Wrong

MOST_BYTES = 1_000_000
DEEPEST = 64


async def collected(request: Request) -> bytes:
    """As much of the body as may be sent, and one byte more where there is more. Raises Wrong (400) for what breaks off."""
    if _announced(request) > MOST_BYTES:
        return bytes(MOST_BYTES + 1)  # refused by its announced size, before any of it is read
    data = bytearray()
    try:
        async for part in request.stream():
            data += part
            if len(data) > MOST_BYTES:
                break
    except ClientDisconnect:
        raise cut_off(label("内容未传完。", "The content broke off before its end.")) from None
    return bytes(data[: MOST_BYTES + 1])


def _announced(request: Request) -> int:
    """How long the body is said to be; 0 where that is not said."""
    told = request.headers.get("content-length", "")
    return int(told) if told.isdecimal() and len(told) < 20 else 0


@asynccontextmanager
async def spooled(
    request: Request, most: int, too_large: Callable[[int], Exception], *, kinds: frozenset[str]
) -> AsyncIterator[BinaryIO]:
    """The body as a file that is nowhere to be found on disk and gone afterwards; so many bytes and no more.

    Raises Wrong (415, 400) for another type and for what breaks off, `too_large` without reading on.
    """
    check_type(request.headers.get("content-type"), allowed=kinds)
    if _announced(request) > most:
        raise too_large(most)
    size, file = 0, UploadFile(cast(BinaryIO, SpooledTemporaryFile(max_size=MOST_BYTES)))  # noqa: SIM115 - closed below
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > most:
                raise too_large(most)
            await file.write(piece)
        await file.seek(0)
        yield file.file
    except ClientDisconnect:
        raise cut_off(label("文件未传完。", "The file broke off before its end.")) from None
    finally:
        await file.close()


def cut_off(says: Label) -> Wrong:
    """That less came than was to come: 400."""
    return Wrong(400, "cut_off", says, label("请重新发送。", "Send it again."))


def check_size(data: bytes) -> None:
    """Raises Wrong (413) for more than a megabyte."""
    if len(data) > MOST_BYTES:
        raise too_large(MOST_BYTES)


def too_large(most: int) -> Wrong:
    """That more was sent than may be: 413."""
    shown = f"{most / 1_000_000:g} MB"
    return Wrong(413, "too_large", label(f"内容超过 {shown}。", f"The content is larger than {shown}."),
                 label("请缩短内容。", "Shorten it."))  # fmt: skip


def check_type(given: str | None, *, allowed: frozenset[str]) -> None:
    """Raises Wrong (415) unless this media type is one of those allowed, in UTF-8 if it says a charset."""
    kind, _, parameters = (given or "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() not in allowed or charset not in ("", "utf-8", "utf8"):
        names = " / ".join(sorted(allowed))
        raise Wrong(
            415, "not_this_type", label(f"内容类型须为 {names}（UTF-8）。", f"Send it as {names}, in UTF-8.")
        )


def content(data: bytes, *, kind: str | None) -> dict[str, Any]:
    """The JSON object that was sent; an empty body is an empty one. Raises Wrong."""
    check_size(data)
    if not data:
        return {}
    check_type(kind, allowed=JSON)
    found = _parsed(data)
    if not isinstance(found, dict):
        raise Wrong(
            422, "not_an_object", label("内容必须是 JSON 对象。", "The content must be a JSON object.")
        )
    return found


JSON = frozenset({"application/json"})
FILES = frozenset({"application/json", "application/octet-stream"})
OCTETS = frozenset({"application/octet-stream"})  # a file says itself what it is


def _parsed(data: bytes) -> Any:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Wrong(400, "not_utf8", label("内容不是 UTF-8。", "The content is not UTF-8.")) from None
    try:
        found = json.loads(
            text, object_pairs_hook=_once, parse_int=_whole, parse_float=_finite, parse_constant=_no_number
        )
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise Wrong(400, "bad_json", label("内容不是 JSON。", "The content is not JSON.")) from None
    _check_depth(found)
    if "\\u" in text:  # only an escape can bring in half of a character
        _check_whole(found)
    return found


def _once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    """Two parsers might read two different values: a key that comes twice is refused."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Wrong(400, "duplicate_key", label("同一对象中有重复的键。", "A key stands twice in one object."),
                    label("每个键只写一次。", "Write each key once."))  # fmt: skip
    return found


def _whole(text: str) -> int:
    """A whole number that every database can keep."""
    if len(text) > 19 or not -(2**63) <= (number := int(text)) < 2**63:
        raise Wrong(422, "out_of_range", label("数字超出允许范围。", "A number is out of range."))
    return number


def _finite(text: str) -> float:
    number = float(text)
    return number if isfinite(number) else _no_number(text)


def _no_number(text: str) -> float:
    raise Wrong(422, "not_a_number", label(f"{text[:20]} 不是数字。", f"{text[:20]} is not a number."))


def _check_depth(found: Any) -> None:
    """Walked, not recursed into: what is too deep is found before it can do harm."""
    level = [found]
    for _ in range(DEEPEST):
        level = [part for one in level if isinstance(one, dict | list)
                 for part in (one.values() if isinstance(one, dict) else one)]  # fmt: skip
        if not level:
            return
    raise _too_deep()


def _check_whole(found: Any) -> None:
    """Raises Wrong where a text, or a key, holds half of a character."""
    if isinstance(found, str):
        if any("\ud800" <= sign <= "\udfff" for sign in found):
            raise Wrong(
                422, "bad_character", label("含有不完整的字符。", "A text holds half of a character.")
            )
    elif isinstance(found, dict):
        for key, value in found.items():
            _check_whole(key)
            _check_whole(value)
    elif isinstance(found, list):
        for value in found:
            _check_whole(value)


def _too_deep() -> Wrong:
    return Wrong(
        400, "too_deep", label(f"嵌套超过 {DEEPEST} 层。", f"It is nested more than {DEEPEST} deep.")
    )
