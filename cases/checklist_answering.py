"""Answering one item of a round's checklist. Who answered it while somebody wrote is told: nothing is answered over unseen.

Others may answer other items at the same time, so it is not the version of the round that counts here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from cases import checklist_sheets
from cases.advance import advance
from cases.checklist_facts import Asked
from cases.matters import OnFile
from cases.moved import Moved
from cases.office import Office
from states.checklist_rules import ANSWER, ITEM
from states.facts import Reason, Refused
from states.rulebook import Label

MEANWHILE = "answered_meanwhile"


def answer(
    session: Session, office: Office, number: str, form: Mapping[str, Any], *, seen: int, actor: str, at: datetime,
    key: str | None = None,
) -> Moved:  # fmt: skip
    """Answer the item that `form` names, as the gate does. `seen` is the event of the answer that the person had before
    them, 0 for none. `key` makes it safe to repeat.

    Raises NoSuchMatter, KeyReused, and Refused: no_checklist; answered_meanwhile, with who and what; why it is no answer.
    """
    row, found = checklist_sheets.asked_of(session, office, number, actor=actor)
    moved = advance(
        session, office, number, found.rules.answered_by, actor=actor, at=at, key=key, fields=form
    )
    given = checklist_sheets.answers(session, row, found).get(str(form.get(ITEM)), [])
    before = [
        one for one in given if one["event"] < moved.event
    ]  # nobody else is between: the gate holds the round
    if before and before[-1]["event"] != seen:
        raise _meanwhile(office, row, found, before[-1])
    return moved


def _meanwhile(office: Office, row: OnFile, found: Asked, last: Mapping[str, Any]) -> Refused:
    fields = office.rulebook(row.rulebook).machines[row.machine].moves[found.rules.answered_by].fields
    said = next(field.choices for field in fields if field.name == ANSWER)[last["answer"]]
    when = f"{datetime.fromisoformat(last['at']).astimezone(office.zone):%Y-%m-%d %H:%M}"
    return Refused(MEANWHILE, (Reason(
        MEANWHILE,
        Label(zh=f"您填写期间，{last['by']} 已于 {when} 答复该项：{said.zh}。",
              en=f"While you wrote, {last['by']} answered this item at {when}: {said.en}."),
        Label(zh="请先看其答复；您填写的内容还在，确需改动的请再次保存。",
              en="Look at theirs; what you wrote is still here, save it again if it is to count instead."),
    ),))  # fmt: skip
