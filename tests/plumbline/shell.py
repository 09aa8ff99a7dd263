"""The shell in tests: commands run in this process, on a rehearsal of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from plumbline.cli import main
from plumbline.database import sqlite

NOON = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)  # Tuesday 1 September 2026, noon in Shanghai


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)


@dataclass
class Shell:
    """Runs commands as somebody at an instant."""

    home: Path
    capture: pytest.CaptureFixture[str]
    at: datetime | None = NOON

    def run(self, *words: str) -> Said:
        """The words as they are."""
        self.capture.readouterr()
        status = main(list(words))
        out, err = self.capture.readouterr()
        return Said(status, out, err)

    def ask(self, who: str, *words: str, at: datetime | None = None) -> Said:
        """As `who`, in JSON, at the shell's instant."""
        instant = at or self.at
        when = ["--at", instant.isoformat()] if instant else []
        return self.run(*words, "--json", "--as", who, *when)

    def do(self, who: str, *words: str, at: datetime | None = None) -> Any:
        """As `ask`, and it must succeed; the document."""
        said = self.ask(who, *words, at=at)
        assert said.status == 0, said
        return said.json

    def filled(self, fields: list[dict[str, Any]], **instead: str) -> list[str]:
        """`--set` for every required field, with its example or what is given instead."""
        form = {one["name"]: one["example"] for one in fields if one["required"]} | instead
        return [word for name, value in form.items() for word in ("--set", f"{name}={as_word(value)}")]

    def register(self, **instead: str) -> str:
        """A clue registered by the supervisor with the form's own examples; its number."""
        fields = self.do("supervisor", "clue", "form")["fields"]
        return str(self.do("supervisor", "clue", "register", *self.filled(fields, **instead))["number"])


def as_word(value: object) -> str:
    """A JSON value as somebody would type it."""
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def refused(said: Said, status: int, *codes: str) -> None:
    """A refusal in JSON: exit status, a sentence, every reason with its code; and nothing that looks like Python."""
    assert said.status == status, said
    answer = said.json
    assert set(answer) >= {"error", "message", "reasons"}
    assert answer["message"].strip()
    assert all(set(reason) >= {"code", "message", "cure"} for reason in answer["reasons"])
    assert set(codes) <= {answer["error"], *(reason["code"] for reason in answer["reasons"])}, answer
    assert "Traceback" not in said.out + said.err


@contextmanager
def behind(path: Path) -> Iterator[Any]:
    """The database's file, opened by something that is not Plumbline."""
    with closing(sqlite.connect(path)) as connection, connection:
        yield connection


def events(shell: Shell) -> int:
    return int(shell.run("audit", "verify", "--json").json["events"])
