"""The rules in force, the account that asks, and the auditor's recomputation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.responses import Response

from cases import audit, people
from states.rulebook import Machine
from web.api import examples, shapes
from web.api.asking import Asked, document
from web.api.operations import Answers, Operation


def operations() -> Iterator[Operation]:
    """All of them."""
    label = {"zh": "港口中心", "en": "Port Centre"}
    rules = {
        "key": "port-centre 2026.1",
        "label": label,
        "roles": {"officer": label},
        "machines": {"clue": {}},
    }
    yield Operation("GET", "/me", "account", ("account", "read"), "Who you are here, and what this token is for", me,
                    Answers(shapes.AccountShape, examples.ACCOUNT), "office")  # fmt: skip
    yield Operation("GET", "/rulebook", "rulebook", ("rulebook", "read"),
                    "The rulebook in force: machines, states and moves with their names", rulebook,
                    Answers(shapes.RulebookShape, rules), "office")  # fmt: skip
    yield Operation("GET", "/audit/verification", "audit_verify", ("audit", "verify"),
                    "Recompute every chain, and hold every row against its history", verify,
                    Answers(shapes.VerifiedShape, examples.VERIFIED), "office")  # fmt: skip


def me(asked: Asked) -> Response:
    """The account."""
    with asked.reading() as session:
        person = people.person(session, asked.actor)
        held = people.postings_of(session, asked.actor)
        roles = asked.office.rulebook().roles
        return document({
            "login": person.login, "name": person.name, "organisation": person.organisation, "lang": person.lang,
            "roles": [{"role": one.role, "organisation": one.organisation, "project": one.project,
                       "label": roles[one.role].label.model_dump() if one.role in roles else None} for one in held],
            "scopes": sorted(asked.who.scopes),
        })  # fmt: skip


def rulebook(asked: Asked) -> Response:
    """The rules in force."""
    book = asked.office.rulebook()
    return document({
        "key": book.key, "label": book.label.model_dump(), "zone": book.zone,
        "roles": {name: role.label.model_dump() for name, role in book.roles.items()},
        "machines": {name: _machine(machine) for name, machine in book.machines.items()},
    })  # fmt: skip


def _machine(machine: Machine) -> dict[str, Any]:
    return {
        "label": machine.label.model_dump(), "initial": machine.initial, "opened_by": list(machine.registered_by),
        "states": {name: {"label": state.label.model_dump(), "kind": state.kind.value, "owner": list(state.owner)}
                   for name, state in machine.states.items()},
        "moves": {name: {"label": move.label.model_dump(), "from": list(move.from_), "to": move.to,
                         "roles": list(move.roles),
                         "engine": move.engine} for name, move in machine.moves.items()},
    }  # fmt: skip


def verify(asked: Asked) -> Response:
    """Whether the file is as it was written."""
    with asked.reading() as session:
        return document(audit.verify(session).as_dict(asked.lang))
