"""What moves do to the record of a round: its rules and seats when it is convened, opinions, substitutes, the result."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import Session, col

from cases import briefs, recusing, round_facts, round_items, round_words, rounds, seat_record, substitutes
from cases.matters import OnFile
from cases.office import Office
from cases.rounds import RESULT, RULES, GivenOpinion
from states import agenda as agendas
from states.agenda import FIRST
from states.facts import Facts, Reason, Refused
from states.round_rules import RoundRules
from states.rounds import View
from states.rulebook import Label, Machine, Move


def convened(session: Session, machine: Machine, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a new matter starts with; a round has its rules and its seats frozen into it.

    Raises Refused where a round with so few seats could never decide anything.
    """
    rules = machine.rounds
    if rules is None:
        return dict(values)
    seats = values.get(rules.seats) or []
    if seats and not rules.possible_with(len(seats)):
        raise Refused("too_few_seats", (_too_few(len(seats)),))
    frozen: dict[str, Any] = {RULES: rules.model_dump(mode="json", exclude_none=True)}
    if seats:
        frozen[seat_record.CONVENED] = seat_record.convened(session, rules, seats)
    return dict(values) | frozen


def _too_few(seats: int) -> Reason:
    return Reason(
        "too_few_seats",
        Label(en=f"A round of {seats} seats could never be decided under its rules.",
              zh=f"按会商规则，{seats} 个席位无法形成结论。"),
        Label(en="Seat more members, or have the rules of rounds changed in the rulebook.",
              zh="请增加会商成员，或修改规则中的会商规则。"),
    )  # fmt: skip


def faults(
    session: Session, office: Office, row: OnFile, move: str, rule: Move, *, form: Mapping[str, Any], known: Facts,
) -> list[Reason]:  # fmt: skip
    """What is wrong with the form of a round's move that only the round's record tells."""
    found = briefs.faults(session, office, row, rule.fields, form, known)
    rules = rounds.frozen_rules(row)
    if rules is not None and move == rules.substituted_by:
        found += substitutes.faults(session, row, rules, form)
    return found


def land(
    session: Session, office: Office, row: OnFile, rule: Move, move: str, form: dict[str, Any], *, actor: str,
    at: datetime,
) -> None:  # fmt: skip
    """What a move does to the record of a round. Sealed fields leave `form`; what history may hold comes in."""
    rules = rounds.frozen_rules(row)
    if rules is None:
        return
    sealed = {
        field.name: form.pop(field.name) for field in rule.fields if field.sealed and field.name in form
    }
    if len(rounds.items(row, rules)) == 1:
        form.pop(rules.item, None)  # there is no other that could be meant
    if move == rules.given_by:
        form |= give(
            session, office, row, rules, sealed, item=form.get(rules.item, FIRST), actor=actor, at=at
        )
    if move == rules.added_by:
        briefs.on_agenda(session, office, row, rules, rule.fields, form, by=actor, at=at)
    else:
        briefs.taken_up(session, office, row, rule.fields, form, by=actor, at=at)
    if move == rules.substituted_by:
        before = seat_record.on_file(session, row.id)
        substitutes.name(session, row, holder=form[rules.member], substitute=form[rules.substitute])
        form |= seat_record.changed(session, row.id, before)
    if move in rules.opened_by:
        _open(session, row.id, at=at)
    if move == rules.decided_by:
        form |= decided(session, row, rules, form)
    if rules.follows is not None and move == rules.follows.waived_by and rules.item in form:
        form[round_facts.WAIVED] = sorted({*row.values.get(round_facts.WAIVED, ()), form[rules.item]})


def decided(session: Session, row: OnFile, rules: RoundRules, form: Mapping[str, Any]) -> dict[str, Any]:
    """What is put on file when a round is decided: of each item the decision and the result, and all dissent in words
    where nobody typed any."""
    agenda = rounds.agenda(session, row, rules)
    results = agendas.results(agenda)
    decisions = rounds.decisions(agenda, results)
    found: dict[str, Any] = {rules.decision: decisions[FIRST], RESULT: rounds.plain(results[FIRST].as_dict())}
    for item in agenda.numbers[1:]:
        result = rounds.plain(results[item].as_dict())
        found[round_items.result_key(item)] = {"decision": decisions[item], "result": result}
    if rules.dissent is not None and not form.get(rules.dissent):
        said = round_words.dissent(session, results)
        found |= {rules.dissent: "\n".join(said)} if said else {}
    return found


def give(
    session: Session, office: Office, row: OnFile, rules: RoundRules, said: Mapping[str, Any], *, item: int, actor: str,
    at: datetime,
) -> dict[str, Any]:  # fmt: skip
    """Keep an opinion on an item apart; what history holds of it."""
    before = select(col(GivenOpinion.seq)).where(
        col(GivenOpinion.matter) == row.id, col(GivenOpinion.item) == item, col(GivenOpinion.person) == actor
    )
    seq = max(session.execute(before).scalars(), default=0) + 1
    words = {"view": said[rules.view], "conditions": said.get(rules.conditions) or "",
             "reasons": said.get(rules.reasons) or ""}  # fmt: skip
    salt = secrets.token_hex(16)
    mark = rounds.seal(row.number, actor, seq, given_at=at, salt=salt, item=item, **words)
    session.execute(insert(GivenOpinion).values(
        matter=row.id, item=item, person=actor, seq=seq, given_at=at, salt=salt, seal=mark, **words,
        opened_at=None if rules.sealed else at))  # fmt: skip
    held = {"opinion_no": seq, "seal": mark}
    if words["view"] == View.RECUSED:
        held |= recusing.by_move(session, office, row, who=actor, reason=words["reasons"], item=item, at=at)
    return held


def item_of(machine: Machine, form: Mapping[str, Any]) -> int:
    """The item of the agenda that a form is about; the first where it names none."""
    return int(form.get(machine.rounds.item) or FIRST) if machine.rounds is not None else FIRST


def _open(session: Session, matter: int, *, at: datetime) -> None:
    session.execute(
        update(GivenOpinion)
        .where(col(GivenOpinion.matter) == matter, col(GivenOpinion.opened_at).is_(None))
        .values(opened_at=at)
        .execution_options(synchronize_session=False)
    )
