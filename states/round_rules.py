"""The rules of a round, as an office sets them in its rulebook: when it may decide, what carries, what silence means.

They are frozen into a round when it is convened, so that nobody changes them once the opinions are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, model_validator

from states.rule import Basis, Name, Rule

Share = Annotated[str, Field(pattern=r"^[0-9]{1,3}/[1-9][0-9]{0,2}$")]
"""A share as it is spoken of, "2/3": a fraction, because a decimal would round somebody's vote away."""

Seats = Annotated[int, Field(ge=1, le=200)]


class Quorum(Rule):
    """How many must take part for a round to decide at all: a share, rounded up, or a number of seats.

    Taking part is to give an opinion in time; silence is no presence, whatever it counts as afterwards. `of` tells
    what the share is of: all seats as convened, or those whose holders (or substitutes) are not recused.
    """

    share: Share | None = None
    number: Seats | None = None
    of: Literal["all", "not_recused"] = "not_recused"

    @model_validator(mode="after")
    def _makes_sense(self) -> Quorum:
        _exactly_one("quorum", share=self.share, number=self.number)
        if self.share is not None and not 0 < Fraction(self.share) <= 1:
            raise ValueError(
                f"A quorum of {self.share} makes no sense: give a share above 0 and up to 1, such as 2/3."
            )
        return self

    def needed(self, *, seats: int, not_recused: int) -> int:
        """How many seats must take part, at least one."""
        if self.number is not None:
            return self.number
        of = seats if self.of == "all" else not_recused
        return max(1, -(-Fraction(self.share or "1/1") * of // 1))


class Passes(Rule):
    """What carries a proposal; exactly one of three.

    `more_than` a share of the weight, `at_least` a share of the weight, or m of n: `seats` that agree, `out_of` the
    seats the round must then have. A share is `of` the votes for and against, of everybody present (who abstains is
    present), or of everybody entitled (who is silent is entitled).
    """

    more_than: Share | None = None
    at_least: Share | None = None
    seats: Seats | None = None
    out_of: Seats | None = None
    of: Literal["votes", "present", "entitled"] = "votes"

    @model_validator(mode="after")
    def _makes_sense(self) -> Passes:
        _exactly_one("passes", more_than=self.more_than, at_least=self.at_least, seats=self.seats)
        if self.more_than is not None and Fraction(self.more_than) >= 1:
            raise ValueError(
                f"More than {self.more_than} can never be reached; give a share below 1, such as 1/2."
            )
        if self.at_least is not None and not 0 < Fraction(self.at_least) <= 1:
            raise ValueError(
                f"At least {self.at_least} makes no sense; give a share above 0 and up to 1, such as 2/3."
            )
        if self.out_of is not None and (self.seats is None or self.seats > self.out_of):
            raise ValueError(
                f"{self.seats} of {self.out_of} seats can never agree; `seats` is at most `out_of`."
            )
        return self


class Follows(Rule):
    """What a decision has to be followed by: an item decided so (`on`) needs a linked matter of this kind of its own,
    such as a task, or the word of whoever may waive it (`waived_by`). One in a state of `void_in` is none.
    """

    link: Name
    on: Annotated[tuple[Name, ...], Field(min_length=1)]
    void_in: tuple[Name, ...] = ()
    waived_by: Name | None = None


class RoundRules(Rule):
    """How a round of this machine is decided.

    `weights` and `veto` go by the kind of the seat's organisation (owner, contractor, supervision ...); a kind not
    named weighs 1. `silence` is what a seat counts as that gave no opinion in time. While `sealed`, nobody reads
    another's opinion before all are in or the time is up. `given_by` is the move that gives an opinion, `decided_by`
    the one that puts the computed result on file, `clock` the deadline for opinions, `proposed` the field that says
    what is put to the members, and `decision` the field that then holds what was decided: the proposal where it was
    carried, `otherwise` where it was not. `seats` is the field that seats the members; `view`, `conditions` and
    `reasons` are the fields of an opinion, `member` and `substitute` those of `substituted_by`, the move that names
    who sits in for a member who is recused.

    Each item of the agenda has its own vote. Item 1 is what the round was convened for: `brief` and `proposed` are its
    fields. The move `added_by` adds the next, with `item_brief` and `item_proposed`; without it a round has one item.
    `item` is the field that names the item a move is about. `shared` are the fields that concern the round as a
    whole: whoever is kept out of some item reads those and the items left to them, and nothing else. `dissent` is the
    field of `decided_by` that holds the dissent of all items. `begun_by` opens the session, and its field `last_tasks`
    takes note of what became of the tasks of the round before.
    """

    quorum: Quorum
    passes: Passes
    silence: Literal["absent", "abstain", "agree"] = "absent"
    sealed: bool = True
    weights: Mapping[Name, Annotated[int, Field(ge=1, le=100)]] = Field(default_factory=dict)
    veto: tuple[Name, ...] = ()
    given_by: Name
    decided_by: Name
    opened_by: tuple[Name, ...]
    clock: Name | None = None
    substituted_by: Name | None = None
    member: Name = "member"
    substitute: Name = "substitute"
    seats: Name = "seats"
    view: Name = "opinion"
    conditions: Name = "conditions"
    reasons: Name = "opinion_reasons"
    proposed: Name
    decision: Name
    otherwise: Name
    brief: Name = "brief"
    added_by: Name | None = None
    item: Name = "item"
    item_brief: Name = "brief_item"
    item_proposed: Name = "proposed_item"
    shared: tuple[Name, ...] = ()
    dissent: Name | None = None
    begun_by: Name | None = None
    last_tasks: Name = "last_tasks"
    follows: Follows | None = None
    basis: Basis

    @model_validator(mode="after")
    def _makes_sense(self) -> RoundRules:
        number, out_of = self.quorum.number, self.passes.out_of
        if number is not None and out_of is not None and number > out_of:
            raise ValueError(f"A quorum of {number} can never be met by {out_of} seats.")
        if not self.opened_by:
            raise ValueError("`opened_by` is empty; name the moves that open the sealed opinions.")
        return self

    def possible_with(self, seats: int) -> bool:
        """Whether a round with so many seats could be decided at all, were everybody to agree."""
        return max(self.quorum.number or 1, self.passes.seats or 1, self.passes.out_of or 1) <= seats


def _exactly_one(what: str, **given: object) -> None:
    if sum(value is not None for value in given.values()) != 1:
        raise ValueError(f"`{what}` takes exactly one of {', '.join(given)}.")
