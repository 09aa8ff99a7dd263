"""the salt of a recusal's seal

Revision: v0017, after v0015
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "v0017"
down_revision = "v0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision. What was put on record before has no seal in history, and stays without salt."""
    with op.batch_alter_table("recusal", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("salt", sqlmodel.sql.sqltypes.AutoString(length=64), server_default="", nullable=False)
        )


def downgrade() -> None:
    """Back to the revision before; history keeps the seals, which nothing can be held against any more."""
    with op.batch_alter_table("recusal", schema=None) as batch_op:
        batch_op.drop_column("salt")
