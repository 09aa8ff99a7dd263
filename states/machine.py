"""Judging a move: which state follows, or every reason why not. The only module that knows `transitions`.

One shared machine judges all matters of its kind. What it moves is a throw-away case holding the state as the
database knows it: nothing here remembers a matter, and a judgement changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import transitions

from states import awaiting, paths, refusals
from states.facts import Actor, Facts, Reason, Refused
from states.guards import GUARDS, Guard
from states.rulebook import Label, Machine, Mandatory, Move, Role, Rulebook
from states.wording import Wording, wording

COUNTS = "made_often"  # the guard that counts moves


@dataclass(frozen=True, slots=True)
class Survey:
    """What may happen next: the moves that are open, and those that are blocked with their reasons."""

    open: tuple[str, ...]
    blocked: tuple[tuple[str, tuple[Reason, ...]], ...]


class _Case:
    """What `transitions` moves: lives for one judgement."""

    __slots__ = ("facts", "reasons", "state")

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.state = facts.state
        self.reasons: list[Reason] = []


class Judge:
    """Judges the moves of one machine. Build it once per rulebook, through `judge`."""

    def __init__(
        self,
        machine_name: str,
        machine: Machine,
        *,
        roles: Mapping[str, Role] | None = None,
        triggers: Mapping[str, Label] | None = None,
        wording: Wording | None = None,
    ) -> None:
        """`roles` and `wording` give the names for people; `triggers` say what makes the engine's moves happen."""
        self.machine_name = machine_name
        self.machine = machine
        self._roles = roles or {}
        self._wording = wording or Wording()
        triggers = dict(triggers or _rungs(machine))
        self._conditions = {
            name: _Condition(move, self._roles, triggers.get(name), _duties(machine, name))
            for name, move in machine.moves.items()
        }
        self._awaited = awaiting.by_state(machine)
        self._looked_back_on: dict[str, frozenset[str]] = {}  # what `asks_by` found
        self._engine = self._build()

    def _build(self) -> transitions.Machine:
        engine = transitions.Machine(
            model=None, states=list(self.machine.states), initial=self.machine.initial, auto_transitions=False
        )
        for name, move in self.machine.moves.items():
            engine.add_transition(name, list(move.from_), move.to or "=", conditions=self._conditions[name])
        return engine

    def fire(self, move: str, facts: Facts) -> str:
        """The state that follows. Raises `Refused` with every reason at once.

        Codes: unknown_move, unknown_state, wrong_state, or that of the first reason: engine_move, not_your_role,
        mandatory_report, no_candidate, or of the guard.
        """
        if facts.state not in self.machine.states:
            raise _refusal(refusals.unknown_state(facts.state))
        if move not in self.machine.moves:
            raise _refusal(refusals.unknown_move(move, self.machine))
        if facts.state not in self.machine.moves[move].from_:
            raise _refusal(refusals.wrong_state(move, facts.state, self.machine))
        case = _Case(facts)
        if not self._engine.events[move].trigger(case, case):
            raise Refused(_summary(case.reasons), tuple(self._wording.of(reason) for reason in case.reasons))
        return case.state

    def may(self, move: str, facts: Facts) -> bool:
        """Whether `fire` would make this move, without the reasons why not: it stops at the first."""
        if facts.state not in self.machine.states or move not in self.machine.moves:
            return False
        return facts.state in self.machine.moves[move].from_ and self._conditions[move].is_met(facts)

    def asks_by(self, state: str) -> frozenset[str]:
        """The moves that moves out of this state look back on: those that ask people for answers, and those counted."""
        known = self._looked_back_on.get(state)
        if known is None:
            counted = {
                move for rule in self.machine.asking(COUNTS, state=state) for use in rule.guards
                if use.name == COUNTS for move in use.argument
            }  # fmt: skip
            known = frozenset(move for asking in self._awaited[state] for move in asking["asked"]) | counted
            self._looked_back_on[state] = known
        return known

    def awaited(self, facts: Facts) -> tuple[Reason, ...]:
        """Whose answers moves out of this state wait for, whoever would make them, and who can cure that."""
        found = [awaiting.unanswered(asking, facts) for asking in self._awaited[facts.state]]
        return tuple(self._wording.of(reason) for reason in found if reason is not None)

    def survey(self, facts: Facts) -> Survey:
        """The moves that leave this state, each by the condition that `fire` puts to it."""
        open_moves: list[str] = []
        blocked: list[tuple[str, tuple[Reason, ...]]] = []
        for move in self.machine.moves_from.get(facts.state, ()):
            reasons = tuple(self._wording.of(reason) for reason in self._conditions[move].reasons(facts))
            if reasons:
                blocked.append((move, reasons))
            else:
                open_moves.append(move)
        return Survey(tuple(open_moves), tuple(blocked))

    def may_open(self, facts: Facts) -> bool:
        """Whether this actor may open a matter of this kind by hand."""
        return bool(facts.actor.roles.intersection(self.machine.registered_by))

    def check_opening(self, facts: Facts) -> None:
        """Raises `Refused("not_your_role", ...)` where the actor may not open a matter of this kind by hand."""
        if self.may_open(facts):
            return
        if self.machine.registered_by:
            raise _refusal(refusals.not_your_role(self.machine.registered_by, self._roles))
        raise _refusal(refusals.not_by_hand(self.machine.label))


