"""Guards on integrity files: that the parts every file has are there and new enough, that no item of a project's is missing.

What they look at the gate works out of the leaves and of the course; a matter that is no file has none of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from states import guard_arguments
from states.facts import Facts, Reason
from states.guard import because, guard

PARTS_LACKING, ITEMS_LACKING = "file_parts_lacking", "file_items_lacking"

Lacking = Mapping[str, Sequence[str]]  # by name: its label in Chinese, in English


@guard(guard_arguments.nothing)
def parts_there(facts: Facts, _argument: Any) -> Reason | None:
    """Each part that every person's file has is there, and was renewed within a year."""
    lacking: Lacking = facts.values.get(PARTS_LACKING) or {}
    if not lacking:
        return None
    return because(
        "parts_lacking",
        f"以下材料缺失或已逾一年未更新：{_named(lacking, 0, '、')}。",
        f"These parts are missing, or older than a year: {_named(lacking, 1, '; ')}.",
        cure_zh="请先归入新的材料，再办理这一步。",
        cure_en="Put in new leaves first.",
    )


@guard(guard_arguments.nothing)
def items_complete(facts: Facts, _argument: Any) -> Reason | None:
    """No item of a project's file is missing or partial."""
    lacking: Lacking = facts.values.get(ITEMS_LACKING) or {}
    if not lacking:
        return None
    return because(
        "items_lacking",
        f"以下项目材料不齐：{_named(lacking, 0, '、')}。",
        f"These items are not complete: {_named(lacking, 1, '; ')}.",
        cure_zh="请先登记为齐全或不适用；工程不再建设的，请停止建档。",
        cure_en="Note them as complete, or as not applying; of works that are not built, discontinue the file.",
    )


def _named(lacking: Lacking, which: int, between: str) -> str:
    return between.join(label[which] for label in lacking.values())
