"""What is told of a round: counts for the machinery, reasons for people."""

from __future__ import annotations

from dataclasses import dataclass

from states.facts import Refused

Why = dict[str, str]
"""One reason: its code, and a text in each language."""


@dataclass(frozen=True, slots=True)
class Carried:
    """Files that were brought or taken in, those that said something new here, and those that could not be brought."""

    brought: int = 0
    taken: int = 0
    failed: int = 0

    def __add__(self, other: Carried) -> Carried:
        return Carried(self.brought + other.brought, self.taken + other.taken, self.failed + other.failed)


def why(code: str, zh: str, en: str) -> Why:
    """A reason of our own."""
    return {"code": code, "zh": zh, "en": en}


def whys(refusal: Refused) -> list[Why]:
    """The reasons of a refusal, as they are kept."""
    return [
        why(one.code, f"{one.message.zh}{one.cure.zh}", f"{one.message.en} {one.cure.en}".strip())
        for one in refusal.reasons
    ]


def sender_gone() -> Why:
    """Who dispatched it may not send it now, or sees it no more."""
    return why("sender_gone", "发出人已无权查看该件，无法写出文件。请由现任人员用 escalation packet 写出。",
               "Whoever dispatched it may not see it any more, so its file cannot be written: "
               "somebody in office writes it with `escalation packet`.")  # fmt: skip
