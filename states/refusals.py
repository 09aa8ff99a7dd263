"""The sentences in which a judge refuses: what is wrong, and what would cure it and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from states.facts import Reason, Refused
from states.rulebook import Label, Machine, Role

BAD_INPUT = frozenset({
    "bad_form", "unknown_move", "unknown_field", "unknown_reference", "missing", "empty", "bad_character",
    "too_long", "too_short", "not_text", "not_a_choice", "not_a_boolean", "not_a_number", "out_of_range",
    "not_a_period", "not_a_date", "no_such_date", "in_future", "not_in_future", "not_an_instant",
    "timezone_required", "not_a_list", "repeated", "too_few", "too_early",
    "attachment_empty", "attachment_too_large", "attachment_kind", "image_too_large", "archive_damaged",
    "archive_entries", "archive_encrypted", "archive_link", "archive_path", "archive_nested", "archive_bomb",
    "no_such_attachment", "not_a_photograph", "not_a_rule", "bad_weight", "bad_row", "wrong_unit",
})  # fmt: skip
"""Reasons that are about what was typed or sent, not about a rule of the office."""


def about_input(refusal: Refused) -> bool:
    """Whether everything that is wrong is about what was given."""
    return refusal.code in BAD_INPUT and all(reason.code in BAD_INPUT for reason in refusal.reasons)


def not_your_role(names: tuple[str, ...], roles: Mapping[str, Role]) -> Reason:
    """The actor holds none of the roles named; `roles` give their labels."""
    if not names:
        message = Label(zh="没有人可以办理这一步。", en="Nobody may make this move.")
        return Reason(
            "not_your_role", message, Label(zh="请修订规则。", en="The rulebook would have to change.")
        )
    zh = "、".join(roles[name].label.zh if name in roles else name for name in names)
    en = ", ".join(roles[name].label.en if name in roles else name for name in names)
    message = Label(zh=f"这一步由以下角色办理：{zh}。", en=f"This is for: {en}.")
    return Reason(
        "not_your_role", message, Label(zh=f"请转请办理：{zh}。", en=f"Ask somebody who holds it: {en}.")
    )


READS_ONLY = Reason(
    "reads_only",
    Label(
        zh="此件是抄送（或请您协办、会签）给您的：您可以阅读，并办理请您办理的那一步。",
        en="This was put before you to read, or for one thing you are asked: you do that and nothing else.",
    ),
    Label(zh="请承办人办理这一步。", en="Ask the handler to do this."),
)
"""The actor sees the matter only because it was put before them."""


def by_itself(trigger: Label | None) -> Reason:
    """The engine makes this move; `trigger` says when."""
    message = Label(zh="这一步由系统自动完成。", en="This happens by itself.")
    if trigger is None:
        return Reason("engine_move", message, Label(zh="无需操作。", en="There is nothing to do."))
    return Reason(
        "engine_move", message, Label(zh=f"{trigger.zh}自动完成。", en=f"It happens when {trigger.en}.")
    )


def unknown_state(state: str) -> Reason:
    """The matter is in a state this version of the rulebook does not have."""
    message = Label(zh=f"规则中没有“{state}”状态。", en=f"The rulebook has no state {state!r}.")
    cure = Label(
        zh="请用本事项登记时的规则版本办理。",
        en="Use the version of the rulebook that this matter was opened under.",
    )
    return Reason("unknown_state", message, cure)


def unknown_move(move: str, machine: Machine) -> Reason:
    """There is no such move; with what was probably meant."""
    close = get_close_matches(move[:64], machine.moves, n=1, cutoff=0.6)
    said = ascii(move[:40])[1:-1]
    zh = f"是否指“{close[0]}”？" if close else "请用 moves 命令查看可办步骤。"
    en = f"Did you mean {close[0]!r}?" if close else "Ask for the moves of this matter to see what is open."
    message = Label(zh=f"没有“{said}”这一步。", en=f"There is no move {said!r}.")
    return Reason("unknown_move", message, Label(zh=zh, en=en))


def wrong_state(move: str, state: str, machine: Machine) -> Reason:
    """The move does not leave the present state; with the states it leaves."""
    here, what = machine.states[state].label, machine.moves[move].label
    states = [machine.states[name].label for name in machine.moves[move].from_]
    zh, en = "、".join(each.zh for each in states), ", ".join(each.en for each in states)
    message = Label(
        zh=f"当前状态为“{here.zh}”（{state}），不能办理“{what.zh}”。",
        en=f"{what.en!r} is not a way out of the present state, {here.en!r} ({state}).",
    )
    return Reason(
        "wrong_state", message, Label(zh=f"该步骤须从以下状态办理：{zh}。", en=f"It starts from: {en}.")
    )


def not_by_hand(kind: Label) -> Reason:
    """Nobody opens a matter of this kind by hand."""
    message = Label(
        zh=f"“{kind.zh}”不能手工登记。", en=f"A matter of the kind {kind.en!r} is not opened by hand."
    )
    cure = Label(zh="它由其他事项的步骤产生。", en="It comes about by a move of another matter.")
    return Reason("not_your_role", message, cure)


def no_candidate(field: Label, needed: int) -> Reason:
    """A required field for which there are not enough people, organisations, projects or matters."""
    message = Label(
        zh=f"没有可填入“{field.zh}”的对象（至少需要 {needed} 个）。",
        en=f"There is nobody or nothing that could stand in {field.en!r} ({needed} needed).",
    )
    return Reason(
        "no_candidate", message, Label(zh="请管理员先登记。", en="Ask the operator to enter it first.")
    )
