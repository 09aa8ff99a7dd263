"""Templates that cannot be used, told in a sentence to the person who edits them."""

from __future__ import annotations


class FaultyTemplate(Exception):
    """A template of papers has a fault: correct it, or remove it to use the one that came with Plumbline."""

    def __init__(self, name: str, why: str) -> None:
        self.name, self.why = name, " ".join(why.split())[:400]
        super().__init__(
            f"The template {name} cannot be used ({self.why}): correct it, or remove it to use ours."
        )
