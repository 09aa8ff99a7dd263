"""The rules of integrity files: what makes no sense in them is no rulebook; items and readings as the rulebook has them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from states import file_items
from states.facts import Made
from states.rulebook import Machine, Rulebook
from states.rulebook_file import shipped

BOOK = shipped()
PERSON, READING, SHEET, WORKS = (
    BOOK.machines[name] for name in ("person_file", "file_reading", "own_sheet", "project_file")
)
GROUPS: dict[str, Any] = dict(PERSON.file.groups) if PERSON.file is not None else {}


def changed(machine: Machine, part: str, /, **changes: Any) -> dict[str, Any]:
    plain = machine.model_dump(mode="json", by_alias=True)
    plain[part] |= changes
    return plain


@pytest.mark.parametrize("machine, part, changes, said", [
    (PERSON, "file", {"groups": {"all": ["basics"]}}, "'talks' stands in no group"),
    (PERSON, "file", {"groups": GROUPS | {"more": ("basics",)}}, "'basics' stands in more than one"),
    (PERSON, "file", {"groups": GROUPS | {"more": ("nothing",)}}, "'nothing' is no part"),
    (PERSON, "file", {"yearly": ["nothing"]}, "file.yearly: 'nothing' is no part"),
    (PERSON, "file", {"flows": {"clue": {"archive": {"by": "outcome", "parts": {"unfounded": "basics"},
                                                     "tells": ["outcome"]}}}}, "flows into no part 'basics'"),
    (PERSON, "file", {"own_by": "take_effect"}, "take_effect has no field 'leaf_part'"),
    (READING, "reading", {"lasts": "2 days"}, "takes hours"),
    (READING, "reading", {"lasts": "a while"}, "takes hours"),
    (READING, "reading", {"everything": "nothing"}, "with the choice 'nothing'"),
    (READING, "reading", {"approved_by": "refuse"}, "refuse has no field 'file'"),
    (SHEET, "sheet", {"part": "title"}, "has no field 'title' with choices"),
    (SHEET, "sheet", {"signed_by": "withdraw"}, "withdraw has no field 'leaf_text'"),
    (WORKS, "items", {"settled": ["nothing"]}, "item_state has no choice 'nothing'"),
    (WORKS, "items", {"items": {"tender": {"kind": "setting", "source": "x"}}}, "has the choices tender"),
    (WORKS, "items", {"counts": {"risk": "nothing"}}, "there is no item 'nothing'"),
])  # fmt: skip
def test_what_makes_no_sense_is_no_rule(
    machine: Machine, part: str, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        Machine.model_validate(changed(machine, part, **changes))


def test_only_a_file_keeps_leaves() -> None:
    plain = PERSON.model_dump(mode="json", by_alias=True) | {"file": None}
    with pytest.raises(ValidationError, match="only a leaf of a person's file is"):
        Machine.model_validate(plain)


def test_what_flows_in_is_a_move_that_exists() -> None:
    plain = BOOK.model_dump(mode="json", by_alias=True)
    flows = plain["machines"]["person_file"]["file"]["flows"]["clue"]
    flows["vanish"] = flows.pop("archive")
    with pytest.raises(ValidationError, match="clue has no move 'vanish'"):
        Rulebook.model_validate(plain)


def test_every_outcome_of_a_clue_flows_somewhere_or_was_closed_without_a_check() -> None:
    clue = BOOK.machines["clue"]
    outcomes = {
        one
        for move in clue.moves.values()
        for field in move.fields
        if field.name == "outcome"
        for one in field.choices
    }
    assert PERSON.file is not None
    flow = PERSON.file.flows["clue"]["archive"]
    assert outcomes - set(flow.parts) == {"closed_unchecked", "repeat_closed"}
    assert set(flow.parts) <= outcomes
    told = [field for move in clue.moves.values() for field in move.fields if field.name in flow.tells]
    assert {field.type for field in told} == {"choice"}, "nothing that somebody wrote"


def test_of_an_item_the_latest_note_counts() -> None:
    assert WORKS.items is not None
    course = [Made("note_item", "registrar", "collecting", {"file_item": "tender", "item_state": state})
              for state in ("complete", "partial")]  # fmt: skip
    notes = file_items.noted(WORKS.items, course)
    assert "tender" in file_items.lacking(WORKS, WORKS.items, notes)
    assert "tender" not in file_items.lacking(WORKS, WORKS.items, file_items.noted(WORKS.items, course[:1]))
