"""of which step of the radar people were told

Revision: v0027, after v0024
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "v0027"
down_revision = "v0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    instant = sqlmodel.sql.sqltypes.UTCDateTime()
    op.create_table(
        "radar_told",
        sa.Column("matter", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("since", instant, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.ForeignKeyConstraint(["matter"], ["matter.id"]),
        sa.PrimaryKeyConstraint("matter"),
    )


def downgrade() -> None:
    """Back to the revision before."""
    op.drop_table("radar_told")
