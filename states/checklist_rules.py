"""How a machine's matters are gone through by a checklist: which moves answer, find, leave out, and ask again."""

from __future__ import annotations

from states.rule import Name, Rule

ITEM, ANSWER, REMARK, MEASURED, UNIT, PHOTOGRAPHS = (
    "item",
    "answer",
    "remark",
    "measured",
    "unit",
    "photographs",
)
FIELDS = frozenset({ITEM, ANSWER, REMARK, MEASURED, UNIT, PHOTOGRAPHS})
LINK = "link"  # of a finding; that of its item where nobody says another
IN_ORDER, FINDING, NOT_APPLICABLE, NOT_LOOKED_AT = "in_order", "finding", "not_applicable", "not_looked_at"
ANSWERS = frozenset({IN_ORDER, FINDING, NOT_APPLICABLE, NOT_LOOKED_AT})
LEFT_OUT = "left_out"  # under which the history holds the items that were left unanswered with a reason


class ChecklistRules(Rule):
    """`answered_by` answers an item; a move of `found_by` that names an item finds something there; `left_out_by` says why
    items stay unanswered; after `asked_again_by` exactly the items that were found are asked anew."""

    answered_by: Name
    found_by: tuple[Name, ...] = ()
    left_out_by: Name
    asked_again_by: Name
