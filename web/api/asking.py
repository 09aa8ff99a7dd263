"""A request as an operation sees it: who asks, when, in which language, with which names, query and content."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, TypeVar

import orjson
from pydantic import BaseModel
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from cases import requests
from cases.errors import NoSuchMatter
from cases.office import Office
from plumbline.work import Work
from states.form_values import label
from web.api import bodies
from web.api.problems import Wrong, not_here
from web.api.who import Who

M = TypeVar("M", bound=BaseModel)
LONGEST_KEY, LONGEST_NUMBER = 200, 64
_ETAG = re.compile(r'"([0-9]{1,15})"')
_DIGITS = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. What it holds is read only when an operation asks for it."""

    work: Work
    request: Request
    who: Who
    at: datetime
    lang: str
    names: Mapping[str, str]
    data: bytes = b""
    upload: BinaryIO | None = None

    @property
    def office(self) -> Office:
        """The rules this office works by."""
        return self.work.office

    @property
    def actor(self) -> str:
        """The login of whoever asks."""
        return self.who.login

    def reading(self) -> AbstractContextManager[Session]:
        """A session to read in."""
        return self.work.reading()

    def unit(self) -> AbstractContextManager[Session]:
        """A unit of work. It is committed before the operation answers: a commit that fails is a failed answer."""
        return self.work.unit()

    @property
    def number(self) -> str:
        """The matter's number. Raises NoSuchMatter for what cannot be one."""
        text = self.names["number"]
        if len(text) > LONGEST_NUMBER or not text.isprintable():
            raise NoSuchMatter("")
        return text

    def id(self, code: str) -> int:
        """A row's id. Raises Wrong (404, `code`) for what cannot be one."""
        text = self.names["id"]
        if not _DIGITS.fullmatch(text) or not 0 < int(text) < 2**31:
            raise not_here(code)
        return int(text)

    def query(self, shape: type[M]) -> M:
        """The query, each name once. Raises pydantic's ValidationError."""
        pairs = self.request.query_params.multi_items()
        given = dict(pairs)
        if len(given) != len(pairs):
            raise Wrong(422, "given_twice", label("查询参数重复。", "A query parameter is given twice."))
        return shape.model_validate(given)

    def form(self) -> dict[str, Any]:
        """The fields that were sent, as they are: the rulebook's form reads them. Raises Wrong."""
        return bodies.content(self.data, kind=self.request.headers.get("content-type"))

    def body(self, shape: type[M]) -> M:
        """What was sent, in this shape. Raises Wrong, ValidationError."""
        return shape.model_validate(self.form(), strict=True)

    @property
    def uploaded(self) -> BinaryIO:
        """The file that was sent to an operation that takes one."""
        if self.upload is None:
            raise AssertionError("this operation takes no file")
        return self.upload

    def knows(self, mark: Mapping[str, str]) -> bool:
        """Whether If-None-Match names this ETag."""
        known = self.request.headers.get("if-none-match", "").split(",")
        return mark["ETag"] in [one.strip() for one in known]

    @property
    def key(self) -> str:
        """The Idempotency-Key. Raises Wrong (400) where it is missing or no key."""
        key = self.request.headers.get("idempotency-key", "")
        if not (key.strip() and key.isprintable() and len(key) <= LONGEST_KEY):
            says = label(
                "须有 Idempotency-Key：1 至 200 个可见字符。",
                "Idempotency-Key is needed: 1 to 200 visible characters.",
            )
            raise Wrong(
                400,
                "bad_key",
                says,
                label("每个新请求用一个新的键，如 UUID。", "Take a new one for each request."),
            )
        return key

    @property
    def expected_version(self) -> int:
        """The version If-Match names. Raises Wrong: 428 where it is missing, 400 where it names no version."""
        given = self.request.headers.get("if-match")
        if given is None:
            raise Wrong(428, "if_match_needed", label('须有 If-Match："版本"。', 'If-Match: "VERSION" is needed.'),
                        label("请先查看该事项，再带上其 ETag。", "Look at it first, then send its ETag."))  # fmt: skip
        match = _ETAG.fullmatch(given.strip())
        if match is None:
            raise Wrong(400, "bad_if_match", label('If-Match 须为 "版本"，如 "3"。',
                                                   'If-Match names one version, such as "3".'))  # fmt: skip
        return int(match[1])

    def once(self, what: tuple[Any, ...], act: Callable[[Session], dict[str, Any]]) -> dict[str, Any]:
        """Do it and remember the answer under the request's key, in one transaction; asked again, only answer.

        Raises KeyReused.
        """
        asked = requests.Request(self.actor, self.key, what)
        with self.unit() as session:
            return requests.once(session, asked, lambda: act(session), at=self.at)


def document(content: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(content, option=orjson.OPT_UTC_Z), status_code=status,
                    media_type="application/json", headers=dict(headers or {}))  # fmt: skip


def etag(version: int | str) -> dict[str, str]:
    """The header that names a version; of a file, its hash."""
    return {"ETag": f'"{version}"'}
