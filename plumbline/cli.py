"""The `plumbline` command: parse, run, and turn whatever went wrong into an answer and an exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import cast

import typer
from typer.main import get_command

from plumbline.shell import commands, failures, output
from plumbline.shell.failures import Failure, WrongUsage
from plumbline.shell.words import chosen, lines, said, visible


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status: 0 done, 1 refused, 2 wrong usage or bad input, 3 something out of reach."""
    arguments = [_readable(word) for word in (sys.argv[1:] if argv is None else argv)]
    output.prepare()
    try:
        status = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        output.abandon()
        return 0
    except KeyboardInterrupt:
        output.remark(said("已中断；未完成的办理没有保存。", "Stopped. What was not finished was not saved."))
        return failures.INTERRUPTED
    return status


def _run(arguments: list[str]) -> int:
    as_json = "--json" in arguments
    try:
        _check_readable(arguments)
        return _command(arguments)
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except typer.Exit as over:
        return over.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    except typer.TyperException as misused:
        return _misused(misused, as_json=as_json)
    except Exception as fault:  # noqa: BLE001 - nobody who mistyped a number should read a traceback
        found = failures.failure(fault, chosen()) or failures.unforeseen(fault, chosen(), keep_in=_home())
        return _tell(found, as_json=as_json)


def _readable(word: str) -> str:
    """Under LANG=C, Python does not know that the bytes of a Chinese word are UTF-8; this shell does."""
    try:
        return word.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return word


def _check_readable(arguments: Sequence[str]) -> None:
    for word in arguments:
        if not word.isascii() and any("\ud800" <= sign <= "\udfff" for sign in word):
            shown = visible(word)[:60]
            raise WrongUsage(
                "bad_character",
                (f"{shown} 不是 UTF-8 文本。", f"{shown} is not text in UTF-8."),
                ("请检查终端的编码。", "Check the encoding of this terminal."),
            )


def _command(arguments: list[str]) -> int:
    program = _program(commands.noun_of(arguments), chosen())
    done = program.main(arguments, prog_name="plumbline", standalone_mode=False)
    return done if isinstance(done, int) else 0


@cache
def _program(only: str | None, _lang: str) -> typer.core.TyperGroup:
    """The program, or one noun of it, as built once in this process; its texts are of one language."""
    return cast("typer.core.TyperGroup", get_command(commands.build(only)))


def _misused(misused: typer.TyperException, *, as_json: bool) -> int:
    """What typer found wrong with the words themselves; for a noun without a verb, its help."""
    message = misused.format_message()
    context = getattr(misused, "ctx", None)
    if type(misused).__name__ == "NoArgsIsHelpError" and not as_json:
        output.remark(message)
        return failures.USAGE
    path = getattr(context, "command_path", "plumbline")
    cure = said(f"请看 {path} --help。", f"`{path} --help` shows how.")
    reason = {"code": "usage", "message": message, "cure": cure}
    return _tell(Failure(failures.USAGE, "usage", message, [reason]), as_json=as_json)


def _tell(found: Failure, *, as_json: bool) -> int:
    """A refusal is the answer where JSON was asked for; people read it on standard error."""
    if as_json:
        output.write(output.as_text(found.as_dict(), sys.stdout))
    else:
        for line in found.as_lines():
            output.remark(lines(line))
    return found.status


def _home() -> Path:
    return Path(os.environ.get("PLUMBLINE_HOME") or "var").expanduser()


if __name__ == "__main__":
    sys.exit(main())
