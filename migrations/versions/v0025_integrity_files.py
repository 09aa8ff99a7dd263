"""integrity files: leaves, sealed, and signs that wait

Revision: v0025, after v0024
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "v0025"
down_revision = "v0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    text, instant = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "file_leaf",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter", sa.Integer(), nullable=False),
        sa.Column("leaf", sa.Integer(), nullable=False),
        sa.Column("sealed", text(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["matter"], ["matter.id"]),
        sa.ForeignKeyConstraint(["event"], ["event.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("matter", "leaf"),
        sa.UniqueConstraint("event"),
    )
    op.create_table(
        "file_sign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=True),
        sa.Column("entry", sa.Integer(), nullable=True),
        sa.Column("person", text(length=64), nullable=True),
        sa.Column("at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["event"], ["event.id"]),
        sa.ForeignKeyConstraint(["entry"], ["account_event.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event"),
        sa.UniqueConstraint("entry"),
    )


def downgrade() -> None:
    """Back to the revision before."""
    for table in ("file_sign", "file_leaf"):
        op.drop_table(table)
