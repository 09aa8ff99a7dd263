"""what somebody was typing when their session ended

Revision: v0022, after v0021
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "v0022"
down_revision = "v0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "typed_meanwhile",
        sa.Column("session", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("sealed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["web_session.id"]),
        sa.PrimaryKeyConstraint("session"),
        sa.UniqueConstraint("hash"),
    )


def downgrade() -> None:
    """Back to the revision before."""
    op.drop_table("typed_meanwhile")
