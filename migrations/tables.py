"""Every module that declares a table, so that the metadata is whole wherever it is asked for."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from cases import (
    attempts,
    bindings,
    deadlines,
    disclosures,
    duty_runs,
    ending,
    exchange,
    history,
    inspections,
    interests,
    invitations,
    journal,
    matters,
    organisations,
    passwords,
    people,
    recusals,
    rounds,
    rulebooks,
    second_factors,
    sessions,
    sites,
    tokens,
)
from notifications import outbox
from notifications.documents import register

MODULES = (
    attempts,
    bindings,
    deadlines,
    disclosures,
    duty_runs,
    ending,
    exchange,
    history,
    inspections,
    interests,
    invitations,
    journal,
    matters,
    organisations,
    outbox,
    passwords,
    people,
    recusals,
    register,
    rounds,
    rulebooks,
    second_factors,
    sessions,
    sites,
    tokens,
)

metadata: MetaData = SQLModel.metadata
