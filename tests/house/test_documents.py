"""The documents in docs/ say what the rulebook says, and the README names only what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from states.documents import DOCS, documents
from states.rulebook_file import shipped

ROOT = DOCS.parent
GENERATED = documents(shipped())


@pytest.mark.parametrize("path", sorted(GENERATED))
def test_a_generated_document_is_current(path: str) -> None:
    said = (DOCS / path).read_text(encoding="utf-8")
    assert said == GENERATED[path], "run: python -m states.documents"


@pytest.mark.parametrize("document", ["README.md"])
def test_every_link_in_it_leads_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target]
    assert targets
    missing = [target for target in targets if not Path(ROOT / target).exists()]
    assert missing == []


def test_every_picture_of_the_readme_is_there_and_every_picture_of_a_page_is_shown() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"!\[[^\]]+\]\((docs/pictures/[^)]+)\)", text))
    assert {one for one in shown if not (ROOT / one).is_file()} == set()
    assert {f"docs/pictures/{path.name}" for path in (DOCS / "pictures").glob("*.png")} <= shown
    assert len([one for one in shown if one.endswith(".png")]) >= 8
