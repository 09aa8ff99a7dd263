"""Pages are worked out one after the other; whoever takes long, or goes away, holds nobody up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from starlette.types import Message, Receive, Scope, Send

from web.turns import Turns

FOR_EVER = 3600.0


class Desk:
    """A program whose pages are ready when the test says so; it notes which were begun, in order."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.at_work = 0
        self.most_at_work = 0
        self._ready: dict[str, asyncio.Event] = {}

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer, once `ready`; a path with 'fails' in it fails."""
        name = scope["path"]
        self.begun.append(name)
        self.at_work += 1
        self.most_at_work = max(self.most_at_work, self.at_work)
        try:
            await self.event(name).wait()
        finally:
            self.at_work -= 1
        if "fails" in name:
            raise RuntimeError(name)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await self.event(f"{name} sent").wait()
        await send({"type": "http.response.body", "body": b""})

    def event(self, name: str) -> asyncio.Event:
        return self._ready.setdefault(name, asyncio.Event())

    def ready(self, *names: str) -> None:
        for name in names:
            self.event(name).set()

    def done(self, *names: str) -> None:
        """Ready, and the line takes it all at once."""
        self.ready(*names, *(f"{name} sent" for name in names))


async def nothing() -> Message:
    """What comes from the browser."""
    return {"type": "http.request", "body": b"", "more_body": False}


async def settle() -> None:
    """Let everything go on that can."""
    for _ in range(20):
        await asyncio.sleep(0)


Story = Callable[[Desk, "Visitors"], Awaitable[None]]


class Visitors:
    """People who ask for pages, each as soon as the one before has asked."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.leaves_with_answer: str | None = None

    async def ask(self, *names: str, method: str = "GET") -> None:
        for name in names:
            scope = {"type": "http", "method": method, "path": name}
            self.tasks[name] = asyncio.create_task(self._asked(scope))
            await settle()

    async def _asked(self, scope: Scope) -> None:
        await self._turns(scope, nothing, self._told)

    async def _told(self, _message: Message) -> None:
        """Where answers go."""
        if self.leaves_with_answer is not None:
            self.tasks[self.leaves_with_answer].cancel()


def told(story: Story, *, at_once: int = 1, longest: float = FOR_EVER) -> Desk:
    """The desk after this story, whose tasks are all at their end."""

    async def play() -> Desk:
        desk = Desk()
        visitors = Visitors(Turns(desk, at_once=at_once, longest=longest))
        await story(desk, visitors)
        await asyncio.wait_for(asyncio.gather(*visitors.tasks.values(), return_exceptions=True), 30)
        return desk

    return asyncio.run(play())


def test_pages_are_worked_out_one_at_a_time_in_the_order_they_were_asked_for() -> None:
    names = [f"/page-{number}" for number in range(5)]

    async def story(desk: Desk, visitors: Visitors) -> None:
        await visitors.ask(*names)
        assert desk.begun == names[:1]
        for so_far, name in enumerate(names, 1):
            assert desk.begun == names[:so_far]
            desk.done(name)
            await settle()

    assert told(story).most_at_work == 1


def test_several_are_worked_out_beside_each_other_where_the_database_is_another_process() -> None:
    names = [f"/page-{number}" for number in range(5)]

    async def story(desk: Desk, visitors: Visitors) -> None:
        await visitors.ask(*names)
        assert desk.begun == names[:2]
        desk.done(names[1])
        await settle()
        assert desk.begun == names[:3]
        desk.done(*names)

    assert told(story, at_once=2).most_at_work == 2


def test_a_slow_line_holds_nobody_up() -> None:
    async def story(desk: Desk, visitors: Visitors) -> None:
        await visitors.ask("/on-a-slow-line", "/next")
        desk.ready("/on-a-slow-line")  # worked out, but not all of it is sent
        await settle()
        assert desk.begun == ["/on-a-slow-line", "/next"]
        desk.done("/on-a-slow-line", "/next")

    told(story)


def test_a_long_list_holds_nobody_up() -> None:
    async def story(desk: Desk, visitors: Visitors) -> None:
        await visitors.ask("/long", "/short")
        assert desk.begun == ["/long", "/short"]
        desk.done("/short")
        await settle()
        assert visitors.tasks["/short"].done()
        assert not visitors.tasks["/long"].done()
        desk.done("/long")

    told(story, longest=0)


def test_when_a_long_list_is_done_it_does_not_end_the_turn_of_another() -> None:
    async def story(desk: Desk, visitors: Visitors) -> None:
        await visitors.ask("/long")
        desk.done("/long")
        await visitors.ask("/second", "/third")
        assert desk.begun == ["/long", "/second"]
        desk.done("/second", "/third")

    assert told(story).begun == ["/long", "/second", "/third"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/static/a.css"])
def test_a_watcher_and_what_a_page_is_dressed_in_wait_for_no_page(path: str) -> None:
    async def story(desk: Desk, visitors: Visitors) -> None:
        await visitors.ask("/page", path)
        assert desk.begun == ["/page", path]
        desk.done("/page", path)

    told(story)


def test_a_move_waits_for_no_page() -> None:
    async def story(desk: Desk, visitors: Visitors) -> None:
        await visitors.ask("/page")
        await visitors.ask("/move", method="POST")
        assert desk.begun == ["/page", "/move"]
        desk.done("/page", "/move")

    told(story)


def test_who_goes_away_while_waiting_is_passed_over() -> None:
    async def story(desk: Desk, visitors: Visitors) -> None:
        await visitors.ask("/first", "/gone", "/third")
        visitors.tasks["/gone"].cancel()
        await settle()
        desk.done("/first", "/third")

    assert told(story).begun == ["/first", "/third"]


def test_who_goes_away_at_the_moment_of_their_turn_passes_it_on() -> None:
    async def story(desk: Desk, visitors: Visitors) -> None:
        await visitors.ask("/first", "/gone", "/third")
        visitors.leaves_with_answer = (
            "/gone"  # the turn is given with the answer of the first, and not yet taken
        )
        desk.done("/first", "/gone", "/third")

    assert told(story).begun == ["/first", "/third"]


def test_who_goes_away_while_their_page_is_worked_out_passes_the_turn_on() -> None:
    async def story(desk: Desk, visitors: Visitors) -> None:
        await visitors.ask("/gone", "/next")
        visitors.tasks["/gone"].cancel()
        await settle()
        assert desk.begun == ["/gone", "/next"]
        desk.done("/next")

    told(story)


def test_a_page_that_fails_passes_the_turn_on() -> None:
    async def story(desk: Desk, visitors: Visitors) -> None:
        await visitors.ask("/fails", "/next")
        desk.done("/fails", "/next")

    assert told(story).begun == ["/fails", "/next"]
