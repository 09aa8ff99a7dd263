"""What an import came to, as whoever imported is told: by the shell and by the API alike."""

from __future__ import annotations

from typing import Any

from cases.ledger import Ledger
from cases.ledger_landing import Landed


def outcome(ledger: Ledger, landed: Landed, *, lang: str, dry_run: bool) -> dict[str, Any]:
    """The answer of contract.md but for the file of bad rows, and what else somebody who imports wants to know."""
    bad = sorted((*ledger.bad, *landed.conflicts), key=lambda fault: (fault.row, fault.column))
    return {
        "read": ledger.read,
        "good": len(ledger.rows) - len(landed.conflicts),
        "bad": [fault.as_dict(lang) for fault in bad],
        "repeats": [{"row": repeat.row, "first": repeat.first} for repeat in ledger.repeats],
        "created": 0 if dry_run else landed.created,
        "would_create": landed.created if dry_run else 0,
        "already": landed.already,
        "linked": landed.linked,
        "dry_run": dry_run,
        "sheet": ledger.sheet,
        "header_row": ledger.header_row,
        "columns": dict(ledger.columns),
        "unknown_headers": list(ledger.unknown_headers),
        "unread_sheets": list(ledger.unread_sheets),
        "encoding": ledger.encoding,
        "unknown_handlers": dict(landed.unknown_handlers),
        "unmatched": {field: list(words) for field, words in landed.unmatched.items()},
        "new_projects": list(landed.new_projects),
        "skipped": {
            "blank": ledger.skipped_blank,
            "total": ledger.skipped_total,
            "footnotes": ledger.skipped_footnotes,
        },
    }
