"""What a round is asked by its checklist, and what guards may know of how that stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from cases.checklists import FIELD, LoadedChecklist
from cases.matters import OnFile
from cases.office import Office
from states import checklist_answers, guards_on_checklists
from states.checklist_rules import ChecklistRules
from states.checklists import Item, Section
from states.facts import Made


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
    found = held.content.asked(row.values.get("link"))
    return Asked(held, rules, {item.id: (section, item) for section, item in found})


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