class _Condition:
    """Everything that must hold for one move. Called by `transitions`; leaves all reasons with the case."""

    def __init__(
        self,
        move: Move,
        roles: Mapping[str, Role],
        trigger: Label | None,
        duties: tuple[_Duty, ...],
    ) -> None:
        self.move = move
        self.roles = frozenset(move.roles)
        self.driven = move.engine or trigger is not None
        self.by_itself = refusals.by_itself(trigger)
        self.not_your_role = refusals.not_your_role(move.roles, roles)
        self.guards = _bound(move.guards)
        self.is_asked_for = any(use.name == "is_asked" for use in move.guards)
        self.duties = duties
        self.filled = tuple(each for each in move.fields if each.required)

    def __call__(self, case: _Case) -> bool:
        case.reasons.extend(self.reasons(case.facts))
        return not case.reasons

    def is_met(self, facts: Facts) -> bool:
        """Whether no reason stands against the move."""
        return next(self.reasons(facts), None) is None

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        """Every reason that stands against the move, in its order."""
        if not_them := self._not_for(facts.actor):
            yield not_them
        for guard, argument in self.guards:
            if reason := guard.holds(facts, argument):
                yield reason
        for duty in self.duties:
            if reason := duty.reason(facts):
                yield reason
        if facts.possible:
            yield from self._without_candidates(facts)

    def _not_for(self, actor: Actor) -> Reason | None:
        """Why nobody like this actor makes the move, whatever else is so; None where they may."""
        if actor.is_engine:
            return None if self.driven else self.not_your_role
        if self.move.engine:
            return self.by_itself
        if self.roles.isdisjoint(actor.roles):
            return self.not_your_role
        return refusals.READS_ONLY if actor.reads_only and not self.is_asked_for else None

    def _without_candidates(self, facts: Facts) -> Iterator[Reason]:
        for each in self.filled:
            needed = (each.at_least or 1) if each.type == "people" else 1
            if facts.possible.get(each.name, needed) < needed:
                yield refusals.no_candidate(each.label, needed)


@dataclass(frozen=True, slots=True)
class _Duty:
    """A mandatory report that stands before a move."""

    when: tuple[tuple[Guard, Any], ...]
    link: str
    void_in: frozenset[str]
    unmet: Reason

    def reason(self, facts: Facts) -> Reason | None:
        if any(link.kind == self.link and link.state not in self.void_in for link in facts.links):
            return None
        return None if any(guard.holds(facts, argument) for guard, argument in self.when) else self.unmet


def judge(rulebook: Rulebook, machine_name: str) -> Judge:
    """The judge of one machine of a rulebook, built once. Raises `KeyError` where there is no such machine."""
    machine = rulebook.machines[machine_name]
    known = _judges.get(id(machine))
    if known is None or known.machine is not machine:
        known = Judge(
            machine_name,
            machine,
            roles=rulebook.roles,
            triggers=triggers(rulebook, machine_name),
            wording=wording(rulebook, machine_name),
        )
        if len(_judges) >= _MOST_JUDGES:
            _judges.clear()  # at once, which no other thread can see half-done
        _judges[id(machine)] = known
    return known


_MOST_JUDGES = 256
_judges: dict[int, Judge] = {}


