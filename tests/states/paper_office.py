"""An office on paper: the rulebook's machines, people and linked matters, without a database."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from states import guards_on_meetings, meeting_gaps, owed
from states.facts import ENGINE, Act, Actor, Facts, Link, Made, Reason, Refused
from states.forms import read_form, static_example
from states.guards import GUARDS
from states.machine import Judge, Survey, judge
from states.rulebook import FormField, GuardUse, Machine, Move, Opens, Rulebook, StateKind
from states.rulebook_file import shipped

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 25)
AT = datetime(2026, 11, 25, 2, tzinfo=UTC)

ROLES = {
    "supervisor": "supervisor", "registrar": "registrar", "officer": "officer", "officer2": "officer",
    "leader": "leader", "head": "head", "owner": "member", "contractor": "member", "overseer": "member",
    "district": "district", "district2": "district", "auditor": "auditor", "operator": "operator",
}  # fmt: skip
"""The sample accounts and what each of them is."""


DISTRICT, COMMISSION = "BHJ", "MGJ"


@dataclass
class Matter:
    """A matter on paper."""

    machine: str
    state: str
    values: dict[str, Any] = field(default_factory=dict)
    acts: dict[str, Act] = field(default_factory=dict)
    course: list[Made] = field(default_factory=list)
    handler: str | None = None
    opener: str | None = None
    organisation: str = COMMISSION
    parent: Matter | None = None
    children: list[tuple[str, Matter]] = field(default_factory=list)


class PaperOffice:
    """Moves matters by the shipped rulebook as the gate would, in memory."""

    def __init__(self, rulebook: Rulebook | None = None) -> None:
        self.rulebook = rulebook or shipped()
        self.matters: list[Matter] = []
        self.today = TODAY

    def rules(self, matter: Matter) -> Machine:
        """The rules the matter is under."""
        return self.rulebook.machines[matter.machine]

    def judge(self, matter: Matter) -> Judge:
        """Who judges its moves."""
        return judge(self.rulebook, matter.machine)

    def note(self, who: str = "supervisor", machine: str = "clue", /, **given: Any) -> Matter:
        """Opens a matter by hand with the examples, but for what is given."""
        rules = self.rulebook.machines[machine]
        form = self._filled(rules.register_, {}, who) | given
        matter = self._born(machine, {name: value for name, value in form.items() if value is not None}, who)
        matter.organisation = DISTRICT if ROLES[who] == "district" else COMMISSION
        assert not self.against_opening(form, machine), self.against_opening(form, machine)
        return matter

    def against_opening(self, form: Mapping[str, Any], machine: str = "clue") -> list[Reason]:
        """What speaks against opening a matter with this form."""
        rules = self.rulebook.machines[machine]
        facts = Facts(at=AT, today=self.today, state=rules.initial, actor=Actor("supervisor"), form=form)
        found = (GUARDS[use.name].holds(facts, use.argument) for use in rules.register_guards)
        return [reason for reason in found if reason is not None]

    def facts(self, matter: Matter, who: str, form: Mapping[str, Any] | None = None) -> Facts:
        """What is known when `who` looks at the matter."""
        roles = frozenset() if who == ENGINE else frozenset({ROLES[who]})
        body = DISTRICT if ROLES.get(who) == "district" else COMMISSION
        actor = Actor(who, roles, body, is_handler=matter.handler == who, is_opener=matter.opener == who)
        known: dict[str, Any] = {"organisation": matter.organisation}
        known |= {"handler": matter.handler} if matter.handler else {}
        if matter.machine == "consultation":
            known |= {"round_unratified": self._unratified(matter)}
        if (meeting := self.rules(matter).meeting) is not None:
            record = meeting_gaps.read(meeting, matter.values, matter.course)
            known |= guards_on_meetings.known(meeting, record)
        return Facts(at=AT, today=self.today, state=matter.state, actor=actor, values=matter.values | known,
                     acts=matter.acts, links=tuple(self._links(matter)), form=form, course=matter.course,
                     owners=frozenset(self.rules(matter).states[matter.state].owner))  # fmt: skip

    def _unratified(self, round_: Matter) -> list[str]:
        """What was decided singly of the clue the round came out of, and not ratified; on paper, whichever day that was."""
        acts = round_.parent.acts if round_.parent is not None and "open_session" in round_.acts else {}
        return ["MGJ-2026-0001"] if "decide_singly" in acts and "single_report_ratified" not in acts else []

    def survey(self, matter: Matter, who: str) -> Survey:
        """The open and blocked moves."""
        judge, facts = self.judge(matter), self.facts(matter, who)
        found = judge.survey(facts)
        assert [move for move in judge.machine.moves if judge.may(move, facts)] == sorted(
            found.open, key=list(judge.machine.moves).index
        )
        return found

    def move(self, matter: Matter, move: str, who: str, /, **given: Any) -> str:
        """Makes a move with the examples of all fields, but for what is given. Raises Refused."""
        return self.make(matter, move, who, given, everything=True)

    def make(self, matter: Matter, move: str, who: str, given: Mapping[str, Any], *, everything: bool) -> str:
        """As `move`; `everything` fills in the fields that may be left blank as well."""
        rule = self.rules(matter).moves[move]
        filled = self._filled(rule.fields, matter.values, who, everything=everything) | dict(given)
        read = read_form(rule.fields, filled, values=matter.values, today=self.today, zone=ZONE)
        from_, state = matter.state, self.judge(matter).fire(move, self.facts(matter, who, read))
        matter.course.append(Made(move, who, from_, read))
        self._land(matter, move, rule, state, read, who)
        return state

    def walk(self, matter: Matter, *steps: tuple[str, str]) -> str:
        """Makes one move after the other, each (who, move)."""
        for who, move in steps:
            self.move(matter, move, who)
        return matter.state

    def child(self, matter: Matter, kind: str) -> Matter:
        """The latest linked matter of this kind."""
        return next(child for name, child in reversed(matter.children) if name == kind)

    def wander(self, seed: int, steps: int, *, everything: bool = True, varied: bool = False) -> None:
        """Random people make random open moves; `varied` picks choices at random instead of the examples."""
        choose = random.Random(seed)
        for _ in range(steps):
            matter, who = choose.choice(self.matters), choose.choice(sorted(ROLES))
            found = self.survey(matter, who)
            if not found.open:
                continue
            move = choose.choice(found.open)
            picked = self._picked(matter, move, choose) if varied else {}
            try:
                self.make(matter, move, who, picked, everything=everything)
            except Refused:
                if not picked:
                    raise

    def explore(
        self,
        seed: int,
        steps: int,
        tried: Counter[tuple[str, str]],
        *,
        until: Callable[[], bool] = lambda: False,
    ) -> None:
        """As `wander`, but towards what was tried least so far, with choices picked at random."""
        choose = random.Random(seed)
        for _ in range(steps):
            if until():
                return
            offered = [(matter, who, move) for matter in choose.sample(self.matters, min(4, len(self.matters)))
                       for who in choose.sample(sorted(ROLES), 5)
                       for move in self.survey(matter, who).open]  # fmt: skip
            if not offered:
                continue
            least = min(tried[matter.machine, move] for matter, _, move in offered)
            matter, who, move = choose.choice([it for it in offered if tried[it[0].machine, it[2]] == least])
            tried[matter.machine, move] += 1
            with suppress(Refused):  # a choice picked at random may be one the move refuses
                self.move(matter, move, who, **self._picked(matter, move, choose))

    def made(self) -> set[tuple[str, str]]:
        """Every move that was made, with its machine."""
        return {(matter.machine, move) for matter in self.matters for move in matter.acts}

    def _picked(self, matter: Matter, move: str, choose: random.Random) -> dict[str, str]:
        fields = self.rules(matter).moves[move].fields
        return {each.name: choose.choice(sorted(each.choices)) for each in fields if each.choices}

    def _links(self, matter: Matter) -> Iterator[Link]:
        for kind, child in matter.children:
            yield Link(kind, child.machine, child.state, self.is_final(child))
        if matter.parent is not None:
            kind = next(kind for kind, child in matter.parent.children if child is matter)
            yield Link(f"of_{kind}", matter.parent.machine, matter.parent.state, self.is_final(matter.parent))

    def is_final(self, matter: Matter) -> bool:
        """Whether nothing runs on it any more."""
        return self.rules(matter).states[matter.state].kind is StateKind.FINAL

    def _filled(
        self, fields: tuple[FormField, ...], values: Mapping[str, Any], who: str, *, everything: bool = True
    ) -> dict[str, Any]:
        found = {
            each.name: self._example(each, values, who) for each in fields if each.required or everything
        }
        return {name: value for name, value in found.items() if value is not None}

    def _example(self, each: FormField, values: Mapping[str, Any], who: str) -> Any:
        if each.type in ("person", "people"):
            able = [login for login, role in ROLES.items() if each.holding in (None, role)]
            if each.answers is not None:
                asked = [
                    one.moves[each.answers].roles
                    for one in self.rulebook.machines.values()
                    if each.answers in one.moves
                ]
                able = [login for login in able if ROLES[login] in asked[0]]
            able.sort(key=lambda login: login == who)
            return able[: max(each.at_least or 1, 2)] if each.type == "people" else able[0]
        named = {"project": "PC", "matter": "MGJ-2026-0001", "organisation": "MGJ"}
        return named.get(each.type) or static_example(each, self.today, values)

    def _born(self, machine: str, values: dict[str, Any], who: str) -> Matter:
        rules = self.rulebook.machines[machine]
        acts = {rules.register_move: Act(who, self.today)}
        matter = Matter(machine, rules.initial, values, acts, opener=who)
        self._set(matter, rules.register_, values)
        self.matters.append(matter)
        self._owe(matter, {})
        return matter

    def _set(self, matter: Matter, fields: tuple[FormField, ...], form: Mapping[str, Any]) -> None:
        for each in fields:
            if each.sets == "handler" and each.name in form:
                matter.handler = form[each.name]

    def _land(
        self, matter: Matter, move: str, rule: Move, state: str, form: Mapping[str, Any], who: str
    ) -> None:
        before = dict(matter.values)
        matter.state = state
        matter.values = matter.values | dict(form)
        matter.acts[move] = Act(who, self.today)
        self._set(matter, rule.fields, form)
        source = matter.values | dict(form)
        if rule.opens is not None and self._holds(rule.opens.when, matter):
            self._open(matter, rule.opens, source, who)
        for drive in rule.drives:
            for other in self._driven(matter, drive.link, drive.towards):
                self._drive(
                    other, drive.move, {name: source[name] for name in drive.copies if name in source}
                )
        self._owe(matter, before)

    def _holds(self, uses: tuple[GuardUse, ...], matter: Matter) -> bool:
        facts = self.facts(matter, ENGINE)
        return all(GUARDS[use.name].holds(facts, use.argument) is None for use in uses)

    def _open(self, matter: Matter, opens: Opens, source: Mapping[str, Any], who: str) -> None:
        handed = {name: source[name] for name in opens.copies if name in source} | dict(opens.sets)
        for kind, child in matter.children if opens.takes_up else ():
            rules = self.rules(child)
            if kind == opens.link and opens.takes_up and child.state in rules.moves[opens.takes_up].from_:
                self._drive(child, opens.takes_up, handed)
                child.opener, child.acts[opens.takes_up] = who, Act(who, self.today)
                return
        child = self._born(opens.machine, handed, who)
        if opens.by:
            child.state, child.opener = self.rules(child).moves[opens.by].to or child.state, None
            child.acts = {opens.by: Act(ENGINE, self.today)}
        child.handler, child.parent = child.handler or matter.handler, matter
        matter.children.append((opens.link, child))

    def _owe(self, matter: Matter, before: Mapping[str, Any]) -> None:
        """What `cases.owing` does: reports that are demanded are opened, and put away where they are not any more."""
        facts = self.facts(matter, ENGINE)
        now = owed.demanded(self.rules(matter), facts)
        was = owed.demanded(self.rules(matter), replace(facts, values=before)) if before else {}
        for duty in now.values() if now.keys() != was.keys() else ():
            there = [child for kind, child in matter.children if kind == duty.satisfied_by]
            if duty.opens and all(child.state in duty.void_in and child.state != "owed" for child in there):
                self._open(matter, duty.opens, matter.values, ENGINE)
        if was and not now:
            for kind, child in matter.children:
                for duty in was.values():
                    if duty.lapses and kind == duty.satisfied_by:
                        self._drive(child, duty.lapses, {})

    def _driven(self, matter: Matter, link: str, towards: str) -> list[Matter]:
        if towards == "children":
            return [child for kind, child in matter.children if kind == link]
        return [] if matter.parent is None else [matter.parent]

    def _drive(self, matter: Matter, move: str, form: Mapping[str, Any]) -> None:
        rule = self.rules(matter).moves[move]
        if matter.state in rule.from_:
            state = self.judge(matter).fire(move, self.facts(matter, ENGINE, form))
            self._land(matter, move, rule, state, form, ENGINE)
