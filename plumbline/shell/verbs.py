"""How a function becomes a command: every one takes --json, --as and --at, and answers with an `Answer`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any, get_type_hints

import typer

from plumbline.shell import output
from plumbline.shell.acting import Asked
from plumbline.shell.output import Answer
from plumbline.shell.words import said

Json = Annotated[
    bool, typer.Option("--json", help=said("以一个 JSON 文档作答。", "Answer with one JSON document."))
]
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="NAME",
        help=said("以某账号办理（仅限演练库）。", "Act as this account (rehearsals only)."),
    ),
]
At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="INSTANT",
        help=said(
            "办理时刻，带时区（仅限演练库）。", "Act at this instant, with its offset (rehearsals only)."
        ),
    ),
]
_OPTIONS = {"json_": (Json, False), "as_": (As, None), "at_": (At, None)}

Command = Callable[..., Answer]


def noun(help_: str) -> typer.Typer:
    """A group of commands."""
    return typer.Typer(help=help_, no_args_is_help=True, rich_markup_mode=None, add_completion=False)


def verb(app: typer.Typer, name: str, help_: str) -> Callable[[Command], Command]:
    """Make a function a command of `app`. Its first parameter is the `Asked`; what it returns is shown."""

    def register(function: Command) -> Command:
        app.command(name, help=help_)(as_command(function))
        return function

    return register


def as_command(function: Command) -> Callable[..., None]:
    """`function` with the three options every command has, in place of its `Asked`."""

    def run(context: typer.Context, json_: bool, as_: str | None, at_: str | None, **given: Any) -> None:
        asked = merged(context, json=json_, as_=as_, at_=at_)
        try:
            answer = function(asked, **given)
        finally:
            asked.close()
        output.show(answer, as_json=asked.json, rehearsal=asked.rehearses)
        if answer.status:
            raise typer.Exit(answer.status)

    hints = get_type_hints(function, include_extras=True)
    _, *own = inspect.signature(function).parameters.values()
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in _OPTIONS.items()
    ]
    here = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    parameters = [
        here,
        *(one.replace(annotation=hints[one.name], kind=inspect.Parameter.KEYWORD_ONLY) for one in own),
        *options,
    ]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def merged(context: typer.Context, *, json: bool, as_: str | None, at_: str | None) -> Asked:
    """The options of the command, and where it has none those given before it."""
    before: Asked = context.obj or Asked()
    return Asked(
        as_=as_ if as_ is not None else before.as_,
        at_=at_ if at_ is not None else before.at_,
        json=json or before.json,
    )
