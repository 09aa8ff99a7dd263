"""Bodies that come piece by piece, and say how much of them was taken."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.web.api.client import Client


class Upload:
    """A body that says how much of it was taken."""

    def __init__(self, size: int, *, breaks_off: bool = False, piece: int = 1 << 20) -> None:
        self.size, self.taken, self.breaks_off, self.piece = size, 0, breaks_off, piece

    async def receive(self) -> dict[str, Any]:
        if self.breaks_off and self.taken:
            return {"type": "http.disconnect"}
        piece = min(self.piece, self.size - self.taken)
        self.taken += piece
        return {"type": "http.request", "body": bytes(piece), "more_body": self.taken < self.size}


def upload(
    api: Client, token: str, number: str, body: Upload, *, told: bool = False, lang: str = "en", path: str = "",
    kind: str = "application/octet-stream", method: str = "POST", query: bytes = b"name=a.jpg",
) -> tuple[int, bytes]:  # fmt: skip
    """The answer to a body that is sent piece by piece, its size told before or not."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = {"authorization": f"Bearer {token}", "content-type": kind, "idempotency-key": "k",
               "accept-language": lang} | ({"content-length": str(body.size)} if told else {})  # fmt: skip
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path or f"/api/v1/clues/{number}/attachments", "raw_path": b"", "query_string": query,
        "root_path": "", "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    app: Any = api.browser.app
    asyncio.run(app(scope, body.receive, send))
    status = next(one["status"] for one in sent if one["type"] == "http.response.start")
    return status, b"".join(one.get("body", b"") for one in sent)
