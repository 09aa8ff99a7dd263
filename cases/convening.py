"""A move that convenes a round and releases photographs to it: both at once, or neither."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cases.moved import Moved
from states.facts import Reason, Refused
from states.rulebook import Label, Machine

Release = Callable[[Moved], None]
"""Releases what the form of this move named to the matter that it opened."""

MOST = 50  # photographs at once
_BETWEEN = re.compile(r"[\s,，、;；]+")
_NUMBER = re.compile(r"[0-9]{1,6}")


def named(machine: Machine, move: str, given: Mapping[str, Any]) -> Sequence[int]:
    """The photographs that the form of a move names, by their numbers. Raises Refused for what is no list of numbers."""
    rule = machine.moves.get(move)
    field = rule.opens.releases if rule is not None and rule.opens is not None else None
    said = given.get(field) if field is not None else None
    words = [word for word in _BETWEEN.split(said[:1000]) if word] if isinstance(said, str) else []
    if len(words) > MOST or not all(_NUMBER.fullmatch(word) for word in words):
        raise _refused("not_a_number", "照片须以附件编号列出，以逗号分隔。", "Photographs are listed by their numbers.",
                       "例如：1, 3；编号见线索的附件。", "Such as 1, 3; the numbers stand with the clue's attachments.",
                       field)  # fmt: skip
    return list(dict.fromkeys(map(int, words)))


def release_named(
    machine: Machine, move: str, given: Mapping[str, Any], moved: Moved, release: Release | None
) -> None:
    """Release what the form names, in the transaction of the move. Raises Refused where this way of making a move takes no
    photographs: the round must not be convened without them."""
    if not named(machine, move, given):
        return
    if release is None:
        raise _refused("photographs_apart", "这种办理方式不能同时发布照片。",
                       "Made in this way, a move releases no photographs.",
                       "请单独办理这一步，或留空照片一栏。", "Make the move on its own, or leave the photographs out.",
                       None)  # fmt: skip
    release(moved)


def _refused(code: str, zh: str, en: str, cure_zh: str, cure_en: str, field: str | None) -> Refused:
    return Refused(code, (Reason(code, Label(zh=zh, en=en), Label(zh=cure_zh, en=cure_en), field),))
