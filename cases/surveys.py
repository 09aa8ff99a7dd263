"""What may happen to a matter next: open moves with a form anybody can fill in, blocked moves with every reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from cases import (
    checklist_answers,
    drawn_rounds,
    file_leaves,
    file_readings,
    gathering,
    references,
    releasing,
    round_forms,
)
from cases.matters import OnFile
from cases.office import Office
from cases.references import Looks
from states import forms
from states.facts import Facts, Reason
from states.machine import judge
from states.rulebook import FormField, Label, Machine


@dataclass(frozen=True, slots=True)
class OpenMove:
    """A move this person may make now, and a value that would pass for each field of its form."""

    move: str
    to: str
    label: Label
    fields: tuple[FormField, ...]
    examples: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BlockedMove:
    """A move that leaves this state but may not be made now by this person, with every reason."""

    move: str
    to: str
    label: Label
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """The matter as it stands, and the moves that leave its state."""

    matter: OnFile
    open: tuple[OpenMove, ...]
    blocked: tuple[BlockedMove, ...]

    def as_dict(self, lang: str) -> dict[str, Any]:
        """The answer of contract.md to `moves`."""
        return {
            "number": self.matter.number,
            "state": self.matter.state,
            "version": self.matter.version,
            "open": [
                {"move": one.move, "to": one.to, "label": one.label.in_(lang),
                 "fields": forms.describe_fields(one.fields, lang, one.examples)}
                for one in self.open
            ],
            "blocked": [
                {"move": one.move, "to": one.to, "label": one.label.in_(lang),
                 "reasons": [reason.as_dict(lang) for reason in one.reasons]}
                for one in self.blocked
            ],
        }  # fmt: skip


def moves(session: Session, office: Office, number: str, *, actor: str, at: datetime) -> Survey:
    """The open and blocked moves of a matter for this person. Raises NoSuchMatter."""
    loaded = gathering.load(session, office, number, login=actor, for_change=False)
    row = loaded.row
    judging = judge(office.rulebook(row.rulebook), row.machine)
    machine = judging.machine
    known = gathering.facts(session, office, loaded, at=at)
    named = _named(session, machine, row, looks=Looks(actor, office.rulebook(row.rulebook)))
    found = judging.survey(replace(known, possible=_possible(machine, row, named)))
    return Survey(
        matter=row,
        open=tuple(
            _open_move(session, office, row, move, known=known, named=named) for move in found.open
        ),
        blocked=tuple(
            BlockedMove(move, machine.moves[move].to or row.state, machine.moves[move].label, reasons)
            for move, reasons in found.blocked
        ),
    )  # fmt: skip


def _open_move(
    session: Session, office: Office, row: OnFile, move: str, *, known: Facts, named: Named
) -> OpenMove:
    machine = office.rulebook(row.rulebook).machines[row.machine]
    rule = machine.moves[move]
    fields, found = rule.fields, examples(rule.fields, known, named)
    if machine.rounds is not None:
        fields = round_forms.asked(rule, known)
        own = round_forms.examples(session, office, row, move, known=known)
        found |= {field.name: own[field.name] for field in fields if field.name in own}
    found |= drawn_rounds.examples(session, row, move, others=found.get(drawn_rounds.GOING) or ())
    if machine.checklist is not None:
        fields, own = checklist_answers.form(session, office, row, move, fields, known)
        found = {name: value for name, value in (found | own).items() if value is not None}
    if rule.opens is not None and rule.opens.releases is not None:
        found.pop(rule.opens.releases, None)
        found |= releasing.example(session, row, rule.opens.releases)
    found |= file_leaves.example(machine, row, move)
    found |= file_readings.example(session, office, machine, row, move, actor=known.actor.id)
    return OpenMove(move, rule.to or row.state, rule.label, fields, found)


Kind = tuple[Any, ...]  # type, role, machine, and what else of a field decides who or what may be named in it
Named = dict[Kind, list[str]]  # who or what may be named


def _named(session: Session, machine: Machine, row: OnFile, *, looks: Looks) -> Named:
    """Whoever the forms that leave this state may name, each kind looked up once."""
    found: Named = {}
    for move in machine.moves_from.get(row.state, ()):
        for field in machine.moves[move].fields:
            if field.type in forms.FOUND_BY_GATE and _kind(field) not in found:
                found[_kind(field)] = references.candidates(session, field, row, looks=looks)
    return found


def _kind(field: FormField) -> Kind:
    return (
        "person" if field.type == "people" else field.type,
        field.holding,
        field.machine,
        field.seated,
        field.owing,
        field.answers,
        field.of_readers and field.name,
        field.sets == "readers",
        field.within,
    )


def _possible(machine: Machine, row: OnFile, named: Named) -> dict[str, int]:
    """How many may stand in each field; of fields that share a name between moves, the fewest."""
    found: dict[str, int] = {}
    for move in machine.moves_from.get(row.state, ()):
        for field in machine.moves[move].fields:
            if field.type in forms.FOUND_BY_GATE:
                count = len(named[_kind(field)])
                found[field.name] = min(count, found.get(field.name, count))
    return found


def examples(fields: Iterable[FormField], known: Facts, named: Named) -> dict[str, Any]:
    """A value that would pass for each field of a form, as far as there is one."""
    found: dict[str, Any] = {}
    for field in fields:
        value = _example(field, known, named)
        if value is not None:
            found[field.name] = value
    return found


def _example(field: FormField, known: Facts, named: Named) -> Any:
    if field.type not in forms.FOUND_BY_GATE:
        return forms.static_example(field, known.today, known.values)
    candidates = named[_kind(field)]
    if field.type == "people":
        return candidates[: max(field.at_least or 1, 2)] or None
    return candidates[0] if candidates else None


def opening_form(
    session: Session, office: Office, machine: str, *, at: datetime, lang: str, actor: str = ""
) -> list[dict[str, Any]]:
    """The fields of opening a matter by hand, described as in `moves`, each with an example that would pass; where
    that depends on who fills it in, one that would pass for `actor`."""
    fields = office.rulebook().machines[machine].register_
    named: Named = {}
    matter, looks = nowhere(machine), Looks(actor, office.rulebook())
    for field in fields:
        if field.type in forms.FOUND_BY_GATE:
            named.setdefault(_kind(field), references.candidates(session, field, matter, looks=looks))
    from_facts = gathering.nothing_known(office, at=at)
    return forms.describe_fields(fields, lang, examples(fields, from_facts, named))


def nowhere(machine: str) -> OnFile:
    """A matter that is not on file yet."""
    moment = datetime.min.replace(tzinfo=UTC)
    return OnFile(0, machine, "", "", "", 0, "", None, None, None, None, "", None, moment, moment, "", moment, None,
                  {}, {}, 0, "")  # fmt: skip
