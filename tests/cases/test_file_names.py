"""Names of files as people see them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import file_names

PDF = (".pdf",)


@pytest.mark.parametrize("given_, shown", [
    ("report.pdf", "report.pdf"), ("REPORT.PDF", "REPORT.PDF"), ("../../etc/passwd", "passwd.pdf"),
    (r"C:\temp\x.pdf", "x.pdf"), ("CON", "_CON.pdf"), ("con.pdf", "_con.pdf"), ("lpt1.a.pdf", "_lpt1.a.pdf"),
    ("program.exe", "program.exe.pdf"), ("a\nb.pdf", "ab.pdf"), ("a\u202efdp.exe", "afdp.exe.pdf"),
    ("a\u200bb.pdf", "ab.pdf"), ("  . .pdf", "file.pdf"), ("", "file.pdf"), ("/", "file.pdf"), ("😀.pdf", "😀.pdf"),
    ("隐蔽工程·𠮷.pdf", "隐蔽工程·𠮷.pdf"), ("a<b>|c?.pdf", "a_b__c_.pdf"), ("a\tb  c.pdf", "a b c.pdf"),
    ("e\u0301.pdf", "é.pdf"), ("a\0b\x1b[31m.pdf", "ab[31m.pdf"),
])  # fmt: skip
def test_a_name_is_cleaned(given_: str, shown: str) -> None:
    assert file_names.cleaned(given_, PDF) == shown


def test_a_name_of_300_characters_keeps_its_ending() -> None:
    shown = file_names.cleaned("长" * 300 + ".pdf", PDF)
    assert len(shown) <= file_names.LONGEST
    assert shown.endswith("长.pdf")


@given(st.text(max_size=300))
def test_any_name_is_harmless_and_stays_as_it_is_from_then_on(name: str) -> None:
    shown = file_names.cleaned(name, (".jpg", ".jpeg"))
    assert file_names.cleaned(shown, (".jpg", ".jpeg")) == shown
    assert 5 <= len(shown) <= file_names.LONGEST
    assert shown.lower().endswith((".jpg", ".jpeg"))
    assert not set(shown) & set('/\\<>:"|?*')
    assert not any(unicodedata.category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp") for each in shown)
