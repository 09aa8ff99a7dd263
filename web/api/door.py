"""The way in: one route for each path, which knows every method of it; who asks, may they, how fast; then the act."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import BinaryIO

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from cases import people
from plumbline import clock
from plumbline.work import Work
from states.form_values import label
from web.api import (
    assessments,
    attachments,
    bodies,
    checklists,
    clocks,
    coverage,
    creation,
    decisions,
    exchange,
    fields,
    files,
    hooks,
    ledger,
    office,
    openapi,
    outbox,
    papers,
    problems,
    programmes,
    radar,
    recusals,
    risks,
    rounds,
    staff,
    who,
    workbench,
    zero_reports,
)
from web.api.asking import Asked, document
from web.api.machines import PLURALS, Matters
from web.api.operations import Answers, Operation, Takes
from web.api.pace import Pace
from web.api.problems import Wrong, not_here
from web.api.rights import RIGHTS
from web.api.who import Who
from web.api.wishes import NoQuery
from web.pacing import Paces

PREFIX = "/api/v1"


def operations(work: Work) -> tuple[Operation, ...]:
    """Every operation there is for this office, those with a fixed name before those with a number in its place."""
    return tuple(sorted(_operations(work), key=lambda one: one.path.count("{")))


def _operations(work: Work) -> Iterator[Operation]:
    book = work.office.rulebook()
    for machine, plural in PLURALS.items():
        yield from Matters(machine, plural).operations(fields.opening(book, machine))
    for module in (
        attachments,
        ledger,
        rounds,
        exchange,
        recusals,
        programmes,
        coverage,
        radar,
        checklists,
        risks,
        files,
        decisions,
        creation,
        zero_reports,
        assessments,
        clocks,
        outbox,
        papers,
        hooks,
        office,
        workbench,
        staff,
    ):
        yield from module.operations()
    yield Operation("GET", "/openapi.json", "openapi", ("openapi", "read"), "This description", _unused,
                    Answers({"type": "object"}, {"openapi": openapi.VERSION}), "office")  # fmt: skip


def _unused(_asked: Asked) -> Response:
    raise AssertionError("the description is answered by the door itself")


def router(work: Work, paces: Paces) -> Router:
    """The API on this database."""
    every = operations(work)
    door = Door(work, every, paces)
    paths: dict[str, dict[str, Operation]] = {}
    for one in every:
        paths.setdefault(one.path, {})[one.method] = one
    routes = [Route(path, Place(door, methods)) for path, methods in paths.items()]
    return Router(routes, redirect_slashes=False, default=Place(door, {}))


class Way:
    """Leads what is asked under the prefix to the API, and everything else on.

    No mount of Starlette's: its pattern ends a path at a line break, and what lies beyond would not be ours to answer.
    """

    def __init__(self, app: ASGIApp, api: Router) -> None:
        self.app, self.api = app, api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(f"{PREFIX}/"):
            await self.api({**scope, "root_path": scope.get("root_path", "") + PREFIX}, receive, send)
        else:
            await self.app(scope, receive, send)


class Door:
    """What all operations have in common: the office, and the pace each token may keep."""

    def __init__(self, work: Work, operations: Sequence[Operation], paces: Paces) -> None:
        self.work = work
        self._operations = operations
        self.pace = Pace(work.settings.api_per_minute, paces)

    def described(self) -> Response:
        """The description of all operations; few ask for it, so it is written when somebody does."""
        return self._description

    @cached_property
    def _description(self) -> Response:
        return document(openapi.described(self._operations, rehearsal=self.work.rehearsal))

    def answer(self, operation: Operation, request: Request, names: Mapping[str, str], lang: str) -> Response:
        """The answer to one request, problems included. Runs in a thread: everything here may wait for the database."""
        asked = self.admitted(operation, request, names, lang)
        return asked if isinstance(asked, Response) else self.done(operation, asked)

    def admitted(
        self, operation: Operation, request: Request, names: Mapping[str, str], lang: str
    ) -> Asked | Response:
        """The request of somebody who may come in, before anything that it brings is read; or why not."""
        at = clock.now()
        try:
            known = who.prove(self.work, request, at=at)
            self.pace.check(known.counted_as)
            self._check_right(operation, known)
            asked = Asked(self.work, request, known, at, lang, names)
            if operation.query is NoQuery and request.scope["query_string"]:
                asked.query(NoQuery)
            if operation.before is not None:
                operation.before(asked)
        except Exception as fault:  # noqa: BLE001 - the one place that turns faults into answers, foreseen or not
            return problems.answer(fault, lang, refused=operation.refused)
        return asked

    def done(self, operation: Operation, asked: Asked) -> Response:
        """What was asked, done and answered, problems included."""
        try:
            response = operation.act(asked)
        except Exception as fault:  # noqa: BLE001 - as above
            return problems.answer(fault, asked.lang, refused=operation.refused)
        self._note_use(asked.who, at=asked.at)
        return response

    def done_with(
        self, operation: Operation, asked: Asked, *, data: bytes = b"", file: BinaryIO | None = None
    ) -> Response:
        """The same with what was sent; what is done, is done when that is there."""
        return self.done(operation, replace(asked, data=data, upload=file, at=clock.now()))

    def _check_right(self, operation: Operation, known: Who) -> None:
        """What the table of rights asks of the token and its owner; by default nobody may."""
        right = RIGHTS[operation.right]
        if right.scope is None or right.scope not in known.scopes:
            needed = right.scope or "-"
            raise Wrong(403, "insufficient_scope", label(f"令牌不含用途 {needed}。", f"The token lacks the scope {needed}."),
                        label("请求发放含此用途的令牌。", "Ask for a token with this scope."),
                        headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{needed}"'})  # fmt: skip
        if right.roles and not self._holds(known.login, right.roles):
            names = ", ".join(sorted(right.roles))
            raise Wrong(403, "not_your_role", label(f"仅限以下角色：{names}。", f"This is for: {names}."))

    def _holds(self, login: str, roles: Iterable[str]) -> bool:
        with self.work.reading() as session:
            return any(held.role in roles for held in people.postings_of(session, login))

    def _note_use(self, known: Who, *, at: datetime) -> None:
        """That the token was used; an answer is not lost over it."""
        try:
            who.note_use(self.work, known, at=at)
        except SQLAlchemyError:
            return


class Place:
    """One path and its methods, as an ASGI application."""

    def __init__(self, door: Door, methods: Mapping[str, Operation]) -> None:
        self._door, self._methods = door, methods
        heads = ["HEAD"] if "GET" in methods else []
        self._allow = ", ".join(sorted([*methods, *heads]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        lang = _language(request.headers.get("accept-language", ""), usual=self._door.work.settings.lang)
        operation = self._methods.get("GET" if request.method == "HEAD" else request.method)
        if operation is None:
            return problems.answer(self._no_such_method(), lang)
        if operation.name == "openapi":
            return await run_in_threadpool(self._door.described)
        if operation.takes is not None:
            response = await self._take(operation, operation.takes, request, lang)
        else:
            names = request.path_params
            response = await run_in_threadpool(self._door.answer, operation, request, names, lang)
        response.headers["Vary"] = "Authorization, Accept-Language"
        return response

    async def _take(self, operation: Operation, takes: Takes, request: Request, lang: str) -> Response:
        """What is sent is read once it is known who sends it and that they may, and no further than it may be long."""
        door = self._door
        asked = await run_in_threadpool(door.admitted, operation, request, request.path_params, lang)
        if isinstance(asked, Response):
            return asked
        try:
            if (upload := takes.upload) is None:
                data = await bodies.collected(request)
                return await run_in_threadpool(door.done_with, operation, asked, data=data)
            most, too_large = upload.most(door.work), upload.too_large
            async with bodies.spooled(request, most, too_large, kinds=upload.kinds) as file:
                return await run_in_threadpool(door.done_with, operation, asked, file=file)
        except Exception as fault:  # noqa: BLE001 - as above: a disk may be full
            return problems.answer(fault, lang, refused=operation.refused)

    def _no_such_method(self) -> Wrong:
        if not self._methods:
            return not_here()
        return Wrong(405, "method_not_allowed", label(f"此处可用：{self._allow}。", f"There is: {self._allow}."),
                     headers={"Allow": self._allow})  # fmt: skip


def _language(accepted: str, *, usual: str) -> str:
    """The language that is accepted most, of the two there are."""
    best, found = 0.0, usual
    for part in accepted[:200].split(","):
        name, _, quality = part.strip().lower().partition(";")
        weight = _weight(quality.strip())
        if name[:2] in ("zh", "en") and weight > best:
            best, found = weight, name[:2]
    return found


def _weight(quality: str) -> float:
    try:
        return float(quality.removeprefix("q=")) if quality else 1.0
    except ValueError:
        return 0.0
