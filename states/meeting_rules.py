"""How a register of decisions is judged: which moves note who came and what each said, and which gaps it is searched for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import Field

from states.round_rules import Quorum, Share
from states.rule import Basis, Label, Name, Rule

ATTENDEE, ATTENDANCE, PRESENT = "attendee", "attendance", "present"
VIEW, REASON, AGREE, DISAGREE = "view", "view_reason", "agree", "disagree"
ENTITLED, CHAIR, PREPARED, RESULT, APPROVED = "entitled", "chair", "pre_consulted", "result", "approved"
ITEM_CODE, ITEM_LIST = (
    "item_code",
    "item_list",
)  # by which item of which list it was brought before the meeting
GAP = "gap"

KINDS = (
    "not_prepared", "no_attendance", "below_quorum", "view_missing", "reason_missing", "chair_not_last", "not_carried",
    "no_list",
)  # fmt: skip
"""The gaps that can be seen in the record itself. Those of a clock are named by the rulebook (`late`)."""


class Lists(Rule):
    """The lists of items that decisions go by: matters of `machine`, in force in these `states`. `added_by` and `struck_by`
    name an item in their field `item_code`; what stands on a list counts once it was put in force by `in_force_by`."""

    machine: Name
    states: tuple[Name, ...] = Field(min_length=1)
    added_by: Name
    struck_by: Name
    in_force_by: Name


class MeetingRules(Rule):
    """`attended_by` notes one person's attendance and `viewed_by` one person's view; a later line about the same person
    corrects an earlier one, which stays. `decided_by` are the moves after which the record is searched for `gaps`.

    `late`: a clock that ran out, and the gap that is. `found_by` makes a gap a clue, `explained_by` accepts it with the
    reason; both name it in their field `gap`. A gap that is not named in `gaps` is none for this office.

    `lists`: where the items stand that a decision names (`item_code`); without it the code is free.
    """

    attended_by: Name
    viewed_by: Name
    decided_by: tuple[Name, ...] = Field(min_length=1)
    found_by: Name
    explained_by: Name
    quorum: Quorum  # of those entitled to take part
    carried: Share  # more than this share of those present has to agree
    gaps: Mapping[Name, Label] = Field(min_length=1)
    late: Mapping[Name, Name] = Field(default_factory=dict)
    lists: Lists | None = None
    basis: Basis


def faults(rules: MeetingRules, forms: Mapping[str, Mapping[str, Mapping[str, Label]]]) -> Iterator[str]:
    """What makes no sense. `forms`: by move, its fields with their choices."""
    known = {*KINDS, *rules.late.values()}
    yield from (f"meeting.gaps: nothing finds a gap {one!r}." for one in rules.gaps if one not in known)
    yield from (
        f"meeting.late: there is no gap {one!r}." for one in rules.late.values() if one not in rules.gaps
    )
    asked = {rules.attended_by: (ATTENDEE, ATTENDANCE), rules.viewed_by: (ATTENDEE, VIEW, REASON),
             rules.found_by: (GAP,), rules.explained_by: (GAP,)}  # fmt: skip
    for move, fields in asked.items():
        form = forms.get(move)
        if form is None:
            continue  # a move that does not exist is a fault by its name
        yield from (f"meeting: {move} has no field {one!r}." for one in fields if one not in form)
        if GAP in form and set(form[GAP]) != set(rules.gaps):
            yield f"meeting: `gap` of {move} has the choices {', '.join(rules.gaps)}."
    needed = ((rules.attended_by, ATTENDANCE, {PRESENT}), (rules.viewed_by, VIEW, {AGREE, DISAGREE}))
    for move, field, choices in needed:
        there = forms.get(move, {}).get(field)
        if there is not None and not choices <= set(there):
            yield f"meeting: {field} of {move} has the choices {', '.join(sorted(choices))}."


def list_faults(lists: Lists, names: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """What a list of items names and its machine does not have. `names`: by machine, its moves and states."""
    there = names.get(lists.machine)
    if there is None:
        return  # a machine that does not exist is a fault by its name
    named = (lists.added_by, lists.struck_by, lists.in_force_by, *lists.states)
    yield from (f"meeting.lists: {lists.machine} has no {one!r}." for one in named if one not in there)
