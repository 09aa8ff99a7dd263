"""Rehearsal: a past log replayed under a rulebook, into a store of its own. See `rehearse`."""

from plumbline.rehearsal.log import UnreadableLog
from plumbline.rehearsal.mapping import LogMapping, MappingFaults, read_mapping
from plumbline.rehearsal.report import Part, Rehearsed, summary_table
from plumbline.rehearsal.run import rehearse
from plumbline.rehearsal.store import UnusableStore

__all__ = [
    "LogMapping",
    "MappingFaults",
    "Part",
    "Rehearsed",
    "UnreadableLog",
    "UnusableStore",
    "read_mapping",
    "rehearse",
    "summary_table",
]
