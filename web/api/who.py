"""Who asks. So far by a token alone; a browser's session would be a second way to the same `Who`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from cases import tokens
from cases.tokens import Bearer, TokenRefused
from plumbline.work import Work

LONGEST_TOKEN = 200


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody with an account, what this way in is good for, and by which key their requests are counted."""

    login: str
    scopes: frozenset[str]
    counted_as: str
    held: Bearer | None = None


def prove(work: Work, request: Request, *, at: datetime) -> Who:
    """Whoever the request proves to come from. Raises TokenRefused, the same for whatever is wrong."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not 0 < len(token) <= LONGEST_TOKEN:
        raise TokenRefused(str(TokenRefused.__doc__))
    with work.reading() as session:
        held = tokens.bearer(session, token, at=at)
    return Who(held.login, held.scopes, f"token:{held.id}", held)


def note_use(work: Work, who: Who, *, at: datetime) -> None:
    """Keep that the token was used, if that was not kept lately."""
    if who.held is not None and tokens.is_stale(who.held, at=at):
        with work.unit() as session:
            tokens.note_use(session, who.held, at=at)
