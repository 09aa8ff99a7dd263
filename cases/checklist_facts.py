"""What a round is asked by its checklist, and what guards may know of how that stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from cases.checklists import FIELD, LoadedChecklist
from cases.history import Event
from cases.matters import OnFile
from cases.office import Office
from cases.prepared import Prepared
from states import checklist_answers, guards_on_checklists
from states.checklist_rules import ChecklistRules
from states.checklists import Item, Section
from states.facts import Made
from states.rulebook import Machine


@dataclass(frozen=True, slots=True)
class Asked:
    """The checklist of one round: the items it is asked, and the rules they are answered by."""

    checklist: LoadedChecklist
    rules: ChecklistRules
    items: dict[str, tuple[Section, Item]]

    @property
    def mandatory(self) -> list[str]:
        """The items that have to be answered."""
        return [name for name, (_, item) in self.items.items() if item.mandatory]

    def signs(self, names: Iterable[str]) -> dict[str, list[str]]:
        """These items with their signs in Chinese and English, as guards name them."""
        return {name: [self.items[name][1].sign.zh, self.items[name][1].sign.en] for name in names}


def asked(session: Session, office: Office, row: OnFile) -> Asked | None:
    """What this round is asked; None where it has no checklist, or its rulebook knows of none."""
    rules = office.rulebook(row.rulebook).machines[row.machine].checklist
    key = row.values.get(FIELD)
    held = session.get(LoadedChecklist, key) if rules is not None and key else None
    if rules is None or held is None:
        return None
    found = held.content.asked(_opened_at(session, row))
    return Asked(held, rules, {item.id: (section, item) for section, item in found})


_OPENING = Prepared(
    select(col(Event.data)).where(col(Event.matter) == bindparam("matter"), col(Event.seq) == 1)
)  # fmt: skip


def _opened_at(session: Session, row: OnFile) -> str | None:
    """The link that the round was opened for; where something was found since is no other link of the round."""
    opening = _OPENING.row(session, {"matter": row.id})
    return opening[0].get("link") if opening is not None else None


def answered_by(machine: Machine, values: Mapping[str, Any]) -> str | None:
    """The move that answers an item of a round with these values; None where it has no checklist."""
    return machine.checklist.answered_by if machine.checklist is not None and values.get(FIELD) else None


def is_gone_through(machine: Machine, row: OnFile) -> bool:
    """Whether a round has a checklist, and its state is one in which items are answered."""
    move = answered_by(machine, row.values)
    return move is not None and row.state in machine.moves[move].from_


def asks_again(office: Office, row: OnFile, rules: ChecklistRules) -> bool:
    """Whether the round is being looked at again."""
    machine = office.rulebook(row.rulebook).machines[row.machine]
    return row.state == machine.moves[rules.asked_again_by].to


def facts(session: Session, office: Office, row: OnFile, course: Iterable[Made]) -> dict[str, Any]:
    """What guards may know of it."""
    sheet_ = asked(session, office, row)
    if sheet_ is None:
        return {}
    stand = checklist_answers.standing(sheet_.rules, course)
    return {
        guards_on_checklists.UNANSWERED: sheet_.signs(stand.unanswered(sheet_.mandatory)),
        guards_on_checklists.OPEN: sheet_.signs(stand.found),
        guards_on_checklists.AGAIN: sheet_.signs(stand.to_ask_again),
    }
