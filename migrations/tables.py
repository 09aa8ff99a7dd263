"""Every module that declares a table, so that the metadata is whole wherever it is asked for."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from cases import (
    attachments,
    attempts,
    bindings,
    carriages,
    deadlines,
    disclosures,
    drafts,
    duty_runs,
    ending,
    exchange,
    export_log,
    feeds,
    history,
    inspections,
    interests,
    invitations,
    journal,
    matters,
    organisations,
    own_settings,
    passwords,
    people,
    reads,
    recusals,
    round_items,
    rounds,
    rulebooks,
    saved_filters,
    second_factors,
    sessions,
    sites,
    tokens,
)
from notifications import outbox, webhooks
from notifications.documents import register

MODULES = (
    attachments,
    attempts,
    bindings,
    carriages,
    deadlines,
    disclosures,
    drafts,
    duty_runs,
    ending,
    exchange,
    export_log,
    feeds,
    history,
    inspections,
    interests,
    invitations,
    journal,
    matters,
    organisations,
    own_settings,
    outbox,
    passwords,
    people,
    reads,
    recusals,
    register,
    round_items,
    rounds,
    rulebooks,
    saved_filters,
    second_factors,
    sessions,
    sites,
    tokens,
    webhooks,
)

metadata: MetaData = SQLModel.metadata
