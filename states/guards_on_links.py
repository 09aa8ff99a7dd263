"""Guards on linked matters: tasks, rounds and escalations that a move has to wait for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from states import guard_arguments
from states.facts import Facts, Link, Reason
from states.guard import any_of, because, guard
from states.guard_arguments import listed


def _linked(facts: Facts, argument: Any) -> list[Link]:
    kinds = listed(argument["kind"] if isinstance(argument, dict) else argument)
    return [link for link in facts.links if link.kind in kinds]


@guard(guard_arguments.link)
def no_open(facts: Facts, argument: Any) -> Reason | None:
    """No linked matter of this kind is still open: a clue is not concluded over the head of its rectification tasks.

    `{kind: escalation, besides: [owed]}`: what lies in one of these states is in nobody's way.
    """
    besides = listed(argument.get("besides", ())) if isinstance(argument, dict) else []
    still = [link for link in _linked(facts, argument) if not link.final and link.state not in besides]
    if not still:
        return None
    return because(
        "still_open",
        f"尚有 {len(still)} 件关联事项（{_kinds(still)}）未办结，现处于：{_states(still)}。",
        f"{len(still)} linked matters ({_kinds(still)}) still open, in: {_states(still)}.",
        cure_zh="请其责任人先行办结（任务须凭证据销号，会商须形成纪要，上报须落实答复）。",
        cure_en="Those who own it finish it first: a task on proof, a round by minutes, an escalation by its answer.",
    )


@guard(guard_arguments.link)
def some_open(facts: Facts, argument: Any) -> Reason | None:
    """Some linked matter of this kind is still open: nobody needs leave to go on where nothing stands in the way."""
    if any(not link.final for link in _linked(facts, argument)):
        return None
    kind = argument["kind"] if isinstance(argument, dict) else argument
    return because(
        "none_open",
        f"没有未办结的关联事项（{{link:{kind}}}）。",
        f"No linked {{link:{kind}}} is open.",
        cure_zh="无需办理这一步。",
        cure_en="There is nothing to do here; take the next step.",
    )


@guard(guard_arguments.link)
def has_link(facts: Facts, argument: Any) -> Reason | None:
    """A linked matter of this kind exists, in one of `states` if those are named: `{kind: task, states: [checked]}`."""
    states = listed(argument.get("states", ())) if isinstance(argument, dict) else []
    found = [link for link in _linked(facts, argument) if not states or link.state in states]
    if found:
        return None
    kind = argument["kind"] if isinstance(argument, dict) else argument
    wanted = [f"{{state:{kind}.{name}}}" for name in states]
    return because(
        "link_missing",
        f"须先有关联事项：{{link:{kind}}}" + (f"，处于{any_of(wanted, '或')}。" if wanted else "。"),
        f"A linked {{link:{kind}}}" + (f" in {any_of(wanted, 'or')}" if wanted else "") + " is needed first.",
        cure_zh="请先办理产生该事项的步骤，并推进到位。",
        cure_en="Take the move that opens it, and bring it that far.",
    )


def _states(links: Iterable[Link]) -> str:
    return ", ".join(sorted({f"{{state:{link.kind}.{link.state}}}" for link in links}))


def _kinds(links: Iterable[Link]) -> str:
    return ", ".join(f"{{link:{name}}}" for name in sorted({link.kind for link in links}))
