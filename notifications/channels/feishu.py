"""The group robot of Feishu (飞书), and of Lark, which is the same: signed with a secret; 100 messages a minute and 5 a
second; 20 KB of JSON.

Limits and codes are those of the vendor's guide to custom bots (open.feishu.cn/document/ukTMukTMukTM/ucTM5YjL3ETO24yNxkjN),
which also advises against full and half hours, when 11232 comes without any fault of ours; 99991400 and HTTP 429 are those
of its page on rate limits (server-docs/api-call-guide/frequency-control). 19001 and 19002 could not be compared with it.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from notifications.channels.robots import Dialect, Robot

TOO_OFTEN, APP_THROTTLED = 11232, 99991400
BAD_REQUEST, BAD_TOKEN, NOT_FOUND, BAD_SIGNATURE, BAD_ADDRESS, NO_KEYWORD = (
    9499,
    19001,
    19002,
    19021,
    19022,
    19024,
)


@dataclass(frozen=True, slots=True)
class FeishuRobot(Robot):
    """A robot of a Feishu group. The signature is good for an hour of the server's clock."""

    secret: str | None = field(default=None, repr=False)

    dialect: ClassVar[Dialect] = Dialect(
        "code", "msg", frozenset({TOO_OFTEN, APP_THROTTLED}),
        frozenset({BAD_REQUEST, BAD_TOKEN, NOT_FOUND, BAD_SIGNATURE, BAD_ADDRESS, NO_KEYWORD}), most_bytes=18_000,
    )  # fmt: skip

    def body(self, text: str) -> dict[str, Any]:
        """Feishu's own names for the same two things."""
        return {"msg_type": "text", "content": {"text": text}}

    def signature(self, *, at: datetime) -> tuple[Mapping[str, Any], str]:
        """In the body: the time in seconds, and HMAC-SHA256 of nothing under the time and the secret."""
        if self.secret is None:
            return {}, ""
        stamp = str(int(at.timestamp()))
        told = hmac.new(f"{stamp}\n{self.secret}".encode(), b"", hashlib.sha256).digest()
        return {"timestamp": stamp, "sign": b64encode(told).decode()}, ""
