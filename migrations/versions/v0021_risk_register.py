"""the risk register: where points stand, signs that wait, and why points were raised

Revision: v0021, after v0020
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "v0021"
down_revision = "v0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    text, instant = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "risk_point",
        sa.Column("matter", sa.Integer(), nullable=False),
        sa.Column("organisation", text(length=32), nullable=False),
        sa.Column("project", text(length=32), nullable=True),
        sa.Column("link", text(length=64), nullable=True),
        sa.Column("holder", text(length=64), nullable=True),
        sa.Column("gravity", sa.Integer(), nullable=True),
        sa.Column("since", instant(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["matter"], ["matter.id"]),
        sa.ForeignKeyConstraint(["organisation"], ["organisation.code"]),
        sa.ForeignKeyConstraint(["project"], ["project.code"]),
        sa.ForeignKeyConstraint(["holder"], ["person.login"]),
        sa.PrimaryKeyConstraint("matter"),
    )
    op.create_index("risk_point_by_link", "risk_point", ["link", "organisation", "live"])
    op.create_index("risk_point_by_holder", "risk_point", ["holder", "live"])
    op.create_table(
        "risk_sign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=True),
        sa.Column("entry", sa.Integer(), nullable=True),
        sa.Column("organisation", text(length=32), nullable=True),
        sa.Column("project", text(length=32), nullable=True),
        sa.Column("link", text(length=64), nullable=True),
        sa.Column("person", text(length=64), nullable=True),
        sa.Column("at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["event"], ["event.id"]),
        sa.ForeignKeyConstraint(["entry"], ["account_event.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "risk_cause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("point", sa.Integer(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=True),
        sa.Column("entry", sa.Integer(), nullable=True),
        sa.Column("raised", sa.Integer(), nullable=False),
        sa.Column("salt", text(length=64), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["point"], ["matter.id"]),
        sa.ForeignKeyConstraint(["event"], ["event.id"]),
        sa.ForeignKeyConstraint(["entry"], ["account_event.id"]),
        sa.ForeignKeyConstraint(["raised"], ["event.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("point", "entry"),
        sa.UniqueConstraint("point", "event"),
        sa.UniqueConstraint("raised"),
    )


def downgrade() -> None:
    """Back to the revision before."""
    for table in ("risk_cause", "risk_sign", "risk_point"):
        op.drop_table(table)
