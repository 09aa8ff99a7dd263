"""A rehearsal whose pages everybody of the sample opens, each in a browser of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.browsing import Clock, at_work
from tests.web.rooms.visiting import House


@pytest.fixture
def house(home: Path, time: Clock) -> Iterator[House]:
    """The rehearsal."""
    with at_work(time) as office:
        yield House(office)
