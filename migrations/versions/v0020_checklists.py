"""checklists of inspections, in versions

Revision: v0020, after v0015
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "v0020"
down_revision = "v0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "checklist",
        sa.Column("key", text(length=65), nullable=False),
        sa.Column("code", text(length=32), nullable=False),
        sa.Column("version", text(length=32), nullable=False),
        sa.Column("sha256", text(length=64), nullable=False),
        sa.Column("text", text(), nullable=False),
        sa.Column("loaded_by", text(length=64), nullable=False),
        sa.Column("loaded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_checklist_code", "checklist", ["code"])
    with op.batch_alter_table("programme", schema=None) as batch_op:
        batch_op.add_column(sa.Column("checklist", text(length=32), nullable=True))


def downgrade() -> None:
    """Back to the revision before."""
    with op.batch_alter_table("programme", schema=None) as batch_op:
        batch_op.drop_column("checklist")
    op.drop_table("checklist")
