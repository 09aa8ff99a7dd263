"""The one table of rights: which object and action needs which scope of the token, and which roles of its owner.

What a person may see of an object is not asked here: `cases.access` and the rulebook decide that for every door alike.
A row without roles is open to everybody with an account, who then finds what is theirs. A test holds every operation of
the API to this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cases.reads import AUDITOR

OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Right:
    """What it takes. Without `scope`: nothing, not even a token. `roles`: one of them, in any organisation."""

    scope: str | None
    roles: frozenset[str] = frozenset()


_AUDITORS = frozenset({AUDITOR})
_OPERATORS = frozenset({OPERATOR})

RIGHTS: Mapping[tuple[str, str], Right] = {
    ("openapi", "read"): Right(None),
    ("account", "read"): Right("read"),
    ("rulebook", "read"): Right("read"),
    ("calendar", "read"): Right("read"),
    ("matter", "list"): Right("read"),
    ("matter", "read"): Right("read"),
    ("matter", "open"): Right("write"),
    ("matter", "move"): Right("write"),
    ("matter", "reads"): Right("audit", _AUDITORS),
    ("attachment", "read"): Right("read"),
    ("attachment", "add"): Right("write"),
    ("attachment", "release"): Right("write"),
    ("attachment", "send"): Right("write"),
    ("ledger", "export"): Right("read"),
    ("ledger", "import"): Right("write"),
    ("disclosure", "read"): Right("read"),
    ("round", "read"): Right("read"),
    ("programme", "read"): Right("read"),
    ("coverage", "read"): Right("read"),
    ("coverage", "accept"): Right("write"),
    ("radar", "read"): Right("read"),
    ("draw", "read"): Right("read"),
    ("checklist", "read"): Right("read"),
    ("risk", "read"): Right("read"),
    ("file", "read"): Right("read"),
    ("decision", "read"): Right("read"),
    ("creation", "read"): Right("read"),
    ("zero_report", "read"): Right("read"),
    ("assessment", "read"): Right("read"),
    ("deadline", "read"): Right("read"),
    ("deadline", "extend"): Right("write"),
    ("recusal", "read"): Right("read"),
    ("recusal", "ask"): Right("write"),
    ("recusal", "decide"): Right("write"),
    ("interest", "read"): Right("read"),
    ("interest", "declare"): Right("write"),
    ("document", "read"): Right("read"),
    ("document", "check"): Right("read"),
    ("document", "draft"): Right("read"),
    ("document", "issue"): Right("write"),
    ("packet", "write"): Right("write"),
    ("packet", "take"): Right("write"),
    ("packet", "resend"): Right("write"),
    ("notice", "read"): Right("notices"),
    ("notice", "resend"): Right("write"),
    ("audit", "verify"): Right("audit", _AUDITORS),
    ("desk", "read"): Right("read"),
    ("board", "read"): Right("read"),
    ("figure", "read"): Right("read"),
    ("filter", "read"): Right("read"),
    ("filter", "change"): Right("write"),
    ("person", "read"): Right("staff", _OPERATORS),
    ("person", "change"): Right("staff", _OPERATORS),
    ("organisation", "read"): Right("staff", _OPERATORS),
    ("organisation", "change"): Right("staff", _OPERATORS),
    ("project", "read"): Right("staff", _OPERATORS),
    ("project", "change"): Right("staff", _OPERATORS),
    ("account_end", "read"): Right("read"),  # who proposes and who approves: cases.ending
    ("account_end", "change"): Right("write"),
    ("webhook", "read"): Right("webhooks"),
    ("webhook", "change"): Right("webhooks"),
}
