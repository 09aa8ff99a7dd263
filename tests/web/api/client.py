"""People who ask the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient
from httpx2 import Response

from cases import tokens
from plumbline.work import Work
from tests.plumbline.shell import NOON
from web import app
from web.api.problems import KIND


class Client:
    """Asks as anybody on file: each gets a token when they first ask."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.browser = TestClient(app.create(work), raise_server_exceptions=False)
        self._tokens: dict[str, str] = {}

    def token(self, who: str) -> str:
        if who not in self._tokens:
            with self.work.unit() as session:
                self._tokens[who] = tokens.issue(session, who, at=NOON).token
        return self._tokens[who]

    def ask(
        self, who: str, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> Response:  # fmt: skip
        """One request under /api/v1."""
        sent = {"Authorization": f"Bearer {self.token(who)}"} | dict(headers or {})
        return self.browser.request(method, f"/api/v1{path}", headers=sent, **more)

    def get(self, who: str, path: str, **more: Any) -> Any:
        """What is there; it must be."""
        answer = self.ask(who, "GET", path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, who: str, path: str, content: Any = None, **headers: str) -> Response:
        """A POST with a key of its own, unless one is given as `Idempotency_Key`."""
        named = {"Idempotency-Key": str(uuid4())} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return self.ask(who, "POST", path, headers=named, json=content)

    def note(self, who: str = "supervisor", machine: str = "clues", **instead: Any) -> str:
        """A matter opened with the form's own examples; its number."""
        answer = self.post(who, f"/{machine}", self.example(who, machine) | instead)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["number"])

    def example(self, who: str = "supervisor", machine: str = "clues") -> dict[str, Any]:
        """The form of opening, filled with its examples."""
        return _filled(self.get(who, f"/{machine}/form")["fields"])

    def do(self, who: str, number: str, move: str, /, machine: str = "clues", **instead: Any) -> Response:
        """A move with the form's examples, at the version it has now."""
        survey = self.get(who, f"/{machine}/{number}/moves")
        fields: Any = next((one["fields"] for one in survey["open"] if one["move"] == move), [])
        return self.post(who, f"/{machine}/{number}/moves/{move}", _filled(fields) | instead,
                         If_Match=f'"{survey["version"]}"')  # fmt: skip


def _filled(fields: Any) -> dict[str, Any]:
    return {one["name"]: one["example"] for one in fields if one["required"] and one["example"] is not None}


def refused(answer: Response, status: int, *codes: str) -> dict[str, Any]:
    """A problem, whole, with every one of these codes; the document."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == KIND
    told: dict[str, Any] = answer.json()
    assert told["status"] == status
    assert told["type"] == f"urn:plumbline:problem:{told['code']}"
    assert told["detail"].strip()
    assert told["title"].strip()
    assert all({"code", "message", "cure"} <= reason.keys() for reason in told["reasons"])
    assert set(codes) <= {told["code"], *(reason["code"] for reason in told["reasons"])}, told
    return told
