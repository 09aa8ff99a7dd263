"""An opinion is on one item of a round's agenda, and further items are clues of their own.

Revision: v0003, after v0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0003"
down_revision = "v0002"
branch_labels = None
depends_on = None

# v0001 left the constraint without a name: this is what PostgreSQL calls it, and what it is called where none has one
NAMES = {"uq": "%(table_name)s_%(column_0_N_name)s_key"}
BEFORE, AFTER = "opinion_matter_person_seq_key", "opinion_matter_item_person_seq_key"


def upgrade() -> None:
    """To this revision: what was said until now was said of item 1."""
    op.create_table(
        "round_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter", sa.Integer(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("clue", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["clue"], ["matter.id"]),
        sa.ForeignKeyConstraint(["matter"], ["matter.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("matter", "clue"),
        sa.UniqueConstraint("matter", "item"),
    )
    with op.batch_alter_table("round_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_item_clue"), ["clue"], unique=False)
    with op.batch_alter_table("opinion", schema=None, naming_convention=NAMES) as batch_op:
        batch_op.add_column(sa.Column("item", sa.Integer(), nullable=False, server_default="1"))
        batch_op.drop_constraint(BEFORE, type_="unique")
        batch_op.create_unique_constraint(AFTER, ["matter", "item", "person", "seq"])
    with op.batch_alter_table("opinion", schema=None) as batch_op:
        batch_op.alter_column("item", server_default=None)


def downgrade() -> None:
    """Back to the revision before; what was said of further items is lost with them."""
    op.execute("DELETE FROM opinion WHERE item > 1")
    with op.batch_alter_table("opinion", schema=None, naming_convention=NAMES) as batch_op:
        batch_op.drop_constraint(AFTER, type_="unique")
        batch_op.create_unique_constraint(BEFORE, ["matter", "person", "seq"])
        batch_op.drop_column("item")
    with op.batch_alter_table("round_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_round_item_clue"))
    op.drop_table("round_item")