def triggers(rulebook: Rulebook, machine_name: str) -> dict[str, Label]:
    """For each move of this machine that the engine makes: when it does, in words."""
    found = _rungs(rulebook.machines[machine_name]) | _by_signs(rulebook.machines[machine_name])
    for name, machine in rulebook.machines.items():
        for move in machine.moves.values():
            for drives in move.drives:
                if machine_name in paths.other_ends(rulebook, name, drives.link, drives.towards):
                    found.setdefault(drives.move, _made_there(machine, move))
            if move.opens and move.opens.machine == machine_name and move.opens.takes_up:
                found.setdefault(move.opens.takes_up, _made_there(machine, move))
        for duty in machine.mandatory.values():
            if duty.opens and duty.opens.machine == machine_name:
                found |= {made: _KNOWN for made in (duty.opens.by,) if made}
                found |= {made: _NOT_SO for made in (duty.lapses,) if made}
    if over := rulebook.hands_over:
        found = {over.handled: _ACCOUNT_ENDS, over.passed: _ACCOUNT_ENDS} | found
    if exchange := rulebook.machines[machine_name].exchange:
        found = dict.fromkeys(exchange.made_elsewhere, _FROM_ANOTHER_SITE) | found
        found.setdefault(exchange.settles, _ANSWER_WRITTEN)
        found |= {made: _TURNED_AWAY for made in (exchange.turned_away,) if made}
    return found


def _made_there(machine: Machine, move: Move) -> Label:
    zh = f"“{machine.label.zh}”完成“{move.label.zh}”时"
    return Label(zh=zh, en=f"{move.label.en!r} is made in {machine.label.en}")


_KNOWN = Label(zh="应报告的情形出现时", en="the duty to report becomes known")
_NOT_SO = Label(zh="应报告的情形不再成立时", en="the duty to report turns out not to exist")
_SIGN = Label(
    zh="所在环节或岗位出现按规则应复核的情况时", en="something at its link or post asks for a review by rule"
)
_POST_LOST = Label(zh="所载人员不再担任该岗位时", en="the person it names holds the post no more")
_POSTED = Label(zh="本人任职变动或账号终止时", en="the postings of the person change or their account ends")
_FLOWS_IN = Label(zh="应归入档案的情况出现时", en="something happens that belongs in the file")
_SIGNED = Label(zh="本人在线签署填报单时", en="the person signs a sheet under their account")
_LAPSED = Label(zh="查阅开放时限届满时", en="the time it is open for is over")
_FROM_ANOTHER_SITE = Label(zh="收到对方站点的签名文件时", en="a signed file of the other site is taken in")
_ACCOUNT_ENDS = Label(
    zh="账号终止、工作经批准移交时", en="an account ends and the hand-over of its work is approved"
)
_TURNED_AWAY = Label(zh="对方站点不接收文件时", en="the other site would not take the file")
_ANSWER_WRITTEN = Label(zh="答复文件写出时", en="the file with the answer is written")


def _rungs(machine: Machine) -> dict[str, Label]:
    return {
        rung.move: Label(
            zh=f"“{deadline.label.zh}”到“{rung.label.zh}”时",
            en=f"the clock {deadline.label.en!r} reaches {rung.label.en!r}",
        )
        for deadline in machine.deadlines.values()
        for rung in deadline.ladder
        if rung.move
    }


def _by_signs(machine: Machine) -> dict[str, Label]:
    found: dict[str, Label] = {}
    if machine.grading is not None:
        found |= dict.fromkeys((machine.grading.raised_by, machine.grading.raised_again_by), _SIGN)
    if machine.file is not None:
        found |= {machine.file.raised_by: _POSTED, machine.file.flows_in_by: _FLOWS_IN,
                  machine.file.signed_in_by: _SIGNED}  # fmt: skip
    if machine.holder is not None:
        found[machine.holder.left_by] = _POST_LOST
    if machine.reading is not None:
        found[machine.reading.lapses_by] = _LAPSED
    return found


def _bound(uses: Any) -> tuple[tuple[Guard, Any], ...]:
    return tuple((GUARDS[use.name], use.argument) for use in uses)


def _duties(machine: Machine, move: str) -> tuple[_Duty, ...]:
    return tuple(_duty(each) for each in machine.mandatory.values() if move in each.before)


def _duty(mandatory: Mandatory) -> _Duty:
    unmet = Reason("mandatory_report", mandatory.label, mandatory.cure)
    return _Duty(_bound(mandatory.when), mandatory.satisfied_by, frozenset(mandatory.void_in), unmet)


def _summary(reasons: list[Reason]) -> str:
    return reasons[0].code if reasons else "refused"


def _refusal(reason: Reason) -> Refused:
    return Refused(reason.code, (reason,))
