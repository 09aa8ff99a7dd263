"""The group robot of DingTalk (钉钉): a token in the URL, signed with a secret, 20 messages a minute.

Who sends more is shut out for ten minutes, and is told 130101. -1, 130101, 300005 and 310000 were seen
in answers that people published; 410100 and those from 400013 on are as the vendor's table of codes was remembered and could
not be compared with it. A code that is in neither list is tried again, so a code forgotten here loses no message; one that
is wrongly taken for final is shown in the outbox with its number, to be tried again by hand.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from notifications.channels.robots import Dialect, Robot

BUSY, TOO_FAST, THROTTLED = -1, 130101, 410100
BAD_HEADER, NO_JSON, DISBANDED, NO_TOKEN, STOPPED, BAD_TYPE, NO_ROBOT = (
    43004,
    40035,
    400013,
    400101,
    400102,
    400105,
    400106,
)
UNKNOWN_TOKEN, OLD_UNKNOWN_TOKEN, NOT_LET_IN = (
    300005,
    300001,
    310000,
)  # not let in: signature, words or address
UNSAFE_LINK, UNFIT_TEXT, UNFIT_PICTURE, UNFIT = 430101, 430102, 430103, 430104


@dataclass(frozen=True, slots=True)
class DingTalkRobot(Robot):
    """A robot of a DingTalk group. The signature is good for an hour of the server's clock."""

    secret: str | None = field(default=None, repr=False)

    dialect: ClassVar[Dialect] = Dialect(
        "errcode", "errmsg", frozenset({BUSY, TOO_FAST, THROTTLED}),
        frozenset({BAD_HEADER, NO_JSON, DISBANDED, NO_TOKEN, STOPPED, BAD_TYPE, NO_ROBOT, UNKNOWN_TOKEN, OLD_UNKNOWN_TOKEN,
                   NOT_LET_IN, UNSAFE_LINK, UNFIT_TEXT, UNFIT_PICTURE, UNFIT}), most_bytes=18_000,
    )  # fmt: skip

    def signature(self, *, at: datetime) -> tuple[Mapping[str, Any], str]:
        """In the query: the time in milliseconds, and HMAC-SHA256 of it and the secret under the secret."""
        if self.secret is None:
            return {}, ""
        stamp = str(int(at.timestamp() * 1000))
        told = hmac.new(self.secret.encode(), f"{stamp}\n{self.secret}".encode(), hashlib.sha256).digest()
        return {}, urlencode({"timestamp": stamp, "sign": b64encode(told).decode()})
