"""Guards on who acts: the handler, a second person, somebody who has signed, somebody who is kept out."""

from __future__ import annotations

from typing import Any

from states import guard_arguments
from states.facts import Facts, Reason
from states.guard import any_of, because, guard
from states.guard_arguments import listed

ISSUER_GONE = "issuer_gone"  # that whoever issued the matter can act no more


@guard(guard_arguments.roles_or_nothing)
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
    return because(
        "is_handler",
        f"只有承办人可以办理这一步；现承办人：{who_zh}。",
        f"Only the one who handles this matter may do this; that is {who_en}.",
        cure_zh="请承办人办理，或由案管部门提出改派、负责人批准。",
        cure_en="Ask the handler, or have the case supervision office propose another one for approval.",
    )


@guard(guard_arguments.nothing)
def not_handler(facts: Facts, _argument: Any) -> Reason | None:
    """The person is not the one who handles the matter: whoever does the work does not judge it."""
    if not facts.actor.is_handler:
        return None
    return because(
        "not_handler",
        "承办人（责任人）不能审核自己办理的事项。",
        "Whoever handles a matter may not judge it.",
        cure_zh="请另一位有权人员办理这一步。",
        cure_en="Ask another person who holds the role.",
    )


@guard(guard_arguments.roles_or_nothing)
def issued_it(facts: Facts, argument: Any) -> Reason | None:
    """The person issued this matter, or took over from whoever did: who proposes, supervises.

    `issued_it: head` names the role that steps in once that person can act no more: they hold no such role here, they
    are recused, or the work itself is theirs.
    """
    gone = bool(facts.values.get(ISSUER_GONE))
    steps_in = [role for role in listed(argument) if role is not None]
    if facts.actor.is_engine or not facts.actor.roles.isdisjoint(steps_in if gone else ()):
        return None
    if facts.actor.is_opener and not gone:
        return None
    issuer = facts.values.get("opener")
    who_zh, who_en = (str(issuer), str(issuer)) if issuer else ("（无在册人员）", "nobody on file")
    if not gone:
        cure_zh, cure_en = (
            "请其本人办理；其账号终止时由接替人办理。",
            "Ask them; once their account ends, it passes to their successor.",
        )
    else:
        roles = [f"{{role:{role}}}" for role in steps_in]
        cure_zh = f"其已不能办理（离任、回避或本人承办），请{any_of(roles, '或')}办理。"
        cure_en = (
            f"They cannot any more: they left, are recused or do the work. Ask the {any_of(roles, 'or')}."
        )
    return because(
        "issued_by_another",
        f"谁提出、谁监督：这一步由下达人办理，下达人：{who_zh}。",
        f"Who proposes, supervises: whoever issued it does this; that is {who_en}.",
        cure_zh=cure_zh,
        cure_en=cure_en,
    )


@guard(guard_arguments.fields)
def not_named(facts: Facts, argument: Any) -> Reason | None:
    """The person is not the one whom a fact names: `not_named: holder`. Nobody judges their own post."""
    for name in listed(argument):
        if facts.values.get(name) == facts.actor.id and not facts.actor.is_engine:
            return because(
                "concerns_you",
                f"您就是{{field:{name}}}，不能办理涉及本人岗位的这一步。",
                f"You are the {{field:{name}}}: nobody judges their own post.",
                cure_zh="请另一位有权人员办理。",
                cure_en="Ask another person who holds the role.",
            )
    return None


@guard(guard_arguments.moves)
def not_the_one_who(facts: Facts, argument: Any) -> Reason | None:
    """The person did not make the named move (the latest one): proposer and approver are two people."""
    for move in listed(argument):
        act = facts.acts.get(move)
        if act is not None and act.actor == facts.actor.id:
            return because(
                "second_person",
                f"这一步须由另一人办理：{{move:{move}}}是您本人办理的，提出人不能自己批准。",
                f"A second person must do this: {{move:{move}}} was made by you; nobody approves their own proposal.",
                cure_zh="请另一位有权人员审批。",
                cure_en="Ask another person who holds the role to decide.",
            )
    return None


@guard(guard_arguments.moves)
def the_one_who(facts: Facts, argument: Any) -> Reason | None:
    """The person made the named move: whoever handles a clue has signed for it first (Rules 2019 Art. 23)."""
    for move in listed(argument):
        act = facts.acts.get(move)
        if act is None or act.actor != facts.actor.id:
            return because(
                "not_done_by_you",
                f"您还没有办理{{move:{move}}}。",
                f"You have not made {{move:{move}}} yet.",
                cure_zh=f"请先由您本人办理{{move:{move}}}。",
                cure_en=f"Make {{move:{move}}} yourself first.",
            )
    return None


@guard(guard_arguments.moves)
def once_each(facts: Facts, argument: Any) -> Reason | None:
    """The person was not the last to make the named move: signing twice in a row adds nothing."""
    for move in listed(argument):
        act = facts.acts.get(move)
        if act is not None and act.actor == facts.actor.id:
            return because(
                "done_already",
                f"您已于 {act.on} 办理{{move:{move}}}。",
                f"You made {{move:{move}}} already, on {act.on}.",
                cure_zh="无需重复办理。",
                cure_en="There is nothing left to do here.",
            )
    return None


@guard(guard_arguments.fields)
def acts_for(facts: Facts, argument: Any) -> Reason | None:
    """The person belongs to the body that a fact names: `acts_for: addressee`. Another site speaks for its own bodies."""
    if facts.actor.is_engine or facts.actor.organisation in [
        facts.values.get(name) for name in listed(argument)
    ]:
        return None
    bodies = ", ".join(str(facts.values.get(name)) for name in listed(argument))
    return because(
        "not_your_body",
        f"这一步由 {bodies} 的人员办理。",
        f"This is for people of {bodies}.",
        cure_zh="请该机关的有权人员办理。",
        cure_en="Ask somebody there who holds the role.",
    )


@guard(guard_arguments.nothing)
def made_here(facts: Facts, _argument: Any) -> Reason | None:
    """Somebody here made the move, not another site by its signed file: what it brings about is brought about there."""
    if not facts.actor.is_site:
        return None
    return because(
        "made_elsewhere",
        "这一步由其他站点办理。",
        "The move was made on another site.",
        cure_zh="由对方站点办理后续。",
        cure_en="What follows from it happens there.",
    )


@guard(guard_arguments.nothing)
def by_another_site(facts: Facts, _argument: Any) -> Reason | None:
    """Another site made the move, by its signed file: what stands on file there was judged there."""
    if facts.actor.is_site:
        return None
    return because(
        "made_here",
        "这一步在本站点办理。",
        "The move is made here.",
        cure_zh="请先满足其余条件。",
        cure_en="See to the other condition first.",
    )


@guard(guard_arguments.fields_to_values)
def role_kept_out(facts: Facts, argument: Any) -> Reason | None:
    """A role stays out where a value holds: `{role: head, where: {managed_by: [own_head]}}`.

    A report on the head of the own commission bypasses that commission's head (Reports Rules 2020 Art. 15).
    """
    if argument["role"] not in facts.actor.roles or not all(
        facts.values.get(name) in listed(values) for name, values in argument["where"].items()
    ):
        return None
    return because(
        "kept_out",
        "此件涉及本机关主要负责人，须绕开其本人。",
        "This is about the head of this commission and bypasses that person.",
        cure_zh="请分管领导办理，直接报上级。",
        cure_en="The leader in charge does this, straight to the commission above.",
    )
