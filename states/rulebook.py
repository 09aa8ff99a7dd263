"""The schema of a rulebook: everything an office may decide for itself, as frozen data.

A rulebook is a YAML file (it may `include` others beside it). It holds machines with their states, moves, form fields,
deadlines, ladders and notices, each with its labels in Chinese and English and, where it carries a number, the law it
rests on or the plain word that it is the office's own setting. Reading the file, and saying what is wrong with it, is
`states.rulebook_file`; judging a move is `states.machine`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from states import (
    assessment_rules,
    coverage_rules,
    file_rules,
    grading_rules,
    holder_rules,
    meeting_rules,
    radar_rules,
    zero_rules,
)
from states.assessment_rules import Assessment, There
from states.checklist_rules import ANSWERS, FIELDS, ChecklistRules
from states.coverage_rules import Coverage
from states.exchange_rules import Exchange
from states.file_rules import OPEN_UNTIL, FileRules, ItemRules, ReadingRules, SheetRules
from states.grading_rules import GRADE, LEVEL, NO_NOTICE, NOTICE, SCHEME, GradingRules
from states.holder_rules import HolderRules
from states.meeting_rules import MeetingRules
from states.radar_rules import Radar
from states.round_rules import Passes, Quorum, RoundRules
from states.rule import Basis, Label, Name, Rule, fields_named
from states.zero_rules import ZeroReports

__all__ = [
    "Basis", "Coverage", "Deadline", "Drives", "Exchange", "Extension", "FieldType", "FormField", "GuardUse", "HandOver",
    "Label", "Machine", "Mandatory", "Move", "Name", "NoticeRule", "Opens", "Passes", "Quorum", "Radar", "Reach", "Role",
    "RoundRules", "Rule", "Rulebook", "Rung", "Setting", "State", "StateKind", "ZeroReports",
]  # fmt: skip


class Reach(StrEnum):
    """What a role sees. Nothing is seen without one of these: access is denied by default."""

    OWN = "own"  # what this person registered, handles or sits on
    BRIEFED = (
        "briefed"  # the same, but nothing before it was sent to those it is for: a round before its brief
    )
    PROJECT = "project"  # every matter of the project the posting names
    ORGANISATION = "organisation"  # every matter kept by the posting's organisation
    ADDRESSED = "addressed"  # what was sent to the posting's organisation, once it was sent


class Role(Rule):
    """A role people hold in an organisation, with what it sees per machine; a machine not named is not seen."""

    label: Label
    sees: Mapping[Name, Reach] = Field(default_factory=dict)
    basis: Basis | None = None


FieldType = Literal[
    "text", "long_text", "choice", "person", "people", "organisation", "project", "matter", "date", "instant",
    "boolean", "integer", "period",
]  # fmt: skip


class Until(Rule):
    """When those before whom a field puts a matter (`sets: readers`) no longer read it.

    Besides, always: where the matter is over (a final state) or leaves the house (`ends_reading`), where what they were
    asked for (`answers`) can no longer be given, and where their account or their posting in the keeping body ends.
    """

    answered: bool = False  # once they have made the move they were asked for
    released_by: Mapping[Name, Name] = Field(default_factory=dict)  # moves that name them, each in this field


class FormField(Rule):
    """One field of a move's form.

    `private` fields (who reported) are kept apart and never enter history, lists, logs or notices.
    `example` is a value that would pass. For `person`, `people`, `organisation`, `project` and `matter` it is not
    written down: the gate finds one that would pass for this matter and actor; for `date` and `instant` it is today.
    """

    name: Name
    type: FieldType
    label: Label
    required: bool = True
    choices: Mapping[Name, Label] = Field(default_factory=dict)
    example: str | int | bool | None = None
    private: bool = False
    sealed: bool = False
    """Of an opinion: kept apart until the round's opinions are opened; history holds only its seal."""
    vaulted: bool = False
    """Of a leaf of a person's file: kept apart under a key that is not in the database; history holds only its seal."""
    holding: Name | None = (
        None  # person/people: holds this role; organisation: somebody there does; examples are drawn from these
    )
    at_least: int | None = None  # people: how many; text: how many characters; integer: the smallest
    machine: Name | None = None  # matter: of this machine
    not_before: Name | None = (
        None  # date: not before this field or fact; dates are never in the future unless `future`
    )
    future: bool = False  # date: must lie after today (a date set for somebody)
    sets: (
        Literal["handler", "opener", "seats", "readers", "addressee", "project", "title", "received_on"]
        | None
    ) = None
    """What of the matter itself the field sets, besides its value: who handles it, who sits on it, whom it is for ...
    `readers` are added to those who may read it: people of the keeping body whose role could see such a matter at all."""
    answers: Name | None = (
        None  # person/people: holds a role that may make this move, which they are asked for
    )
    until: Until | None = None  # sets: readers; when they no longer read it
    links: Name | None = None
    """matter: the matter it names becomes the parent of this one by a link of this kind, e.g. "repeat"."""
    of_readers: bool = (
        False  # person/people: before whom the matter was put, even if they have left or are kept out since
    )
    owing: Name | None = None  # matter: on which this clock runs
    beneath: bool = False  # organisation: a commission that stands below the one which keeps the matter
    seated: bool | None = None  # person: who sits in the matter (true), or does not (false)
    within: Name | None = None  # person: posted in the body that this field of the form, or this fact, names
    help: Label | None = None

    @property
    def kept_apart(self) -> bool:
        """Whether what is filled in never enters lists, drafts, notices or papers."""
        return self.private or self.sealed or self.vaulted


