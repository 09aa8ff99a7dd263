"""Guards on what is on file: the facts of a matter and what was done about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from states import guard_arguments
from states.facts import Facts, Reason
from states.guard import any_of, because, guard
from states.guard_arguments import listed


@guard(guard_arguments.values)
def value_is(facts: Facts, argument: Any) -> Reason | None:
    """Each named fact on file is one of the values given: `{way: [hold]}`."""
    for name, wanted in argument.items():
        have = facts.values.get(name)
        if have not in listed(wanted):
            return because(
                "value_is",
                f"{{field:{name}}}须为{_choices(name, wanted, '或')}，目前是{_said(name, have, '未填')}。",
                f"{{field:{name}}} would have to be {_choices(name, wanted, 'or')}; "
                f"it is {_said(name, have, 'not set')}.",
                cure_zh=f"先由填写{{field:{name}}}的人改正，或走相应的另一步。",
                cure_en=f"Whoever set {{field:{name}}} corrects it first, or take the move that fits it.",
            )
    return None


@guard(guard_arguments.values)
def value_is_not(facts: Facts, argument: Any) -> Reason | None:
    """No named fact on file is one of the values given: `{kind: [non_action]}`."""
    for name, unwanted in argument.items():
        have = facts.values.get(name)
        if have is not None and have in listed(unwanted):
            return because(
                "value_is_not",
                f"{{field:{name}}}为{_said(name, have, '')}时不能办理这一步。",
                f"This cannot be done while {{field:{name}}} is {_said(name, have, '')}.",
                cure_zh=f"如{{field:{name}}}登记有误，请先更正；否则请走相应的另一步。",
                cure_en=f"Correct {{field:{name}}} first if it is wrong; otherwise take the move that fits it.",
            )
    return None


@guard(guard_arguments.fields)
def value_given(facts: Facts, argument: Any) -> Reason | None:
    """Each named fact is on file."""
    missing = [name for name in listed(argument) if facts.values.get(name) in (None, "", [])]
    if not missing:
        return None
    return because(
        "value_given",
        f"尚缺：{'、'.join(f'{{field:{name}}}' for name in missing)}。",
        f"Still missing: {', '.join(f'{{field:{name}}}' for name in missing)}.",
        cure_zh="请先补充登记。",
        cure_en="Have it added to the file first.",
    )


@guard(guard_arguments.fields)
def value_not_given(facts: Facts, argument: Any) -> Reason | None:
    """Nothing was put down for these fields: the matter is not of the kind that they mark."""
    given = [name for name in listed(argument) if facts.values.get(name) not in (None, "", [])]
    if not given:
        return None
    fields = ", ".join(f"{{field:{name}}}" for name in given)
    return because(
        "value_not_given",
        f"此事项已有：{fields}，不适用这一步。",
        f"This matter has {fields}: the move is not for it.",
        cure_zh="请选用适合此类事项的步骤。",
        cure_en="Take the move that is made for matters of this kind.",
    )


@guard(guard_arguments.fields)
def is_true(facts: Facts, argument: Any) -> Reason | None:
    """Each named yes-or-no fact on file is yes."""
    for name in listed(argument):
        if facts.values.get(name) is not True:
            return because(
                "is_true",
                f"仅适用于{{field:{name}}}为“是”的事项。",
                f"This is only for matters where {{field:{name}}} is yes.",
                cure_zh="如登记有误，请先更正；否则无需办理这一步。",
                cure_en="Correct it first if it is wrong; otherwise there is nothing to do here.",
            )
    return None


@guard(guard_arguments.fields)
def is_not_true(facts: Facts, argument: Any) -> Reason | None:
    """No named yes-or-no fact on file is yes."""
    for name in listed(argument):
        if facts.values.get(name) is True:
            return because(
                "is_not_true",
                f"{{field:{name}}}为“是”时不能办理这一步。",
                f"This cannot be done while {{field:{name}}} is yes.",
                cure_zh="如登记有误，请先更正；否则请走相应的另一步。",
                cure_en="Correct it first if it is wrong; otherwise take the move that fits it.",
            )
    return None


def _said(name: str, value: Any, nothing: str) -> str:
    if value is None:
        return nothing
    return f"{{choice:{name}={value}}}" if str(value).isidentifier() else str(value)


def _choices(name: str, values: Any, word: str) -> str:
    return any_of([_said(name, value, "") for value in listed(values)], word)


@guard(guard_arguments.act)
def act_done(facts: Facts, argument: Any) -> Reason | None:
    """The named move was made; with `{move: feed_back, not_before: conclude}`, not on an earlier day
    than that other one.

    `not_before` may name several moves; the latest of them counts.
    """
    wanted = {"move": argument} if isinstance(argument, str) else argument
    act = facts.acts.get(wanted["move"])
    since = latest(facts, listed(wanted.get("not_before", ())))
    if act is not None and (since is None or act.on >= since):
        return None
    move = wanted["move"]
    return because(
        "act_missing",
        f"尚未办理{{move:{move}}}。"
        if act is None
        else f"{{move:{move}}}是上一轮（{act.on}）办理的，须重新办理。",
        f"{{move:{move}}} has not been done yet."
        if act is None
        else f"{{move:{move}}} dates from before ({act.on}) and is due again.",
        cure_zh=f"请先办理{{move:{move}}}。",
        cure_en=f"Do {{move:{move}}} first.",
    )


@guard(guard_arguments.act)
def not_done(facts: Facts, argument: Any) -> Reason | None:
    """The named move was not made yet, or not since `not_before`."""
    if act_done(facts, argument) is not None:
        return None
    move = argument if isinstance(argument, str) else argument["move"]
    return because(
        "done_already",
        f"已于 {facts.acts[move].on} 办理{{move:{move}}}。",
        f"{{move:{move}}} was done on {facts.acts[move].on}.",
        cure_zh="无需重复办理。",
        cure_en="There is nothing left to do here.",
    )


def latest(facts: Facts, moves: Iterable[str]) -> date | None:
    """The day of the latest of these moves, or None if none was made."""
    return max((facts.acts[move].on for move in moves if move in facts.acts), default=None)
