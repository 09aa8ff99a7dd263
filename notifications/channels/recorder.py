"""A channel that keeps what it is handed, for tests and rehearsals: it ships, so that nobody needs a mock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from notifications.channels import Receipt, Undeliverable
from notifications.mail import BadAddress, Message


def _takes_all(_message: Message) -> None:
    """Takes every message."""


@dataclass(slots=True)
class RecorderChannel:
    """Keeps every copy it took in `taken`, in order. `before` may refuse one by raising, as a real channel would."""

    before: Callable[[Message], None] = _takes_all
    taken: list[tuple[datetime, Message]] = field(default_factory=list)

    def deliver(self, message: Message, *, at: datetime) -> Receipt:
        """Take the message, unless `before` raises. Raises Undeliverable for what no channel would take."""
        try:
            message.as_bytes()
        except BadAddress as fault:
            raise Undeliverable(str(fault)) from fault
        self.before(message)
        self.taken.append((at, message))
        return Receipt(f"copy {len(self.taken)}")

    @property
    def messages(self) -> dict[str, Message]:
        """What a receiver has who drops second copies: one message per Message-ID."""
        return {message.message_id: message for _, message in self.taken}
