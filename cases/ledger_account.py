"""What an import is answered with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cases.ledger import Ledger
from cases.ledger_landing import Landed


def account(ledger: Ledger, landed: Landed, *, errors_file: Path | None, lang: str = "en") -> dict[str, Any]:
    """The form of contract.md, and around it what a registrar wants to know. Nothing in it says who reported."""
    bad = sorted((*ledger.bad, *landed.conflicts), key=lambda fault: fault.row)
    repeats = sorted((*ledger.repeats, *landed.repeats_on_file), key=lambda repeat: repeat.row)
    return {
        "read": ledger.read,
        "good": len(ledger.rows) - len(landed.conflicts),
        "bad": [fault.as_dict(lang) for fault in bad],
        "repeats": [{"row": repeat.row, "first": repeat.first} for repeat in repeats],
        "created": landed.created,
        "already_on_file": landed.already,
        "errors_file": str(errors_file) if errors_file else None,
        "sheet": ledger.sheet,
        "header_row": ledger.header_row,
        "columns": dict(ledger.columns),
        "unknown_headers": list(ledger.unknown_headers),
        "unread_sheets": list(ledger.unread_sheets),
        "encoding": ledger.encoding,
        "skipped_blank": ledger.skipped_blank,
        "skipped_total": ledger.skipped_total,
        "skipped_footnotes": ledger.skipped_footnotes,
        "linked": landed.linked,
        "new_projects": list(landed.new_projects),
        "unknown_handlers": dict(landed.unknown_handlers),
        "unmatched": {name: list(words) for name, words in landed.unmatched.items()},
    }