class GuardUse(Rule):
    """A guard by name, with its arguments. In YAML either `name` or `{name: argument}`."""

    name: Name
    argument: Any = None

    def asks(self, guard: str) -> bool:
        """Whether this is that guard, or one alternative of it is."""
        return guard == self.name or (self.name == "either" and guard in fields_named(self.argument))


class Opens(Rule):
    """A linked matter of another machine is opened, in the same transaction."""

    machine: Name
    link: Name  # what the new matter is to this one, e.g. "escalation"
    copies: tuple[Name, ...] = ()  # facts or fields handed on to the new matter
    sets: Mapping[Name, str | int | bool] = Field(default_factory=dict)  # facts it starts with besides
    when: tuple[GuardUse, ...] = ()  # only where these hold, of the matter as it stands after the move
    also_under: Name | None = None
    """It is linked in the same way to those this one came out of by links of this kind: a round's task to its clues."""
    copies_above: tuple[Name, ...] = ()  # facts of those, handed on as well
    kept_by: Literal["keeper", "addressee"] = (
        "keeper"  # by the body that keeps this matter, or the one it is for
    )
    by: Name | None = None  # the engine's move that brings it about, instead of opening it
    takes_up: Name | None = None
    """A linked matter that this move of its own leaves from is taken up by it, and no second one opened: the report that
    a duty had opened. It is made in the name of whoever made the move here."""
    releases: Name | None = None
    """The field of the move that names photographs of this matter, by their numbers: copies of them are released to the
    new matter in the same transaction."""

    @property
    def hands_on(self) -> tuple[str, ...]:
        """The facts the new matter starts with."""
        return (*self.copies, *self.copies_above, *self.sets)


class Drives(Rule):
    """The move makes matters linked to this one move as well, in the same transaction, by the engine itself."""

    link: Name  # follow links of this kind ...
    towards: Literal["parent", "children"] = "parent"
    move: Name  # ... and make this move there, if the other matter is in a state it leaves from
    copies: tuple[Name, ...] = ()


