"""Who comes through doors without a login: not too many at once, nobody too often, and nobody for ever.

What is counted lies in memory and is forgotten with the process: it protects the house, it proves nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

from cases import canonical

INSIDE = 8  # files at once
HELD = (
    2 * canonical.MOST_BYTES + 8_000_000
)  # bytes of them at once: they are held in memory while they are read
REMEMBERED = 4096  # visitors; the one seen longest ago is forgotten first
BUSY_FOR = 5  # seconds until a full house is asked again


@dataclass
class Allowance:
    """So many a minute, saved up to one minute's worth."""

    a_minute: int
    left: float
    at: float

    def refill(self, now: float) -> None:
        """What has come back since it was looked at last."""
        self.left = min(self.left + (now - self.at) * self.a_minute / 60, self.a_minute)
        self.at = now


@dataclass
class Allowances:
    """One allowance for each visitor."""

    a_minute: int
    now: Callable[[], float] = monotonic
    _held: OrderedDict[str, Allowance] = field(default_factory=OrderedDict)

    def wait_of(self, visitor: str) -> int:
        """Seconds until this visitor may come again; 0 where it may now."""
        one = self._held.get(visitor)
        if one is None:
            return 0
        one.refill(self.now())
        return 0 if one.left >= 1 else int((1 - one.left) * 60 / self.a_minute) + 1

    def spend(self, visitor: str) -> None:
        """It came once more."""
        now = self.now()
        one = self._held.setdefault(visitor, Allowance(self.a_minute, self.a_minute, now))
        one.refill(now)
        one.left -= 1
        self._held.move_to_end(visitor)
        while len(self._held) > REMEMBERED:
            self._held.popitem(last=False)


@dataclass
class Doorkeeper:
    """Counts who is inside, what strangers try, and what each known site brings. To be asked from one thread."""

    strangers: Allowances = field(
        default_factory=lambda: Allowances(30)
    )  # files that prove nothing, by address
    sites: Allowances = field(default_factory=lambda: Allowances(600))  # files with a good signature, by site
    most_inside: int = INSIDE
    most_held: int = HELD
    inside: int = 0
    held: int = 0

    @property
    def full(self) -> bool:
        """Whether nobody else is let in now."""
        return self.inside >= self.most_inside

    @contextmanager
    def entered(self) -> Iterator[None]:
        """One more is inside."""
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1

    def hold(self, more: int) -> bool:
        """Whether there is room for so many bytes more; then they are held. Negative: they are let go."""
        if more > 0 and self.held + more > self.most_held:
            return False
        self.held += more
        return True
