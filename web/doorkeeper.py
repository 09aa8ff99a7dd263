"""Who comes through doors without a login: not too many at once, nobody too often, and nobody for ever.

What is counted protects the house and proves nothing. Who is inside, and how much they brought, is counted by each
process for itself: it bounds that process's memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from cases import canonical
from web.pacing import Paces

INSIDE = 8  # files at once
HELD = (
    2 * canonical.MOST_BYTES + 8_000_000
)  # bytes of them at once: they are held in memory while they are read
BUSY_FOR = 5  # seconds until a full house is asked again


@dataclass
class Allowances:
    """So many a minute for each visitor of one kind, saved up to one minute's worth."""

    a_minute: int
    paces: Paces = field(default_factory=Paces)
    kind: str = ""

    def wait_of(self, visitor: str) -> int:
        """Seconds until this visitor may come again; 0 where it may now."""
        return self.paces.wait(f"{self.kind} {visitor}", self.a_minute)

    def spend(self, visitor: str) -> None:
        """It came once more."""
        self.paces.spend(f"{self.kind} {visitor}", self.a_minute)


@dataclass
class Doorkeeper:
    """Counts who is inside, what strangers try, and what each known site brings. To be asked from one thread."""

    strangers: Allowances  # files that prove nothing, by address
    sites: Allowances  # files with a good signature, by site
    most_inside: int = INSIDE
    most_held: int = HELD
    inside: int = 0
    held: int = 0

    @classmethod
    def counting(cls, paces: Paces) -> Doorkeeper:
        """One that counts there."""
        return cls(Allowances(30, paces, "stranger"), Allowances(600, paces, "site"))

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
