"""Pages are worked out a few at a time in each process, in the order in which they were asked for.

Python works in one thread at a time. Eight pages worked out at once are all ready at the end, and each of them waits for the
others whenever it comes back from the database; one after the other the first are ready at once, and all of them sooner.
Where the database is another process, a second page is worked out while the first waits for its answer.
"""

from __future__ import annotations

import asyncio
from collections import deque

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST = 0.1  # seconds after which whoever has the turn no longer holds up the next
READS = ("GET", "HEAD")
AT_ONCE = ("/static/", "/healthz", "/readyz", "/metrics")  # what a page is dressed in, and what watchers ask


class Turns:
    """Lets reading requests through, `at_once` of them at a time; what writes, or brings a file, goes through at once.

    A turn ends when the answer begins, so that nobody waits for a slow line, and after `longest` seconds, so that nobody
    waits for a long list: it is then worked out beside the others. For one event loop.
    """

    def __init__(self, app: ASGIApp, *, at_once: int = 1, longest: float = LONGEST) -> None:
        self._app = app
        self._at_once = at_once
        self._longest = longest
        self._waiting: deque[asyncio.Future[_Turn]] = deque()
        self._now: set[_Turn] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in READS or scope["path"].startswith(AT_ONCE):
            await self._app(scope, receive, send)
            return
        turn = await self._turn()

        async def answering(message: Message) -> None:
            self._end(turn)
            await send(message)

        try:
            await self._app(scope, receive, answering)
        finally:
            self._end(turn)

    async def _turn(self) -> _Turn:
        """Wait for the turn."""
        if len(self._now) < self._at_once:
            return self._begin()
        waits: asyncio.Future[_Turn] = asyncio.get_running_loop().create_future()
        self._waiting.append(waits)
        try:
            return await waits
        except asyncio.CancelledError:
            if waits.done() and not waits.cancelled():
                self._end(waits.result())  # it was given the turn at the very moment it went away
            raise

    def _begin(self) -> _Turn:
        turn = _Turn()
        self._now.add(turn)
        turn.timer = asyncio.get_running_loop().call_later(self._longest, self._end, turn)
        return turn

    def _end(self, turn: _Turn) -> None:
        """Give the turn to the next, if this one still has it."""
        if turn not in self._now:
            return
        self._now.remove(turn)
        if turn.timer is not None:
            turn.timer.cancel()
        while self._waiting:
            waits = self._waiting.popleft()
            if not waits.done():  # whoever went away meanwhile is passed over
                waits.set_result(self._begin())
                return


class _Turn:
    """The turn of one request; its timer passes it on."""

    timer: asyncio.TimerHandle | None = None
