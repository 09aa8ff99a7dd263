"""How integrity files are kept: the parts of a person's file, how one reads them, the items of a project's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import Field

from states.periods import Period, Unit
from states.rule import Basis, Label, Name, Rule

PART, TITLE, TEXT = "leaf_part", "leaf_title", "leaf_text"  # of a leaf of a person's file
SIGNED_BY, SIGNED_ON, STAMPED_BY, DATED_ON = (
    "leaf_signed_by",
    "leaf_signed_on",
    "leaf_stamped_by",
    "leaf_dated_on",
)
SUBJECT, UNIT, ACCOUNT, KEEPER = (
    "subject",
    "subject_unit",
    "account",
    "keeper",
)  # whose file it is, and who keeps it
LEAF, LEAF_SEAL = "leaf", "leaf_seal"  # what the history holds of a leaf: its number and its seal
FILE, OPEN_UNTIL = "file", "open_until"  # of a reading: the file it is of, and the instant it is over
ITEM, ITEM_STATE, ITEM_ON, ITEM_WHERE = "file_item", "item_state", "item_on", "item_where"
OWN, SUPPLIED, FLOWN = (PART, TEXT, SIGNED_BY, SIGNED_ON), (PART, TITLE, TEXT, STAMPED_BY, DATED_ON), (PART,)

Forms = Mapping[str, Mapping[str, Mapping[str, Label]]]  # by move, its fields with their choices


class Flow(Rule):
    """A move with which a matter ends and flows into the file of whom it is about: as the part that `parts` gives to the
    answer on file in `by`; with any other answer, or none, it flows nowhere. `tells` are its facts that the leaf tells:
    choices alone, never words that somebody wrote, who reported least of all."""

    by: Name
    parts: Mapping[Name, Name] = Field(min_length=1)
    tells: tuple[Name, ...] = Field(min_length=1)


class FileRules(Rule):
    """A person's file. Parts that the person fills in (`own_by`) carry their signature and its date, those that a unit
    supplies (`supplied_by`) its stamp and a date.

    `groups` are the parts that one asks to read together: each part stands in one of them. `yearly` are those every file has
    and that are renewed within a year. A leaf whose title holds one of `never` is refused. `flows`: by machine and move.
    """

    own_by: Name
    supplied_by: Name
    flows_in_by: Name
    signed_in_by: Name  # the engine's move for what the person signed under their account
    raised_by: Name  # the engine's move when the duties of the person changed
    groups: Mapping[Name, tuple[Name, ...]] = Field(min_length=1)
    yearly: tuple[Name, ...] = ()
    never: tuple[str, ...] = ()
    flows: Mapping[Name, Mapping[Name, Flow]] = Field(default_factory=dict)
    basis: Basis


class ReadingRules(Rule):
    """An approved reading of a person's file: `approved_by` names the file and opens it for `lasts`, to whoever asked and
    for the group of parts that the field `asks` of its opening names (`everything`: all of them); `lapses_by` ends it."""

    of: Name
    approved_by: Name
    lapses_by: Name
    asks: Name
    everything: Name
    lasts: str
    basis: Basis


class SheetRules(Rule):
    """A sheet that a person fills in for their file: `signed_by` signs it under their account, as the part of the file that
    the field `part` of its opening names."""

    into: Name
    signed_by: Name
    part: Name
    basis: Basis


class ItemRules(Rule):
    """A project's file: each item with what it rests on. `noted_by` notes how one stands; an answer in `settled` says
    that nothing of it is missing. `counts`: by machine, the item that its matters are counted at."""

    noted_by: Name
    settled: tuple[Name, ...] = Field(min_length=1)
    items: Mapping[Name, Basis] = Field(min_length=1)
    counts: Mapping[Name, Name] = Field(default_factory=dict)


def faults_of_file(rules: FileRules, forms: Forms) -> Iterator[str]:
    """What makes no sense in a person's file."""
    asked = {
        rules.own_by: OWN,
        rules.supplied_by: SUPPLIED,
        rules.flows_in_by: FLOWN,
        rules.signed_in_by: OWN,
    }
    parts: set[str] = set()
    for move, fields in asked.items():
        form = forms.get(move)
        if form is None:
            continue  # a move that does not exist is a fault by its name
        yield from (f"file: {move} has no field {one!r}." for one in fields if one not in form)
        parts |= set(form.get(PART, ()))
    grouped = [part for group in rules.groups.values() for part in group]
    yield from (f"file.groups: {one!r} stands in no group." for one in sorted(parts - set(grouped)))
    yield from (f"file.groups: {one!r} is no part." for one in sorted(set(grouped) - parts))
    yield from (f"file.groups: {one!r} stands in more than one." for one in parts if grouped.count(one) > 1)
    yield from (f"file.yearly: {one!r} is no part." for one in rules.yearly if one not in parts)
    for machine, moves in rules.flows.items():
        for move, flow in moves.items():
            wrong = set(flow.parts.values()) - set(forms.get(rules.flows_in_by, {}).get(PART, ()))
            yield from (f"file.flows: {machine}.{move} flows into no part {one!r}." for one in sorted(wrong))


def faults_of_reading(
    rules: ReadingRules, opening: Mapping[str, Mapping[str, Label]], forms: Forms
) -> Iterator[str]:
    """What makes no sense in the reading of one."""
    try:
        hours = Period.parse(rules.lasts).unit is Unit.HOUR
    except ValueError:
        hours = False
    if not hours:
        yield "reading.lasts takes hours, such as 24 hours: a file closes at an instant."
    if rules.everything not in opening.get(rules.asks, {}):
        yield f"reading.asks: the opening has no field {rules.asks!r} with the choice {rules.everything!r}."
    if rules.approved_by in forms and FILE not in forms[rules.approved_by]:
        yield f"reading: {rules.approved_by} has no field {FILE!r}."


def faults_of_sheet(
    rules: SheetRules, opening: Mapping[str, Mapping[str, Label]], forms: Forms
) -> Iterator[str]:
    """What makes no sense in a sheet for a file."""
    if not opening.get(rules.part):
        yield f"sheet.part: the opening has no field {rules.part!r} with choices."
    if rules.signed_by in forms and TEXT not in forms[rules.signed_by]:
        yield f"sheet: {rules.signed_by} has no field {TEXT!r}."


def faults_of_items(rules: ItemRules, forms: Forms) -> Iterator[str]:
    """What makes no sense in a project's file."""
    form = forms.get(rules.noted_by)
    if form is None:
        return
    if set(form.get(ITEM, ())) != set(rules.items):
        yield f"items: {ITEM!r} of {rules.noted_by} has the choices {', '.join(rules.items)}."
    yield from (f"items.settled: {ITEM_STATE} has no choice {one!r}." for one in rules.settled
                if one not in form.get(ITEM_STATE, ()))  # fmt: skip
    yield from (
        f"items.counts: there is no item {one!r}." for one in rules.counts.values() if one not in rules.items
    )
