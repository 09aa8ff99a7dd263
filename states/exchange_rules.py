"""How matters of a machine travel between two sites, as an office sets it in its rulebook.

A commission above may run its own Plumbline. What goes up then leaves as a signed file and is taken in there; receipt and
answer come back the same way and make the same moves here. `cases.packets` says what such a file holds.
"""

from __future__ import annotations

from pydantic import Field

from states.rule import Name, Rule


class Exchange(Rule):
    """What leaves, who may send and take in, and which moves a file from another site makes.

    `carries` names the facts that go, one by one: what is not named never leaves. Those in `always` cannot be left out
    of a single packet, all others can. `arrives` is the engine's move that a packet makes on the site it is for;
    `delivered` the move it makes at home once the other site says that it came. Moves in `replies` are made there by
    people and come back to be made here. `settles` closes the matter there once its answer was written. `turned_away` is
    the engine's move at home when the other site, or its mail server, would not take the file: people have to know.
    """

    carries: tuple[Name, ...] = Field(min_length=1)
    always: tuple[Name, ...] = ()
    sent_by: tuple[Name, ...]  # roles that write packets and take in replies
    taken_in_by: tuple[Name, ...]  # roles that take in packets and write replies
    carried_by: tuple[Name, ...] = ()  # roles that bring files in at either end, and see nothing of them
    arrives: Name
    delivered: Name
    replies: tuple[Name, ...] = Field(min_length=1)
    settles: Name
    turned_away: Name | None = None

    @property
    def made_elsewhere(self) -> tuple[str, ...]:
        """The moves that a file from another site may make."""
        return (self.arrives, self.delivered, *self.replies)
