"""Many who ask at once: nobody waits for a connection that somebody else keeps."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import text

from plumbline.database import engine_for


def test_as_many_read_at_once_as_there_are_threads(tmp_path: Path) -> None:
    engine = engine_for(f"sqlite:///{tmp_path}/plumbline.db")
    with ExitStack() as readers:
        reading = [readers.enter_context(engine.connect().execution_options(reading=True)) for _ in range(40)]
        assert [one.execute(text("SELECT 1")).scalar_one() for one in reading] == [1] * 40
    engine.dispose()
