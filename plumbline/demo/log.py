"""The demo's second half: an excerpt of a real log, replayed under its example rulebook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import states
from plumbline.rehearsal import read_mapping, rehearse
from states.rulebook_file import load

EXAMPLES = Path(states.__file__).parent / "rulebooks" / "examples"


def rehearsed(folder: Path) -> dict[str, Any]:
    """The summary of the excerpt's rehearsal; its store is left in `folder` for whoever wants to look into it."""
    rulebook = load(EXAMPLES / "incidents.yaml")
    mapping = read_mapping(EXAMPLES / "incidents.map.yaml", rulebook)
    log = EXAMPLES / "incidents-excerpt.csv.gz"
    return dict(rehearse(log, rulebook, mapping, store_url=f"sqlite:///{folder / 'rehearsal.db'}").as_dict())
