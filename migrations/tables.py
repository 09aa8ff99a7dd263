"""Every module that declares a table, so that the metadata is whole wherever it is asked for."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from cases import (
    deadlines,
    disclosures,
    duty_runs,
    exchange,
    history,
    inspections,
    interests,
    matters,
    organisations,
    people,
    reads,
    recusals,
    rounds,
    rulebooks,
    sites,
    tokens,
)
from notifications import outbox, webhooks
from notifications.documents import register

MODULES = (
    deadlines,
    disclosures,
    duty_runs,
    exchange,
    history,
    inspections,
    interests,
    matters,
    organisations,
    outbox,
    people,
    reads,
    recusals,
    register,
    rounds,
    rulebooks,
    sites,
    tokens,
    webhooks,
)

metadata: MetaData = SQLModel.metadata
