"""What a judgement is made from: plain facts about one matter, one actor and one instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from states.rulebook import Label

ENGINE = "engine"  # the actor of moves that other matters or clocks make


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why a move is refused: a stable code, the sentence, and what would cure it and by whom.

    `field` names the field of the form it is about, where it is about one.
    """

    code: str
    message: Label
    cure: Label
    field: str | None = None

    def as_dict(self, lang: str = "en") -> dict[str, str]:
        """The form of contract.md: {"code", "message", "cure"}, and the "field" where there is one."""
        said = {"code": self.code, "message": self.message.in_(lang), "cure": self.cure.in_(lang)}
        return said if self.field is None else said | {"field": self.field}


class Refused(Exception):
    """The move is refused. `code` sums it up; `reasons` holds every reason at once."""

    def __init__(self, code: str, reasons: tuple[Reason, ...]) -> None:
        super().__init__("; ".join(reason.message.en for reason in reasons) or code)
        self.code = code
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, with the roles this person holds towards the matter in question."""

    id: str
    roles: frozenset[str] = frozenset()
    organisation: str | None = None
    is_handler: bool = False
    is_opener: bool = False
    is_site: bool = False  # another site, whose signed file makes the move: nobody who is on file here
    is_behind: bool = False  # whoever made a move elsewhere, of which this one is the consequence
    reads_only: bool = (
        False  # sees the matter only because it was put before them: does what they are asked, no more
    )

    @property
    def is_engine(self) -> bool:
        """Whether the engine itself acts, not a person: of itself, for another site, or as a move elsewhere has it."""
        return self.id == ENGINE or self.is_site or self.is_behind


@dataclass(frozen=True, slots=True)
class Act:
    """That a move was made: by whom and on which local day. Of a repeated move, the latest."""

    actor: str
    on: date


@dataclass(frozen=True, slots=True)
class Made:
    """A move in the course of a matter: by whom, from which state, and what was filled in."""

    move: str
    actor: str
    from_: str | None
    form: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """A linked matter as guards see it: what it is to this one, and where it stands."""

    kind: str  # "consultation", "task", "escalation", "finding", "repeat" ...
    machine: str
    state: str
    final: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a guard may look at. `form` is None while moves are only surveyed, before anyone filled anything in:
    a guard about the form then holds, so that a move that only lacks a good form counts as open."""

    at: datetime
    today: date
    state: str
    actor: Actor
    values: Mapping[str, Any] = field(default_factory=dict)
    acts: Mapping[str, Act] = field(default_factory=dict)
    links: Iterable[Link] = ()
    form: Mapping[str, Any] | None = None
    course: Iterable[Made] = ()
    """Every move made so far, oldest first; empty where a list is judged, which then offers nothing that hangs on it."""
    owners: frozenset[str] = frozenset()  # the roles that the state waits for
    possible: Mapping[str, int] = field(default_factory=dict)
    """How many candidates exist for a field that names a person, organisation, project or matter; fields not named
    here are not limited. A move whose required field has no candidate is blocked, with the reason."""
