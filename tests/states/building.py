"""Rulebooks for tests, built in a few words: complete by default, so that each test states only what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from states.facts import Actor, Facts
from states.rulebook import Machine, Rulebook

DATA = Path(__file__).parent / "data"
SMALL = DATA / "small" / "rulebook.yaml"

LABEL = {"zh": "名称", "en": "A name"}
OWN = {"kind": "setting", "source": "The office's own choice"}


def machine(named: str, moves: Mapping[str, Any], *, final: str = "", **parts: Any) -> Machine:
    """A machine of the states named; a move is "from > to", or a mapping with `way` and what differs from usual.

    `state_b={...}` says what differs in the state b.
    """
    names, ends = named.split(), final.split()
    differing = {name: parts.pop(f"state_{name}", {}) for name in names}
    return Machine.model_validate(
        {
            "label": LABEL,
            "initial": names[0],
            "states": {name: _state(final=name in ends) | differing[name] for name in names},
            "moves": {name: _move(name, move) for name, move in moves.items()},
            **parts,
        }
    )


def _state(*, final: bool) -> dict[str, Any]:
    return {"label": LABEL, "kind": "final"} if final else {"label": LABEL, "owner": ["officer"]}


def _move(name: str, move: str | Mapping[str, Any]) -> dict[str, Any]:
    given = {"way": move} if isinstance(move, str) else dict(move)
    sources, _, target = given.pop("way").partition(">")
    label = {"zh": f"办{name}", "en": name.replace("_", " ").capitalize()}
    usual = {"label": label, "from": sources.split(), "to": target.strip() or None, "roles": ["officer"]}
    return usual | given


def rulebook(**machines: Machine) -> Rulebook:
    """A rulebook of these machines, with officers and leaders who see all of them, and auditors who see none."""
    sees = dict.fromkeys(machines, "organisation")
    return Rulebook.model_validate(
        {
            "name": "test-office",
            "version": "2026.1",
            "label": LABEL,
            "receives": "leader",
            "roles": {
                "officer": {"label": {"zh": "承办人", "en": "Officer"}, "sees": sees},
                "leader": {"label": {"zh": "分管领导", "en": "Leader"}, "sees": sees},
                "auditor": {"label": {"zh": "审计", "en": "Auditor"}},
            },
            "documents": {"reminder": LABEL},
            "machines": machines,
        }
    )


def facts(state: str, *roles: str, actor: str = "li", **known: Any) -> Facts:
    """What is known when `actor` with these roles looks at a matter in `state`, on 1 September 2026."""
    at = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
    is_handler = bool(known.pop("is_handler", False))
    who = Actor(actor, frozenset(roles or ("officer",)), is_handler=is_handler)
    return Facts(at=at, today=date(2026, 9, 1), state=state, actor=who, **known)
