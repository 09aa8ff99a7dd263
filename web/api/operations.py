"""What an operation of the API is: its place, its right, what it takes, what it answers, and what does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from web.api.asking import Asked
from web.api.wishes import NoQuery, Wish

Schema = Mapping[str, Any]
Act = Callable[[Asked], Response]
JSON, PDF_OR_DOCX = "application/json", "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Answers:
    """What is answered where all goes well: a status, a shape, and an example. `kind` is its media type."""

    shape: type[BaseModel] | Schema
    example: Any
    status: int = 200
    kind: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Takes:
    """What may be sent: a shape, an example, and whether something must be sent at all."""

    shape: type[Wish] | Schema
    example: Any
    required: bool = True
    kind: str = JSON


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path. `name` is its operationId; `right` its row in the table of rights.

    `key`: takes an Idempotency-Key; `if_match`: takes If-Match; `unchanged`: may answer 304. `refused` is the status
    of a refusal whose code has none of its own.
    """

    method: str
    path: str
    name: str
    right: tuple[str, str]
    says: str
    act: Act
    answers: Answers
    tag: str
    more: str = ""
    query: type[Wish] = NoQuery
    takes: Takes | None = None
    key: bool = False
    if_match: bool = False
    unchanged: bool = False
    refused: int = 409
    may_refuse: bool = False

    @property
    def problems(self) -> tuple[int, ...]:
        """The statuses of the problems it may answer with."""
        return tuple(sorted(set(self._problems())))

    def _problems(self) -> Iterator[int]:
        yield from (422,)
        if self.right != ("openapi", "read"):
            yield from (401, 403, 429, 503)
        if "{" in self.path:
            yield 404
        if self.takes is not None:
            yield from (400, 413, 415)
        if self.key:
            yield 400
        if self.if_match:
            yield from (400, 412, 428)
        if self.may_refuse:
            yield from (404, self.refused)
