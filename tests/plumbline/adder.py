"""A process that adds attachments to a clue until it is killed, saying each number only after it was committed.

`python -m tests.plumbline.adder HOME CLUE WORD`.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from plumbline.attaching import Attaching
from plumbline.settings import Settings
from plumbline.work import Work
from tests.plumbline.mover import AT, MOST, say

if __name__ == "__main__":
    desk = Attaching(Work.open(Settings(home=Path(sys.argv[1]))))
    for turn in range(MOST):
        text = f"evidence {sys.argv[3]}-{turn}\n" + "x" * 300_000
        added = desk.add(sys.argv[2], io.BytesIO(text.encode()), name="x.txt", actor="registrar", at=AT)
        say(added.number)
