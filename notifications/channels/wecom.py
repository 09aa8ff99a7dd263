"""The group robot of WeCom (企业微信): a key in the URL, no signature, 20 messages a minute, 2,048 bytes of text.

Limits are those of the vendor's page on group robots (developer.work.weixin.qq.com/document/path/91770). 45009 (too many
calls) and 93000 (no such key) were seen in answers that people published; 40058, 44004 and 45002 belong to the vendor's
table of global codes (path/90313), which could not be compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from notifications.channels.robots import Dialect, Robot

BUSY, TOO_OFTEN, TOO_MANY_AT_ONCE = -1, 45009, 45033
BAD_TYPE, BAD_ARGUMENT, EMPTY, TOO_LONG, BAD_KEY = 40008, 40058, 44004, 45002, 93000


@dataclass(frozen=True, slots=True)
class WeComRobot(Robot):
    """A robot of a WeCom group. Who knows its URL can post: it is handled as a password."""

    dialect: ClassVar[Dialect] = Dialect(
        "errcode", "errmsg", frozenset({BUSY, TOO_OFTEN, TOO_MANY_AT_ONCE}),
        frozenset({BAD_TYPE, BAD_ARGUMENT, EMPTY, TOO_LONG, BAD_KEY}), most_bytes=2048,
    )  # fmt: skip
