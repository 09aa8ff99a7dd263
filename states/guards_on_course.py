"""Guards on the course of a matter: whose turn it is, who was asked for something and has not answered, what may be taken
back. They look at every move made so far, in order; of a move that was made twice in a day, days alone cannot tell."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from states import guard_arguments
from states.facts import Facts, Made, Reason
from states.guard import because, guard
from states.guard_arguments import listed


@guard(guard_arguments.nothing)
def others_turn(facts: Facts, _argument: Any) -> Reason | None:
    """The next step is somebody else's as well: nobody presses for what is theirs alone to do."""
    if not facts.owners or not facts.owners <= facts.actor.roles:
        return None
    return because(
        "your_own_turn",
        "这一步正等您本人办理，无需催办自己。",
        "The next step is yours: there is nobody else to press.",
        cure_zh="请直接办理下一步。",
        cure_en="Make the next move yourself.",
    )


@guard(guard_arguments.rest)
def rested(facts: Facts, argument: Any) -> Reason | None:
    """The named move was not made within so many days, by anybody: `{move: press, days: 3}`."""
    act = facts.acts.get(argument["move"])
    if act is None:
        return None
    again = act.on + timedelta(days=argument["days"])
    if facts.today >= again:
        return None
    return because(
        "too_soon",
        f"{{move:{argument['move']}}}已于 {act.on} 办理，{again} 起可再次办理。",
        f"{{move:{argument['move']}}} was made on {act.on}; it may be made again from {again} on.",
        cure_zh=f"请等到 {again}；紧急的，请分管领导督办。",
        cure_en=f"Wait until {again}; if it cannot wait, the leader in charge may supervise it.",
    )


@guard(guard_arguments.often)
def made_often(facts: Facts, argument: Any) -> Reason | None:
    """Each named move was made at least so often: `{hold_warning: 1, hold_study: 2}`."""
    made = Counter(one.move for one in facts.course)
    lacking = {move: (made[move], times) for move, times in argument.items() if made[move] < times}
    if not lacking:
        return None
    zh = "，".join(f"{{move:{move}}}{done}次（应{times}次）" for move, (done, times) in lacking.items())
    en = ", ".join(f"{{move:{move}}} {done} of {times}" for move, (done, times) in lacking.items())
    return because(
        "not_often_enough",
        f"次数未达最低要求：{zh}。",
        f"The minimum is not reached: {en}.",
        cure_zh="请登记其余各次。",
        cure_en="Record those that are still missing.",
    )


@guard(guard_arguments.own_step)
def own_last_step(facts: Facts, argument: Any) -> Reason | None:
    """The person made the named move, out of one of these states, and nobody has acted on it since.

    `{move: propose_disposition, from: [assigned], besides: [press]}`: what is named under `besides` is no action on it.
    """
    move, besides, since = argument["move"], {*listed(argument.get("besides", ()))}, list[Made]()
    step: Made | None = None
    for made in facts.course:
        if made.move == move:
            step, since = made, []
        elif made.move not in besides:
            since.append(made)
    if step is None or step.actor != facts.actor.id:
        return _not_yours(move)
    if since:
        return _acted_on(move, since[0])
    return None if step.from_ in listed(argument["from"]) else _came_from_elsewhere(move, step)


def _not_yours(move: str) -> Reason:
    return because(
        "not_done_by_you",
        f"{{move:{move}}}不是您本人办理的，只有办理人可以撤回。",
        f"You did not make {{move:{move}}}; whoever made it may take it back.",
        cure_zh="请办理人撤回，或请有权审批的人员退回。",
        cure_en="Ask that person, or have it returned by whoever decides on it.",
    )


def _acted_on(move: str, after: Made) -> Reason:
    return because(
        "acted_on",
        f"{{move:{move}}}之后已有人办理{{move:{after.move}}}，不能再撤回。",
        f"{{move:{after.move}}} was made on {{move:{move}}} already; it can no longer be taken back.",
        cure_zh="请有权审批的人员退回。",
        cure_en="Ask whoever decides on it to return it.",
    )


def _came_from_elsewhere(move: str, step: Made) -> Reason:
    return because(
        "came_from_elsewhere",
        f"{{move:{move}}}是从另一状态（{step.from_}）办理的。",
        f"{{move:{move}}} was made from another state ({step.from_}).",
        cure_zh="请选用与原状态相应的撤回步骤。",
        cure_en="Take the way back that leads there.",
    )


def outstanding(facts: Facts, argument: Any) -> list[str]:
    """Who was asked and has neither answered nor been released, in the order they were asked."""
    asked, dropped = argument["asked"], argument.get("dropped", {})
    anew, answers = listed(argument.get("since", ())), listed(argument["by"])
    waiting: dict[str, None] = {}
    for made in facts.course:
        if made.move in anew:
            waiting.clear()
        if made.move in asked:
            waiting |= dict.fromkeys(listed(made.form.get(asked[made.move]) or []))
        elif made.move in dropped:
            for person in listed(made.form.get(dropped[made.move]) or []):
                waiting.pop(person, None)
        elif made.move in answers:
            waiting.pop(made.actor, None)
    return list(waiting)


@guard(guard_arguments.asking)
def is_asked(facts: Facts, argument: Any) -> Reason | None:
    """The person was asked for this and has not answered yet: a signature, a delegated piece of work."""
    if facts.actor.id in outstanding(facts, argument):
        return None
    return because(
        "not_asked",
        "目前没有请您办理这一步。",
        "You are not asked for this, or have answered already.",
        cure_zh="如应由您办理，请承办人或领导先提出。",
        cure_en="If you should be, the handler or a leader asks you first.",
    )


@guard(guard_arguments.asking)
def some_asked(facts: Facts, argument: Any) -> Reason | None:
    """Somebody was asked and has not answered: only then is there anybody to release."""
    if outstanding(facts, argument):
        return None
    return because(
        "nobody_asked",
        "目前没有等待答复的人员。",
        "Nobody is waited for.",
        cure_zh="无需办理这一步。",
        cure_en="There is nothing to do here.",
    )


@guard(guard_arguments.asking)
def all_answered(facts: Facts, argument: Any) -> Reason | None:
    """Everybody who was asked has answered: an added signature is waited for before the decision."""
    waiting = outstanding(facts, argument)
    if not waiting:
        return None
    by = listed(argument["by"])[0]
    release = next(iter(argument.get("dropped", {})), None)
    zh, en = (f"，或办理{{move:{release}}}", f", or make {{move:{release}}}") if release else ("", "")
    return because(
        "answers_missing",
        f"尚待办理{{move:{by}}}：{'、'.join(waiting)}。",
        f"{{move:{by}}} is still waited for from: {', '.join(waiting)}.",
        cure_zh=f"请其办理{zh}。",
        cure_en=f"Ask them for it{en}.",
    )
