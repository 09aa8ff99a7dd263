"""Every module that declares a table, so that the metadata is whole wherever it is asked for."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from cases import (
    attachments,
    carriages,
    deadlines,
    disclosures,
    duty_runs,
    exchange,
    export_log,
    history,
    inspections,
    interests,
    matters,
    organisations,
    own_settings,
    people,
    reads,
    recusals,
    round_items,
    rounds,
    rulebooks,
    sites,
    tokens,
)
from notifications import outbox, webhooks
from notifications.documents import register

MODULES = (
    attachments,
    carriages,
    deadlines,
    disclosures,
    duty_runs,
    exchange,
    export_log,
    history,
    inspections,
    interests,
    matters,
    organisations,
    own_settings,
    outbox,
    people,
    reads,
    recusals,
    register,
    round_items,
    rounds,
    rulebooks,
    sites,
    tokens,
    webhooks,
)

metadata: MetaData = SQLModel.metadata
