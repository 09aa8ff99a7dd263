"""Pieces of stories that several tests tell: the usual steps of a clue, a round, a task, and being refused."""

from __future__ import annotations

import pytest

from states.facts import Refused
from tests.states.paper_office import Matter, PaperOffice

TO_OFFICER = (
    ("registrar", "register"), ("registrar", "propose_assignment"), ("head", "approve_assignment"),
    ("officer", "sign_for"),
)  # fmt: skip
TO_VERIFYING = (*TO_OFFICER, ("officer", "propose_disposition"), ("head", "approve_verification"))
UNFOUNDED = (("officer", "submit_report"), ("head", "conclude_verified"))
TO_THE_DISTRICT = (("leader", "approve"), ("registrar", "dispatch"), ("district", "sign_for"))
A_ROUND = (
    ("officer", "send_brief"), ("leader", "open_session"), ("owner", "give_opinion"), ("contractor", "give_opinion"),
    ("leader", "collect_opinions"), ("leader", "resolve"), ("officer", "draft_minutes"), ("head", "sign_minutes"),
    ("registrar", "close"),
)  # fmt: skip


def done_by(owner: str, issued_by: str) -> tuple[tuple[str, str], ...]:
    """A task from its owner's signature to its cancel number."""
    return (
        (owner, "take"), (owner, "submit"), (issued_by, "check"), ("leader" if issued_by != "leader" else "head", "cancel"),
    )  # fmt: skip


def reasons(refused: Refused) -> set[str]:
    return {reason.code for reason in refused.reasons}


def refused(office: PaperOffice, matter: Matter, move: str, who: str, **given: object) -> Refused:
    with pytest.raises(Refused) as found:
        office.move(matter, move, who, **given)
    return found.value


def sealed_clue(office: PaperOffice, managed_by: str = "higher") -> Matter:
    blank = dict.fromkeys(("subject", "subject_unit", "subject_post", "happened_when", "happened_where", "how", "why",
                           "with_what", "reporter_name", "reporter_contact"))  # fmt: skip
    return office.note(managed_by=managed_by, title="密封件", problem="密封件", kind="unread", **blank)
