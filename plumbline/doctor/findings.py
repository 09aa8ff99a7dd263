"""What the doctor found: one line per thing looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from states.rulebook import Label

Status = Literal["ok", "note", "wrong"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: fine, worth a note, or wrong; and what to do about it."""

    name: str
    status: Status
    says: Label
    do: Label | None = None

    @property
    def wrong(self) -> bool:
        """Whether something has to be done."""
        return self.status == "wrong"

    def as_dict(self, lang: str) -> dict[str, Any]:
        """The JSON form."""
        return {
            "name": self.name,
            "ok": not self.wrong,
            "status": self.status,
            "says": self.says.in_(lang),
            "do": self.do.in_(lang) if self.do else "",
        }


def ok(name: str, zh: str, en: str) -> Check:
    """Nothing to do."""
    return Check(name, "ok", Label(zh=zh, en=en))


def wrong(name: str, zh: str, en: str, do_zh: str, do_en: str) -> Check:
    """Something to do, and what."""
    return Check(name, "wrong", Label(zh=zh, en=en), Label(zh=do_zh, en=do_en))
