"""Canonical JSON: one text for one content; what says the same in other bytes is something else."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import canonical
from cases.canonical import NotCanonical

TEXT = st.text(max_size=20).map(lambda text: unicodedata.normalize("NFC", text))
CONTENT = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(CONTENT)
def test_what_is_written_is_read_again(content: Any) -> None:
    data = canonical.written(content)
    assert canonical.read(data) == content
    assert canonical.read(data + b"\n") == content
    assert canonical.read(data + b"\r\n") == content
    assert json.loads(data) == content, "any other reader of JSON reads the same"


@given(st.dictionaries(TEXT, CONTENT, min_size=2, max_size=4))
def test_the_order_in_which_it_was_made_does_not_show(content: dict[str, Any]) -> None:
    backwards = dict(reversed(list(content.items())))
    assert canonical.written(backwards) == canonical.written(content)
    assert canonical.digest(backwards) == canonical.digest(content)


def test_text_is_composed_one_way() -> None:
    assert canonical.written("e\u0301") == canonical.written("\u00e9")


@pytest.mark.parametrize(
    "data",
    [b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'{"a": 1}', b"1.0", b"1e3", b"NaN", b"\xef\xbb\xbf1", b'"e\xcc\x81"', b"1\n\n",
     b"\n1", b"1\r", b'"\\u0061"', b'"\\/"', b"01", b"-0", b"", b"9" * 400, b"[" * 10_000, b'"\xff"', b'"\\ud800"'],
)  # fmt: skip
def test_what_says_the_same_in_other_bytes_is_refused(data: bytes) -> None:
    if data == b"1\r":
        assert canonical.read(data) == 1, "a carriage return alone is a line end too"
        return
    with pytest.raises(NotCanonical):
        canonical.read(data)


@pytest.mark.parametrize("content", [1.5, float("nan"), {"a": 0.1}, object(), b"bytes"])
def test_what_has_no_canonical_form_is_not_written(content: object) -> None:
    with pytest.raises(NotCanonical):
        canonical.written(content)
