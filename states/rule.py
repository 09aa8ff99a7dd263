"""What every part of a rulebook is made of: frozen rules, names for people in both languages, and what a rule rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]


class Rule(BaseModel):
    """Anything in a rulebook: frozen, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class Label(Rule):
    """A name for people, in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def in_(self, lang: str) -> str:
        """The text in `lang` ("zh" or anything else for English)."""
        return self.zh if lang == "zh" else self.en


class Basis(Rule):
    """Why a number or a duty is what it is.

    `law` and `article` are given only where the source was verified; `setting` says that the office chose it.
    """

    kind: Literal["law", "agreement", "setting"]
    source: str = Field(min_length=1)
    article: str | None = None
    note: str | None = None


def fields_named(argument: Any) -> frozenset[str]:
    """Every word an argument holds, at any depth: among them the fields it is about."""
    if isinstance(argument, Mapping):
        return frozenset(map(str, argument)).union(*map(fields_named, argument.values()))
    if isinstance(argument, list | tuple):
        return frozenset().union(*map(fields_named, argument))
    return frozenset({argument}) if isinstance(argument, str) else frozenset()
