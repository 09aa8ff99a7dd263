"""That something hangs on a post: it ends as the person whom it names holds that post no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from states.rule import Name, Rule


class HolderRules(Rule):
    """The person in the field `person` has to hold `role` there; where they do not any more, the engine makes `left_by`."""

    person: Name
    role: Name
    left_by: Name


def faults(rules: HolderRules, fields: Mapping[str, str], engine: frozenset[str]) -> Iterator[str]:
    """What is named and not there. `fields`: of the opening's form, by name, their types; `engine`: the engine's moves."""
    if fields.get(rules.person) != "person":
        yield f"holder.person: the opening's form has no person {rules.person!r}."
    if rules.left_by not in engine:
        yield f"holder.left_by: the engine makes no move {rules.left_by!r}."
