"""of which step of the radar people were told; programmes that change from a day on

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
    with op.batch_alter_table("programme", schema=None) as batch_op:
        batch_op.add_column(sa.Column("change_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("change", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("changed_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Back to the revision before."""
    with op.batch_alter_table("programme", schema=None) as batch_op:
        for column in ("changed_on", "change", "change_on"):
            batch_op.drop_column(column)
    op.drop_table("radar_told")