class Move(Rule):
    """One way out of a state. Who, under which guards, with which fields, on what basis."""

    label: Label
    from_: tuple[Name, ...] = Field(alias="from")
    to: Name | None = None  # None: the state stays
    roles: tuple[Name, ...] = ()  # empty: nobody; engine moves are made by the engine alone
    engine: bool = False  # made by another matter's move or by a clock, never offered to a person as open
    guards: tuple[GuardUse, ...] = ()
    fields: tuple[FormField, ...] = ()
    opens: Opens | None = None
    drives: tuple[Drives, ...] = ()
    recuses: bool = False  # whoever makes it is kept out of the matter from now on
    sends: bool = False  # from now on the addressee sees the matter
    substantive: bool = True  # counts as progress for the inaction radar
    passes_on: bool = False  # whoever makes it hands the work, or some of it, to another person
    basis: Basis | None = None
    help: Label | None = None


class StateKind(StrEnum):
    """What kind of rest a state is."""

    OPEN = "open"  # somebody has to act
    WAITING = "waiting"  # somebody else has to act; named by `waits_for`
    FINAL = "final"  # nothing runs any more


class State(Rule):
    """A state, who owns it, and where it stands on the picture's grid (column, row; from 0)."""

    label: Label
    kind: StateKind = StateKind.OPEN
    owner: tuple[Name, ...] = ()  # roles that must act here
    waits_for: Label | None = None
    ends_reading: bool = False  # another body has it from here on: before whom it was put no longer reads it
    grid: tuple[int, int] | None = None
    help: Label | None = None


class Extension(Rule):
    """How a deadline may be extended: by how much at most, how often, and who approves."""

    by: str  # a period, e.g. "1 month"
    times: int = 1
    approver: tuple[Name, ...]
    needs: tuple[GuardUse, ...] = ()  # what must be so before, such as a report upward that has left
    basis: Basis


class Rung(Rule):
    """One step of a ladder: fires once, at `at_time` of the day that lies `offset` from the due date."""

    name: Name
    label: Label
    offset: str  # "-5 working days", "0 days", "+1 month"
    to: tuple[
        Name, ...
    ]  # roles, or a place: "handler", "opener", "seats" (who takes part), "owner" (whom the state waits for), "named" (in
    # the form of the move), "above" (who `receives` there), "higher" (above the addressee)
    document: Name  # a message or document template
    move: Name | None = None  # an engine move the rung makes, e.g. a second channel or the way up


class Deadline(Rule):
    """A clock of a machine. It opens when one of `starts` is made and closes when one of `stops` is.

    `from_fact` names the date it counts from; without it, the local day of the move. `when` are guards without
    form fields that must hold for it to open at all. It pauses while the matter is in one of `pauses_in`.
    An open clock also closes when the matter reaches a final state, unless `survives`.
    `imported_in` lists the states in which an imported matter carries this clock, counted from `from_fact`.
    """

    label: Label
    budget: str  # "1 month", "15 working days"
    roll: bool = True
    starts: tuple[Name, ...]
    stops: tuple[Name, ...]
    from_fact: Name | None = None
    when: tuple[GuardUse, ...] = ()
    pauses_in: tuple[Name, ...] = ()
    survives: bool = False
    imported_in: tuple[Name, ...] = ()
    extension: Extension | None = None
    ladder: tuple[Rung, ...] = ()
    basis: Basis


class NoticeRule(Rule):
    """Whom a move concerns. One notice per event, person and channel, however many rules name the same person."""

    on: tuple[Name, ...]  # moves; "*" is not allowed: say which
    to: tuple[Name, ...]  # as in Rung.to
    document: Name


class Mandatory(Rule):
    """A duty to report upward that cannot be skipped silently.

    While `when` holds and no link of kind `satisfied_by` exists, each move in `before` is refused with `label`.
    A linked matter in one of the states `void_in` does not count: a report that was withdrawn is no report.
    With `opens`, the report is opened by the rule itself as soon as `when` holds, and lies there, owed, until somebody
    takes it up; `lapses` is the engine's move that puts it away where `when` turns out not to hold.
    """

    label: Label
    when: tuple[GuardUse, ...]
    satisfied_by: Name
    void_in: tuple[Name, ...] = ()
    before: tuple[Name, ...]
    opens: Opens | None = None
    lapses: Name | None = None
    cure: Label
    basis: Basis


