"""What an operation of the API is: its place, its right, what it takes, what it answers, and what does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from plumbline.work import Work
from web.api import bodies
from web.api.asking import Asked
from web.api.wishes import NoQuery, Wish

Schema = Mapping[str, Any]
Act = Callable[[Asked], Response]
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answers:
    """What is answered where all goes well: a status, a shape, and an example. `kinds` are its media types."""

    shape: type[BaseModel] | Schema
    example: Any
    status: int = 200
    kinds: tuple[str, ...] = (JSON,)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as the body, as it is: how many bytes it may have, what is said to one that has more, and under which media
    types it may come."""

    most: Callable[[Work], int]
    too_large: Callable[[int], Exception]
    kinds: frozenset[str] = bodies.OCTETS


@dataclass(frozen=True, slots=True)
class Takes:
    """What may be sent: a shape, an example, and whether something must be sent at all. `upload`: it goes to disk."""

    shape: type[Wish] | Schema
    example: Any
    required: bool = True
    kind: str = JSON
    upload: Upload | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path. `name` is its operationId; `right` its row in the table of rights.

    `before` raises what can be said without the body, and is asked before that is read.
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
    before: Callable[[Asked], None] | None = None
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
