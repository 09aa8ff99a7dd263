"""Whether whoever issued a matter, such as a task, can still look back on it: read where a guard asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cases import access
from cases.matters import OnFile
from states import guards_on_people
from states.rulebook import Machine, Move

Standing = Callable[[str], Any]
"""How somebody stands towards the matter: `cases.gathering.standing`, which is built on top of this."""


def facts(machine: Machine, row: OnFile, standing: Standing) -> dict[str, Any]:
    """That the issuer can act no more, if some move of this state asks: their account ended, they hold none of its
    roles here any more, they are recused, or the work is theirs."""
    asking = machine.asking(guards_on_people.issued_it.__name__, state=row.state)
    if not asking:
        return {}
    return {guards_on_people.ISSUER_GONE: not any(_can(row, rule, standing) for rule in asking)}


def _can(row: OnFile, rule: Move, standing: Standing) -> bool:
    if row.opener is None or row.opener == row.handler:
        return False
    postings, seated, _, recused = standing(row.opener)
    roles = access.actor_towards(row.opener, postings, row, seated=seated).roles
    return not recused and not roles.isdisjoint(rule.roles)
