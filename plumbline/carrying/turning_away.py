"""What happens at home when the other side would not take a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from cases import advance, gathering
from plumbline.carrying.told import Why
from plumbline.exchange import Exchanger

LONGEST = 500  # characters of what the other side says that are worth keeping in history
FIELD = "turned_away_for"


def turned_away(
    end: Exchanger, session: Session, matter: int, reasons: Sequence[Why], *, at: datetime
) -> None:
    """Put into the matter's history that the other side would not take its file, so that its people hear of it; once
    for the same reasons, however often it is tried."""
    office, row = end.work.office, gathering.load_by_id(session, matter).row
    rules = office.rulebook(row.rulebook).machines[row.machine].exchange
    because = "；".join(f"{one['zh']}{one['en']}" for one in reasons)[:LONGEST]
    if rules is None or rules.turned_away is None or row.values.get(FIELD) == because:
        return
    advance.advance_by_engine(session, office, matter, rules.turned_away, at=at, form={FIELD: because})
