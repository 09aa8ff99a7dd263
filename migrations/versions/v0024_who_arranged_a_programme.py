"""who put a programme on file, when and why; matters by project

Revision: v0024, after v0022
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "v0024"
down_revision = "v0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    text = sqlmodel.sql.sqltypes.AutoString
    with op.batch_alter_table("programme", schema=None) as batch_op:
        batch_op.add_column(sa.Column("made_by", text(length=64), nullable=True))
        batch_op.add_column(sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("why", text(length=2000), nullable=False, server_default=""))
    with op.batch_alter_table("programme", schema=None) as batch_op:
        batch_op.alter_column("why", server_default=None)
    op.create_index("matter_by_project", "matter", ["machine", "organisation", "project"])


def downgrade() -> None:
    """Back to the revision before."""
    op.drop_index("matter_by_project", table_name="matter")
    with op.batch_alter_table("programme", schema=None) as batch_op:
        batch_op.drop_column("why")
        batch_op.drop_column("made_at")
        batch_op.drop_column("made_by")
