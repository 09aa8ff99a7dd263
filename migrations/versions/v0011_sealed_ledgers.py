"""sealed ledgers

Revision: v0011, after v0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0011"
down_revision = "v0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("checkpoint", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ledgers", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    """Back to the revision before."""
    with op.batch_alter_table("checkpoint", schema=None) as batch_op:
        batch_op.drop_column("ledgers")
