"""Named conditions of moves: small predicates over plain facts. Each says what is missing, and who can cure it and how.

A rulebook uses a guard by its name: `- is_handler` or `- value_is: {way: [hold]}`. A guard that looks at the form holds
while nothing is filled in yet, so that a move that only lacks a good form counts as open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

from states import guard_arguments
from states.facts import Facts, Link, Reason
from states.guard_arguments import Check, listed
from states.rulebook import Label, Machine, Rulebook

Holds = Callable[[Facts, Any], Reason | None]


@dataclass(frozen=True, slots=True)
class Guard:
    """A named condition. `holds` answers None, or the reason why not; `check` says what is wrong with an argument.

    `of` tells what it is about: the matter and the actor, or what is being filled in.
    """

    name: str
    holds: Holds
    check: Check
    of: Literal["matter", "form"]

    def check_argument(self, argument: Any, machine: Machine, rulebook: Rulebook) -> str | None:
        """What is wrong with this argument in this machine, in one sentence; None if nothing is."""
        return self.check(argument, machine, rulebook)


_guards: dict[str, Guard] = {}
GUARDS: Mapping[str, Guard] = MappingProxyType(_guards)
"""Every guard a rulebook may name."""


def _guard(check: Check, *, of: Literal["matter", "form"] = "matter") -> Callable[[Holds], Holds]:
    def register(holds: Holds) -> Holds:
        _guards[holds.__name__] = Guard(holds.__name__, holds, check, of)
        return holds

    return register


def _because(code: str, zh: str, en: str, *, cure_zh: str, cure_en: str) -> Reason:
    return Reason(
        code,
        Label.model_construct(zh=zh, en=en),
        Label.model_construct(zh=cure_zh, en=cure_en),
    )


# Who acts


@_guard(guard_arguments.roles_or_nothing)
def is_handler(facts: Facts, argument: Any) -> Reason | None:
    """The person is the one who handles the matter (Rules 2019 Art. 23: a named handler for every clue).

    `is_handler: officer` asks this of officers only; others who may make the move need not be the handler.
    """
    if facts.actor.is_handler or facts.actor.is_engine:
        return None
    if argument is not None and facts.actor.roles.isdisjoint(listed(argument)):
        return None
    handler = facts.values.get("handler")
    who_zh, who_en = (str(handler), str(handler)) if handler else ("（尚未指定）", "nobody yet")
    return _because(
        "is_handler",
        f"只有承办人可以办理这一步；现承办人：{who_zh}。",
        f"Only the one who handles this matter may do this; that is {who_en}.",
        cure_zh="请承办人办理，或由案管部门提出改派、负责人批准。",
        cure_en="Ask the handler, or have the case supervision office propose another one for approval.",
    )


@_guard(guard_arguments.nothing)
def not_handler(facts: Facts, argument: Any) -> Reason | None:
    """The person is not the one who handles the matter: whoever does the work does not judge it."""
    if not facts.actor.is_handler:
        return None
    return _because(
        "not_handler",
        "承办人（责任人）不能审核自己办理的事项。",
        "Whoever handles a matter may not judge it.",
        cure_zh="请另一位有权人员办理这一步。",
        cure_en="Ask another person who holds the role.",
    )


@_guard(guard_arguments.moves)
def not_the_one_who(facts: Facts, argument: Any) -> Reason | None:
    """The person did not make the named move (the latest one): proposer and approver are two people."""
    for move in listed(argument):
        act = facts.acts.get(move)
        if act is not None and act.actor == facts.actor.id:
            return _because(
                "second_person",
                f"这一步须由另一人办理：“{move}”是您本人办理的，提出人不能自己批准。",
                f"A second person must do this: {move!r} was made by you, and nobody approves their own proposal.",
                cure_zh="请另一位有权人员审批。",
                cure_en="Ask another person who holds the role to decide.",
            )
    return None


@_guard(guard_arguments.moves)
def the_one_who(facts: Facts, argument: Any) -> Reason | None:
    """The person made the named move: whoever handles a clue has signed for it first (Rules 2019 Art. 23)."""
    for move in listed(argument):
        act = facts.acts.get(move)
        if act is None or act.actor != facts.actor.id:
            return _because(
                "not_done_by_you",
                f"您还没有办理“{move}”。",
                f"You have not made {move!r} yet.",
                cure_zh=f"请先由您本人办理“{move}”。",
                cure_en=f"Make {move!r} yourself first.",
            )
    return None


@_guard(guard_arguments.moves)
def once_each(facts: Facts, argument: Any) -> Reason | None:
    """The person was not the last to make the named move: signing twice in a row adds nothing."""
    for move in listed(argument):
        act = facts.acts.get(move)
        if act is not None and act.actor == facts.actor.id:
            return _because(
                "done_already",
                f"您已于 {act.on} 办理“{move}”。",
                f"You made {move!r} already, on {act.on}.",
                cure_zh="无需重复办理。",
                cure_en="There is nothing left to do here.",
            )
    return None


@_guard(guard_arguments.fields_to_values)
def role_kept_out(facts: Facts, argument: Any) -> Reason | None:
    """A role stays out where a value holds, whatever else the person is: `{role: head, where: {managed_by: [own_head]}}`.

    A report on the head of the own commission bypasses that commission's head (Reports Rules 2020 Art. 15).
    """
    if argument["role"] not in facts.actor.roles or not _all_are(facts, argument["where"]):
        return None
    return _because(
        "kept_out",
        "此件涉及本机关主要负责人，须绕开其本人。",
        "This is about the head of this commission and bypasses that person.",
        cure_zh="请分管领导办理，直接报上级。",
        cure_en="The leader in charge does this, straight to the commission above.",
    )


# What is on file


def _all_are(facts: Facts, wanted: Mapping[str, Any]) -> bool:
    return all(facts.values.get(name) in listed(values) for name, values in wanted.items())


@_guard(guard_arguments.values)
def value_is(facts: Facts, argument: Any) -> Reason | None:
    """Each named fact on file is one of the values given: `{way: [hold]}`."""
    for name, wanted in argument.items():
        have = facts.values.get(name)
        if have not in listed(wanted):
            return _because(
                "value_is",
                f"{name} 须为 {_either(wanted, '或')}，目前是 {_said(have, '未填')}。",
                f"{name} would have to be {_either(wanted, 'or')}; it is {_said(have, 'not set')}.",
                cure_zh=f"先由填写 {name} 的人改正，或走相应的另一步。",
                cure_en=f"Whoever set {name} corrects it first, or take the move that fits it.",
            )
    return None


@_guard(guard_arguments.values)
def value_is_not(facts: Facts, argument: Any) -> Reason | None:
    """No named fact on file is one of the values given: `{kind: [non_action]}`."""
    for name, unwanted in argument.items():
        have = facts.values.get(name)
        if have is not None and have in listed(unwanted):
            return _because(
                "value_is_not",
                f"{name} 为 {have} 时不能办理这一步。",
                f"This cannot be done while {name} is {have}.",
                cure_zh=f"如 {name} 登记有误，请先更正；否则请走相应的另一步。",
                cure_en=f"Correct {name} first if it is wrong; otherwise take the move that fits it.",
            )
    return None


@_guard(guard_arguments.fields)
def value_given(facts: Facts, argument: Any) -> Reason | None:
    """Each named fact is on file."""
    missing = [name for name in listed(argument) if facts.values.get(name) in (None, "", [])]
    if not missing:
        return None
    return _because(
        "value_given",
        f"尚缺：{'、'.join(missing)}。",
        f"Still missing: {', '.join(missing)}.",
        cure_zh="请先补充登记。",
        cure_en="Have it added to the file first.",
    )


@_guard(guard_arguments.fields)
def is_true(facts: Facts, argument: Any) -> Reason | None:
    """Each named yes-or-no fact on file is yes."""
    for name in listed(argument):
        if facts.values.get(name) is not True:
            return _because(
                "is_true",
                f"仅适用于 {name} 为“是”的事项。",
                f"This is only for matters where {name} is yes.",
                cure_zh="如登记有误，请先更正；否则无需办理这一步。",
                cure_en="Correct it first if it is wrong; otherwise there is nothing to do here.",
            )
    return None


@_guard(guard_arguments.fields)
def is_not_true(facts: Facts, argument: Any) -> Reason | None:
    """No named yes-or-no fact on file is yes."""
    for name in listed(argument):
        if facts.values.get(name) is True:
            return _because(
                "is_not_true",
                f"{name} 为“是”时不能办理这一步。",
                f"This cannot be done while {name} is yes.",
                cure_zh="如登记有误，请先更正；否则请走相应的另一步。",
                cure_en="Correct it first if it is wrong; otherwise take the move that fits it.",
            )
    return None


_ABOVE = ("higher", "own_head")  # whom the managing body puts beyond this commission


@_guard(guard_arguments.fields)
def belongs_here(facts: Facts, argument: Any) -> Reason | None:
    """What the named field holds, on file or in the form, does not put the matter above this commission."""
    for name in listed(argument):
        if facts.values.get(name) in _ABOVE or (facts.form or {}).get(name) in _ABOVE:
            return _because(
                "belongs_above",
                "此件应由上级机关受理，本级不得登记、摘抄（检举控告规则第十五条）。",
                "This belongs to a higher commission and may not be registered or excerpted here (Reports Rules Art. 15).",
                cure_zh="请案管部门办理“seal_up”径送上级；管辖填写有误的，先办理“reclassify”更正。",
                cure_en="The case supervision office makes seal_up; if the managing body is wrong, reclassify first.",
            )
    return None


@_guard(guard_arguments.fields)
def belongs_above(facts: Facts, argument: Any) -> Reason | None:
    """What the named field holds on file puts the matter above this commission."""
    if all(facts.values.get(name) in _ABOVE for name in listed(argument)):
        return None
    return _because(
        "belongs_here",
        "只有应由上级机关受理的检举控告才密封径送。",
        "Only what belongs to a higher commission is sealed and sent up unread.",
        cure_zh="属本级管辖的请登记受理；管辖填写有误的，先办理“reclassify”更正。",
        cure_en="Register what is ours; if the managing body is wrong, reclassify first.",
    )


# What was done


@_guard(guard_arguments.act)
def act_done(facts: Facts, argument: Any) -> Reason | None:
    """The named move was made; with `{move: feed_back, not_before: conclude}`, not on an earlier day than that other one.

    `not_before` may name several moves; the latest of them counts.
    """
    wanted = {"move": argument} if isinstance(argument, str) else argument
    act = facts.acts.get(wanted["move"])
    since = _latest(facts, listed(wanted.get("not_before", ())))
    if act is not None and (since is None or act.on >= since):
        return None
    move = wanted["move"]
    return _because(
        "act_missing",
        f"尚未办理“{move}”。" if act is None else f"“{move}”是上一轮（{act.on}）办理的，须重新办理。",
        f"{move!r} has not been done yet." if act is None else f"{move!r} dates from before ({act.on}) and is due again.",
        cure_zh=f"请先办理“{move}”。",
        cure_en=f"Do {move!r} first.",
    )


@_guard(guard_arguments.act)
def not_done(facts: Facts, argument: Any) -> Reason | None:
    """The named move was not made yet, or not since `not_before`."""
    if act_done(facts, argument) is not None:
        return None
    move = argument if isinstance(argument, str) else argument["move"]
    return _because(
        "done_already",
        f"已于 {facts.acts[move].on} 办理“{move}”。",
        f"{move!r} was done on {facts.acts[move].on}.",
        cure_zh="无需重复办理。",
        cure_en="There is nothing left to do here.",
    )


def _latest(facts: Facts, moves: Iterable[str]) -> date | None:
    return max((facts.acts[move].on for move in moves if move in facts.acts), default=None)


# What is linked


def _linked(facts: Facts, argument: Any) -> list[Link]:
    kinds = listed(argument["kind"] if isinstance(argument, dict) else argument)
    return [link for link in facts.links if link.kind in kinds]


@_guard(guard_arguments.link)
def no_open(facts: Facts, argument: Any) -> Reason | None:
    """No linked matter of this kind is still open: a clue is not concluded over the head of its rectification tasks."""
    still = [link for link in _linked(facts, argument) if not link.final]
    if not still:
        return None
    return _because(
        "still_open",
        f"尚有 {len(still)} 件关联事项（{_kinds(still)}）未办结，现处于：{_states(still)}。",
        f"{len(still)} linked matters ({_kinds(still)}) still open, in: {_states(still)}.",
        cure_zh="请其责任人先行办结（任务须凭证据销号，会商须形成纪要，上报须落实答复）。",
        cure_en="Those who own it finish it first: a task on proof, a round by its minutes, an escalation by its answer.",
    )


@_guard(guard_arguments.link)
def has_link(facts: Facts, argument: Any) -> Reason | None:
    """A linked matter of this kind exists, in one of `states` if those are named: `{kind: consultation, states: [closed]}`."""
    states = listed(argument.get("states", ())) if isinstance(argument, dict) else []
    found = [link for link in _linked(facts, argument) if not states or link.state in states]
    if found:
        return None
    kind = argument["kind"] if isinstance(argument, dict) else argument
    where_zh, where_en = (f"且处于 {_either(states, '或')}", f" in {_either(states, 'or')}") if states else ("", "")
    return _because(
        "link_missing",
        f"须先有关联事项（{kind}）{where_zh}。",
        f"A linked {kind}{where_en} is needed first.",
        cure_zh="请先办理产生该事项的步骤，并推进到位。",
        cure_en="Take the move that opens it, and bring it that far.",
    )


@_guard(guard_arguments.link)
def no_link_in(facts: Facts, argument: Any) -> Reason | None:
    """No linked matter of this kind stands in one of `states`: a report that nobody signed for has not arrived."""
    still = [link for link in _linked(facts, argument) if link.state in listed(argument["states"])]
    if not still:
        return None
    return _because(
        "link_pending",
        f"关联事项（{argument['kind']}）尚处于 {_states(still)}，未到可继续的程度。",
        f"A linked {argument['kind']} has only come to {_states(still)}.",
        cure_zh="请先推进该关联事项（上报件须由收件机关签收）。",
        cure_en="Bring it further first; an escalation must be signed for by its addressee.",
    )


# What is filled in


@_guard(guard_arguments.fields, of="form")
def two_people(facts: Facts, argument: Any) -> Reason | None:
    """At least two different people are named: two or more act in any formal measure (Supervision Law Art. 44)."""
    for name in listed(argument) if facts.form is not None else ():
        named = facts.form.get(name) if facts.form else None
        if named is not None and len(set(listed(named))) < 2:
            return _because(
                "two_people",
                f"正式措施须有两人以上进行（监察法第四十四条）；{name} 只有一人。",
                f"Two or more people act in any formal measure (Supervision Law Art. 44); {name} names one.",
                cure_zh="请再指定一名承办人员。",
                cure_en="Name at least one more officer.",
            )
    return None


@_guard(guard_arguments.evidence, of="form")
def new_evidence(facts: Facts, argument: Any) -> Reason | None:
    """What re-opens a closed matter is new: it came on or after the day of the closing.

    `{came_on: evidence_on, after: [conclude ...]}`. Without it a report is a repeat of a closed matter.
    """
    closed_on = _latest(facts, listed(argument["after"]))
    said = facts.form.get(argument["came_on"]) if facts.form is not None else None
    if said is None or closed_on is None or date.fromisoformat(str(said)[:10]) >= closed_on:
        return None
    return _because(
        "no_new_evidence",
        f"所附证据（{said}）早于了结之日（{closed_on}），不是新证据。",
        f"The evidence ({said}) is older than the closing ({closed_on}): it is not new.",
        cure_zh="有新证据方可重新启动；没有的，作为重复反映并入原线索。",
        cure_en="Only new evidence re-opens a closed clue; without it, link the report to this clue as a repeat.",
    )


@_guard(guard_arguments.redaction, of="form")
def redacted(facts: Facts, argument: Any) -> Reason | None:
    """A text for outsiders does not name whom the file is about: `{text: [brief], hides: [subject]}`."""
    hidden = [str(facts.values[name]) for name in listed(argument["hides"]) if facts.values.get(name)]
    for field in listed(argument["text"]) if facts.form is not None else ():
        text = str(facts.form.get(field, "")) if facts.form else ""
        if any(len(name) > 1 and name in text for name in hidden):
            return _because(
                "not_redacted",
                f"{field} 中出现了被反映人信息；会商成员单位只能看到问题，不能看到人。",
                f"{field} names the person concerned; members of a consultation see the problem, not the person.",
                cure_zh="请删去姓名，只写项目、环节、问题和控制漏洞。",
                cure_en="Take the name out; write of the project, the link, the problem and the gap in control.",
            )
    return None


@_guard(guard_arguments.fields, of="form")
def not_classified(facts: Facts, argument: Any) -> Reason | None:
    """Neither the file nor the form is marked as a state secret, which may not be kept here (Secrecy Law 2024 Art. 31)."""
    for name in listed(argument):
        if "state_secret" in (facts.values.get(name), (facts.form or {}).get(name)):
            return _because(
                "state_secret",
                "国家秘密不得进入非涉密系统（保守国家秘密法第三十一条）；本系统不能登记此件。",
                "A state secret may not be stored on a non-classified system (Secrecy Law Art. 31); it cannot be kept here.",
                cure_zh="请立即停止录入，按涉密载体管理规定以纸质或涉密网络报保密工作机构和案管部门登记；内容不要写入本系统。",
                cure_en="Stop here. Hand it on paper or by the classified network to the secrecy office and the case "
                "supervision office, who register it there; enter none of its content in this system.",
            )
    return None


@_guard(guard_arguments.fields_to_values, of="form")
def sealed_unread(facts: Facts, argument: Any) -> Reason | None:
    """A report that belongs above is put down as an envelope only (Reports Rules 2020 Art. 15).

    `{where: {managed_by: [higher]}, blank: [subject], says: {problem: [sealed]}}`: where that holds, the fields in `blank`
    stay empty and those in `says` hold one of the words given and nothing else. Elsewhere the words are free.
    """
    form = facts.form or {}
    if not all(form.get(name) in listed(values) for name, values in argument["where"].items()):
        return None
    written = [name for name in listed(argument["blank"]) if form.get(name)]
    written += [name for name, words in argument["says"].items() if form.get(name) not in listed(words)]
    if not written:
        return None
    says = "; ".join(f"{name}={_either(words, '/')}" for name, words in argument["says"].items())
    return _because(
        "sealed_content",
        f"应由上级受理的检举控告须五个工作日内径送，内容不得摘抄、录入；以下字段写了内容：{'、'.join(written)}。",
        "A report that belongs above is passed up within 5 working days and its content is not entered "
        f"(Reports Rules Art. 15); these hold content: {', '.join(written)}.",
        cure_zh=f"只登记信封：{says}；其余字段留空，然后办理“seal_up”。",
        cure_en=f"Put down the envelope only: {says}; leave the others empty, then make the move seal_up.",
    )


# Together


@_guard(guard_arguments.either)
def either(facts: Facts, argument: Any) -> Reason | None:
    """One of these holds: `[{is_not_true: real_name}, {act_done: feed_back}]`. The reason given is that of the last one."""
    reason = None
    for use in argument:
        name, its = (use, None) if isinstance(use, str) else next(iter(use.items()))
        reason = _guards[name].holds(facts, its)
        if reason is None:
            return None
    return reason


def _either(values: Any, word: str) -> str:
    gap = f" {word} " if word.isascii() and word.isalpha() else word
    return gap.join(str(each) for each in listed(values))


def _said(value: Any, nothing: str) -> str:
    return nothing if value is None else str(value)


def _states(links: Iterable[Link]) -> str:
    return ", ".join(sorted({link.state for link in links}))


def _kinds(links: Iterable[Link]) -> str:
    return ", ".join(sorted({link.kind for link in links}))


guard_arguments.know(GUARDS)
