"""What can go wrong with a request, as facts. Each docstring is the sentence a person reads."""

from __future__ import annotations

from datetime import datetime

from states.facts import Reason, Refused
from states.rulebook import Label


class NoSuchMatter(Exception):
    """There is no such number on file, or it is not yours to see."""

    def __init__(self, number: str) -> None:
        super().__init__(f"There is no {number!r} on file that you may see.")
        self.number = number


class KeyReused(Exception):
    """This key was already used for another request: take a new one for every new request."""


def moved_meanwhile(number: str, *, by: str, at: datetime, state: Label, version: int) -> Refused:
    """Somebody else moved it first; says who, when and to what."""
    when = at.strftime("%Y-%m-%d %H:%M UTC")
    return Refused("moved_meanwhile", (Reason(
        "moved_meanwhile",
        Label(en=f"{by} moved {number} at {when}: it is now in state “{state.en}”, version {version}.",
              zh=f"{by} 已于 {when} 办理 {number}：现为“{state.zh}”，版本 {version}。"),
        Label(en="Look at it again, then decide anew.", zh="请重新查看后再作决定。"),
    ),))  # fmt: skip


def bad_reference(field: str, given: str, what: Label) -> Reason:
    """A field names a person, organisation, project or matter that is not on file, or not fit for it."""
    return Reason(
        "unknown_reference",
        Label(en=f"{field}: {given!r} is not {what.en}.", zh=f"{field}：{given!r} 不是{what.zh}。"),
        Label(en="Take one of those the form offers.", zh="请从表单所列中选择。"),
        field,
    )