class Machine(Rule):
    """A machine: states, moves, clocks and notices of one kind of matter."""

    label: Label
    initial: Name
    register_: tuple[FormField, ...] = Field(
        default=(), alias="register"
    )  # fields of opening a matter by hand
    registered_by: tuple[
        Name, ...
    ] = ()  # roles that may open one by hand; empty: only opened by another move
    released_by: tuple[
        Name, ...
    ] = ()  # roles that release photographs of a clue to those who sit on such a matter
    register_guards: tuple[GuardUse, ...] = ()  # conditions on the opening's form, such as its classification
    register_move: Name = "open"  # the name of the opening event; clocks may start on it
    number: str = "{code}-{year}-{seq:04d}"  # form of its numbers; {code} is the keeping organisation's
    addressed: Literal["above"] | None = None  # whom a new one is for: the nearest body above the keeping one
    states: Mapping[Name, State]
    moves: Mapping[Name, Move]
    deadlines: Mapping[Name, Deadline] = Field(default_factory=dict)
    notices: tuple[NoticeRule, ...] = ()
    mandatory: Mapping[Name, Mandatory] = Field(default_factory=dict)
    rounds: RoundRules | None = None  # how its members decide, where they do
    exchange: Exchange | None = None  # how they travel to another site, where they do
    checklist: ChecklistRules | None = None  # how they are gone through by a checklist, where they are
    grading: GradingRules | None = None  # how they are graded, where they are
    holder: HolderRules | None = None  # the post that they hang on, where they do
    meeting: MeetingRules | None = None  # how the record of a meeting is searched for gaps, where it is
    file: FileRules | None = None  # which parts a person's file has, and what flows into it, where it is one
    reading: ReadingRules | None = None  # of which files it is the approved reading, where it is one
    sheet: SheetRules | None = (
        None  # into which file what somebody signs on it goes, where it is a sheet for one
    )
    items: ItemRules | None = None  # which items a project's file has, where it is one

    @model_validator(mode="after")
    def _files_make_sense(self) -> Machine:
        forms = {
            name: {field.name: field.choices for field in move.fields} for name, move in self.moves.items()
        }
        opening = {field.name: field.choices for field in self.register_}
        found = list(file_rules.faults_of_file(self.file, forms)) if self.file else []
        found += list(file_rules.faults_of_reading(self.reading, opening, forms)) if self.reading else []
        found += list(file_rules.faults_of_sheet(self.sheet, opening, forms)) if self.sheet else []
        found += list(file_rules.faults_of_items(self.items, forms)) if self.items else []
        fields = [*self.register_, *(field for move in self.moves.values() for field in move.fields)]
        if self.file is None and self.sheet is None and any(field.vaulted for field in fields):
            found.append("A field is `vaulted`; only a leaf of a person's file is (`file`).")
        if found:
            raise ValueError(" ".join(found))
        return self

    @model_validator(mode="after")
    def _grading_and_meeting_make_sense(self) -> Machine:
        forms = {
            name: {field.name: field.choices for field in move.fields} for name, move in self.moves.items()
        }
        found = list(grading_rules.faults(self.grading, forms)) if self.grading else []
        found += list(meeting_rules.faults(self.meeting, forms)) if self.meeting else []
        if self.holder is not None:
            engine = frozenset(name for name, move in self.moves.items() if move.engine)
            found += holder_rules.faults(self.holder, {one.name: one.type for one in self.register_}, engine)
        if found:
            raise ValueError(" ".join(found))
        return self

    @cached_property
    def worked_out(self) -> tuple[FormField, ...]:
        """Facts that no form asks for and the gate works out: what a grading came to, when a reading is over."""
        if self.reading is not None:
            until = Label(zh="查阅开放至", en="open to read until")
            return (FormField(name=OPEN_UNTIL, type="instant", label=until),)
        rules = self.grading
        if rules is None:
            return ()
        none = Label(zh="不发通知", en="no notice")
        schemes = {name: one.label for name, one in rules.schemes.items()}
        notices = {NO_NOTICE: none} | {name: one.label for name, one in rules.notices.items()}
        return (
            FormField(name=SCHEME, type="choice", label=Label(zh="定级办法", en="scheme"), choices=schemes),
            FormField(name=LEVEL, type="integer", label=Label(zh="级别", en="level")),
            FormField(
                name=GRADE, type="choice", label=Label(zh="风险等级", en="grade"), choices=rules.grades
            ),
            FormField(name=NOTICE, type="choice", label=Label(zh="应发通知", en="notice"), choices=notices),
        )

    @model_validator(mode="after")
    def _checklist_makes_sense(self) -> Machine:
        move = self.moves.get(self.checklist.answered_by) if self.checklist else None
        if self.checklist is None or move is None:
            return self  # a move that does not exist is a fault by its name
        form = {each.name: each for each in move.fields}
        if missing := FIELDS - set(form):
            raise ValueError(f"{self.checklist.answered_by} has no field {min(missing)!r}; an answer has it.")
        if set(form["answer"].choices) != ANSWERS:
            raise ValueError(
                f"`answer` of {self.checklist.answered_by} has the choices {', '.join(sorted(ANSWERS))}."
            )
        return self

    @model_validator(mode="after")
    def _rounds_make_sense(self) -> Machine:
        forms = {name: {each.name: each for each in move.fields} for name, move in self.moves.items()}
        sealed = {name for name, form in forms.items() if any(each.sealed for each in form.values())}
        sealed |= {self.register_move} if any(each.sealed for each in self.register_) else set()
        if stray := sealed - ({self.rounds.given_by} if self.rounds else set()):
            raise ValueError(
                f"A field of {min(stray)} is `sealed`; only an opinion of a round is (`rounds`)."
            )
        if self.rounds is None or not {self.rounds.given_by, self.rounds.decided_by} <= set(forms):
            return self  # a move that does not exist is a fault by its name
        opinion, decision = (
            forms[self.rounds.given_by],
            forms[self.rounds.decided_by].get(self.rounds.decision),
        )
        if missing := {self.rounds.view, self.rounds.conditions, self.rounds.reasons} - set(opinion):
            raise ValueError(
                f"{self.rounds.given_by} has no field {min(missing)!r}; an opinion has all three."
            )
        if open_ := [
            each.name for each in opinion.values() if not each.sealed and each.name != self.rounds.item
        ]:
            raise ValueError(
                f"{open_[0]} of {self.rounds.given_by} is not `sealed`: it would stand in the history."
            )
        if decision is None or self.rounds.otherwise not in decision.choices:
            raise ValueError(f"{self.rounds.decision} of {self.rounds.decided_by} has no choice "
                             f"{self.rounds.otherwise!r} for what was not carried.")  # fmt: skip
        if self.rounds.added_by in forms:
            self._further_items_make_sense(self.rounds, opinion, forms[self.rounds.added_by])
        return self

    @property
    def openings(self) -> tuple[Opens, ...]:
        """Everything that opens a matter of another machine: moves, and duties to report."""
        found = [move.opens for move in self.moves.values()] + [
            duty.opens for duty in self.mandatory.values()
        ]
        return tuple(opens for opens in found if opens is not None)

    @cached_property
    def puts_before(self) -> tuple[str, ...]:
        """The moves that put a matter before somebody to read."""
        return tuple(
            name for name, move in self.moves.items() if any(each.sets == "readers" for each in move.fields)
        )

    @cached_property
    def decides_readers(self) -> frozenset[str]:
        """The moves that can put a matter before somebody, or end that, without a change of the state."""
        fields = [
            each for name in self.puts_before for each in self.moves[name].fields if each.until is not None
        ]
        ending = {
            move for each in fields if each.until for move in (*each.until.released_by, each.answers or "")
        }
        return frozenset({*self.puts_before, *ending})

    @cached_property
    def decides_duties(self) -> frozenset[str]:
        """The words of the conditions under which a rule opens a report by itself: among them every field that decides."""
        duties = (duty for duty in self.mandatory.values() if duty.opens is not None)
        return frozenset(word for duty in duties for use in duty.when for word in fields_named(use.argument))

    @staticmethod
    def _further_items_make_sense(
        rules: RoundRules, opinion: Mapping[str, FormField], added: Mapping[str, FormField]
    ) -> None:
        if rules.item not in opinion:
            raise ValueError(
                f"{rules.given_by} has no field {rules.item!r}; an opinion says which item it is on."
            )
        if missing := {rules.item_brief, rules.item_proposed} - set(added):
            raise ValueError(
                f"{rules.added_by} has no field {min(missing)!r}; an item has a brief and a proposal."
            )
        if sum(field.links is not None for field in added.values()) != 1:
            raise ValueError(
                f"{rules.added_by} has not exactly one field that `links` what it puts on the agenda."
            )

    @cached_property
    def moves_from(self) -> Mapping[str, tuple[str, ...]]:
        """The names of the moves that leave each state, in the order of the rulebook."""
        return {
            state: tuple(name for name, move in self.moves.items() if state in move.from_)
            for state in self.states
        }

    def asking(self, guard: str, *, state: str) -> tuple[Move, ...]:
        """The moves out of this state that ask for a guard, or for it among others."""
        known = self._asking.get((guard, state))
        if known is None:
            rules = (self.moves[name] for name in self.moves_from[state])
            known = tuple(rule for rule in rules if any(use.asks(guard) for use in rule.guards))
            self._asking[guard, state] = known
        return known

    @cached_property
    def _asking(self) -> dict[tuple[str, str], tuple[Move, ...]]:
        """What `asking` found, by guard and state: every line of a list asks, and the rules stay as they are."""
        return {}

    @cached_property
    def notices_on(self) -> Mapping[str, tuple[NoticeRule, ...]]:
        """By move, the notice rules that speak of it."""
        moves = {move for rule in self.notices for move in rule.on}
        return {move: tuple(rule for rule in self.notices if move in rule.on) for move in moves}

    @cached_property
    def clock_memo(self) -> dict[tuple[str, str | None, str], Mapping[str, frozenset[str]]]:
        """What each (move, state left, state entered) does to the clocks, filled in as it is asked: `cases.clocks`."""
        return {}


