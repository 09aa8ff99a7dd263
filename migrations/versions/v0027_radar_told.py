"""of which step of the radar people were told; programmes that change from a day on; signs stay on file

Revision: v0027, after v0026
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "v0027"
down_revision = "v0026"
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
    op.add_column("risk_sign", sa.Column("taken_at", instant, nullable=True))
    waiting = sa.text("taken_at IS NULL")
    op.create_index("risk_sign_waiting", "risk_sign", ["id"], sqlite_where=waiting, postgresql_where=waiting)
    with op.batch_alter_table("programme", schema=None) as batch_op:
        batch_op.add_column(sa.Column("change_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("change", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("changed_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Back to the revision before; a sign that was taken up is no row there."""
    op.execute("DELETE FROM risk_sign WHERE taken_at IS NOT NULL")
    op.drop_index("risk_sign_waiting", table_name="risk_sign")
    with op.batch_alter_table("risk_sign", schema=None) as batch_op:
        batch_op.drop_column("taken_at")
    with op.batch_alter_table("programme", schema=None) as batch_op:
        for column in ("changed_on", "change", "change_on"):
            batch_op.drop_column(column)
    op.drop_table("radar_told")
