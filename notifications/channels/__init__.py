"""The ways out of the house, behind one small protocol. Each passes the same conformance suite."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from notifications.mail import Message


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the other side answered when it took the message; kept with the notice as proof."""

    answer: str


class Undeliverable(Exception):
    """The other side will never take this message: a person has to look at it."""


class Unreachable(Exception):
    """The message did not get through this time; it is tried again later.

    `for_all` says that the channel as a whole is down, not this message alone: others need not be tried now.
    """

    def __init__(self, why: str, *, for_all: bool = False) -> None:
        super().__init__(why)
        self.for_all = for_all


class Channel(Protocol):
    """A way to get a message to a person."""

    def deliver(self, message: Message, *, at: datetime) -> Receipt:
        """Hand the message over and return only when the other side has taken it. Raises Undeliverable, Unreachable.

        A repeated message (same Message-ID) may arrive as a second copy, and never as another message.
        """
        ...