class HandOver(Rule):
    """How the work of an account that ends passes to others: proposed by one of these roles, approved by another person.

    The moves are the engine's, in every machine whose matters somebody handles, drafts or sits on: `handled` where the
    handler changes, `passed` where only a seat or the draft's author does.
    """

    handled: Name
    passed: Name
    proposed_by: tuple[Name, ...]
    approved_by: Name  # in the bodies that keep the matters; on its own, the one that `receives` above
    basis: Basis


class Setting(Rule):
    """A number the office chose, by name, with the word that it did."""

    value: str | int | bool
    label: Label
    basis: Basis


class Rulebook(Rule):
    """All of an office's rules, in one version. Once published it never changes."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    version: Annotated[str, Field(pattern=r"^[0-9][0-9A-Za-z.]*$")]
    label: Label
    zone: str = "Asia/Shanghai"
    calendar: str = "CN"
    fires_at: Annotated[str, Field(pattern=r"^\d{2}:\d{2}$")] = (
        "08:30"  # local time of day at which rungs fire
    )
    decides_recusals: Name = (
        "head"  # the role that decides on recusals; on its own, the one that `receives` above
    )
    recusals_told: tuple[Name, ...] = (
        "registrar",
        "leader",
    )  # the roles of the keeping body that are told of recusals
    receives: Name = "district"  # the role that receives what is sent up to a commission
    administers: Name = "operator"  # the role that enters and ends people, and sees no matter
    hands_over: HandOver | None = None
    roles: Mapping[Name, Role]
    settings: Mapping[Name, Setting] = Field(default_factory=dict)
    documents: Mapping[Name, Label] = Field(default_factory=dict)  # message kinds named by rungs and notices
    machines: Mapping[Name, Machine]
    coverage: Coverage | None = None  # what must be looked at; without it nothing is said of that
    radar: Radar | None = (
        None  # after how long without an act a matter stands still; without it nothing is said of that
    )
    zero_reports: ZeroReports | None = None  # who reports each period; without it nobody owes that
    assessment: Assessment | None = None  # how bodies are assessed; without it none is

    @model_validator(mode="after")
    def _coverage_makes_sense(self) -> Rulebook:
        if self.coverage is None:
            return self
        choices = {
            name: {field.name: field.choices for field in each.register_ if field.choices}
            for name, each in self.machines.items()
        }
        moves = {name: frozenset((*each.moves, *each.states)) for name, each in self.machines.items()}
        if found := list(coverage_rules.faults(self.coverage, choices, moves)):
            raise ValueError(" ".join(found))
        return self

    @model_validator(mode="after")
    def _radar_makes_sense(self) -> Rulebook:
        if self.radar is None:
            return self
        states = {name: frozenset(each.states) for name, each in self.machines.items()}
        if found := list(radar_rules.faults(self.radar, states)):
            raise ValueError(" ".join(found))
        return self

    @model_validator(mode="after")
    def _lists_exist(self) -> Rulebook:
        held = [each.meeting.lists for each in self.machines.values() if each.meeting and each.meeting.lists]
        names = {name: frozenset((*each.moves, *each.states)) for name, each in self.machines.items()}
        if found := [fault for lists in held for fault in meeting_rules.list_faults(lists, names)]:
            raise ValueError(" ".join(found))
        return self

    @model_validator(mode="after")
    def _zero_reports_make_sense(self) -> Rulebook:
        if self.zero_reports is None:
            return self
        asked = self.machines["clue"].register_ if "clue" in self.machines else ()
        sources = next((each.choices for each in asked if each.name == "source"), None)
        if found := list(zero_rules.faults(self.zero_reports, self.roles, sources)):
            raise ValueError(" ".join(found))
        return self

    @model_validator(mode="after")
    def _flows_exist(self) -> Rulebook:
        for name, move in self.flows:
            if name in self.machines and move not in self.machines[name].moves:
                raise ValueError(f"file.flows: {name} has no move {move!r}.")
        return self

    @model_validator(mode="after")
    def _assessment_makes_sense(self) -> Rulebook:
        if self.assessment is None:
            return self
        there = {
            name: There(
                frozenset(each.deadlines),
                frozenset((*each.moves, each.register_move)),
                frozenset(each.states),
            )
            for name, each in self.machines.items()
        }
        if found := list(assessment_rules.faults(self.assessment, there, self.roles, self.settings)):
            raise ValueError(" ".join(found))
        return self

    @model_validator(mode="after")
    def _signs_exist(self) -> Rulebook:
        for name, moves in self.signs.items():
            machine = self.machines.get(name)  # one that does not exist is a fault by its name
            forms = (
                {move: {field.name: field for field in rule.fields} for move, rule in machine.moves.items()}
                if machine
                else {}
            )
            for move, answers in moves.items() if machine else ():
                if move not in forms:
                    raise ValueError(f"grading.signs: {name} has no move {move!r}.")
                for field, answer in answers.items():
                    if field not in forms[move] or answer not in forms[move][field].choices:
                        raise ValueError(f"grading.signs: {field} of {move} has no choice {answer!r}.")
        return self

    @cached_property
    def flows(self) -> frozenset[tuple[str, str]]:
        """The moves, each with its machine, with which a matter ends and may flow into a person's file."""
        kept = (machine.file for machine in self.machines.values() if machine.file is not None)
        return frozenset(
            (name, move) for rules in kept for name, moves in rules.flows.items() for move in moves
        )

    @cached_property
    def signs(self) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
        """By machine, the moves that are a sign to what is graded, with the answers that make them one."""
        graded = (machine.grading for machine in self.machines.values() if machine.grading is not None)
        return {name: moves for rules in graded for name, moves in rules.signs.items()}

    @property
    def key(self) -> str:
        """Name and version in one word, as kept on every matter: "port-centre@2026.1"."""
        return f"{self.name}@{self.version}"
