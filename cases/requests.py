"""Idempotency keys: the same request again gets the same answer, and does nothing twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, insert, select
from sqlmodel import Session, col

from cases.errors import KeyReused
from cases.matters import RequestKey
from cases.prepared import Prepared

_KEPT = Prepared(
    select(col(RequestKey.fingerprint), col(RequestKey.answer))
    .where(col(RequestKey.actor) == bindparam("actor"), col(RequestKey.key) == bindparam("key"))
)  # fmt: skip
_KEEP = Prepared(
    insert(RequestKey)
    .values({name: bindparam(name) for name in ("actor", "key", "fingerprint", "answer", "at")})
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for what, under which key; without a key nothing is remembered."""

    actor: str
    key: str | None
    asked: tuple[Any, ...]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what was asked, so that a key cannot be spent on two different things."""
        return hashlib.sha256(orjson.dumps(self.asked, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()


def answered(session: Session, request: Request) -> dict[str, Any] | None:
    """What this request was answered when it came first; None if it never came. Raises KeyReused."""
    if request.key is None:
        return None
    kept = _KEPT.row(session, {"actor": request.actor, "key": request.key})
    if kept is None:
        return None
    fingerprint, answer = kept
    if fingerprint != request.fingerprint:
        raise KeyReused(f"The key {request.key!r} was already used for another request: take a new one.")
    return dict(answer)


def remember(session: Session, request: Request, answer: dict[str, Any], *, at: datetime) -> None:
    """Keep the answer in the same transaction as what it answers."""
    if request.key is not None:
        _KEEP.change(session, {"actor": request.actor, "key": request.key, "at": at, "answer": answer,
                               "fingerprint": request.fingerprint})  # fmt: skip


def once(
    session: Session, request: Request, act: Callable[[], dict[str, Any]], *, at: datetime
) -> dict[str, Any]:
    """Do it and keep the answer, in one transaction; asked again, only answer. Raises KeyReused."""
    if (kept := answered(session, request)) is not None:
        return kept
    done = act()
    remember(session, request, done, at=at)
    return done
