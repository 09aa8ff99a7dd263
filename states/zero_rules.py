"""The duty to report each period, as an office sets it in its rulebook: who owes it, for which periods, and what becomes
of periods that an outage passed over."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Annotated

from pydantic import Field, field_validator

from states.recurrence import ByMilestone
from states.recurrence_words import parse
from states.rule import Basis, Name, Rule


class ZeroReports(Rule):
    """Each body of the kinds `owed_by` confirms for each period that there is nothing to report, or says what there is.

    `every`: the days on which periods begin, in the words of an inspection programme; a period runs to the day before the
    next begins. The first begins on or after `counted_from`; none before it is owed. Of several periods that nothing
    opened as they ended, the newest `opens_late` are asked for late, and say so; older ones are put on record as not
    asked for. `knew_by`: the sources of a clue which show that the body itself knew of it.
    """

    owed_by: tuple[str, ...] = Field(min_length=1)
    answered_by: Name
    every: str
    counted_from: date
    opens_late: Annotated[int, Field(ge=1, le=36)]
    knew_by: tuple[Name, ...] = ()
    basis: Basis

    @field_validator("every")
    @classmethod
    def _recurs(cls, said: str) -> str:
        if isinstance(parse(said), ByMilestone):
            raise ValueError("A period begins by the calendar, not by a milestone.")
        return said


def faults(rules: ZeroReports, roles: Collection[str], sources: Mapping[str, object] | None) -> Iterator[str]:
    """What in `rules` names something that does not exist. `sources`: the choices of a clue's source, if it has any."""
    if rules.answered_by not in roles:
        yield f"zero_reports.answered_by: there is no role {rules.answered_by!r}."
    for name in rules.knew_by:
        if sources is None or name not in sources:
            yield f"zero_reports.knew_by: a clue has no source {name!r}."
