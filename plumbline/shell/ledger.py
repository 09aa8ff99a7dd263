"""Ledgers: taking one in from a workbook, writing one out."""

from __future__ import annotations

from plumbline.shell.verbs import noun
from plumbline.shell.words import said

app = noun(said("线索台账。", "Ledgers: taking one in from a workbook, writing one out."))
