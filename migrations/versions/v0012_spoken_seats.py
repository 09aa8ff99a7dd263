"""who spoke from a seat of a round before it passed on

Revision: v0012, after v0011
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "v0012"
down_revision = "v0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "spoken_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.login"]),
        sa.ForeignKeyConstraint(["seat"], ["round_seat.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("seat", "item"),
    )


def downgrade() -> None:
    """Back to the revision before; a seat that passed on has then passed on with every item."""
    op.drop_table("spoken_seat")
