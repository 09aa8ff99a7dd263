"""The code on a paper: read as it was written, and held against history."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("segno")

from notifications.documents import codes
from notifications.documents.codes import Mark, NotACode
from tests.notifications.documents.sample import MARK

HASHES = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(HASHES, st.integers(1, 10**6), st.none() | st.integers(1, 10**6), HASHES)
def test_a_code_is_read_as_it_was_written(event: str, seq: int, checkpoint: int | None, other: str) -> None:
    mark = Mark("MGJ-2026-0001", seq, event, checkpoint, "" if checkpoint is None else other)
    assert codes.read(str(mark)) == mark
    assert codes.read(f"  {mark}\n") == mark


@pytest.mark.parametrize("code", ["", "hello", "PLUMBLINE1", str(MARK)[:-70], str(MARK).replace("ab", "a", 1),
                                  str(MARK) + " more", str(MARK).replace("PLUMBLINE1", "PLUMBLINE2"),
                                  str(MARK).replace(" 7 ", " seven ")])  # fmt: skip
def test_anything_else_is_no_code(code: str) -> None:
    with pytest.raises(NotACode, match="six parts"):
        codes.read(code)


def test_the_same_code_is_the_same_picture() -> None:
    assert codes.svg(str(MARK)) == codes.svg(str(MARK)) != codes.svg(str(MARK) + "x")
    assert codes.svg(str(MARK)).startswith("<svg")
    assert codes.png(str(MARK)) == codes.png(str(MARK))
    assert codes.svg("") == ""
