"""which body owes zero reports since when, and what became of each period; sheets of assessment

Revision: v0026, after v0025
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "v0026"
down_revision = "v0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    text, instant = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "zero_duty",
        sa.Column("organisation", text(length=32), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("keeper", text(length=32), nullable=True),
        sa.Column("done_until", sa.Date(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["organisation"], ["organisation.code"]),
        sa.ForeignKeyConstraint(["keeper"], ["organisation.code"]),
        sa.PrimaryKeyConstraint("organisation"),
    )
    op.create_index("ix_zero_duty_next_on", "zero_duty", ["next_on"])
    op.create_table(
        "zero_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation", text(length=32), nullable=False),
        sa.Column("period", text(length=32), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("outcome", text(length=16), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("keeper", text(length=32), nullable=False),
        sa.Column("matter", sa.Integer(), nullable=True),
        sa.Column("at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisation.code"]),
        sa.ForeignKeyConstraint(["keeper"], ["organisation.code"]),
        sa.ForeignKeyConstraint(["matter"], ["matter.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("matter"),
        sa.UniqueConstraint("organisation", "first_on"),
        sa.UniqueConstraint("organisation", "period"),
    )
    op.create_table(
        "assessment_sheet",
        sa.Column("matter", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["matter"], ["matter.id"]),
        sa.PrimaryKeyConstraint("matter"),
    )


def downgrade() -> None:
    """Back to the revision before."""
    op.drop_table("assessment_sheet")
    op.drop_table("zero_period")
    op.drop_index("ix_zero_duty_next_on", table_name="zero_duty")
    op.drop_table("zero_duty")
