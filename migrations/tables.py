"""Every module that declares a table, so that the metadata is whole wherever it is asked for."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from cases import deadlines, duty_runs, history, inspections, matters, organisations, people, rulebooks, tokens
from notifications import outbox

MODULES = (deadlines, duty_runs, history, inspections, matters, organisations, outbox, people, rulebooks, tokens)

metadata: MetaData = SQLModel.metadata
