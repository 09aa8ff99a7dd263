"""inspection plans, milestones and draws

Revision: v0015, after v0014
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "v0015"
down_revision = "v0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "inspection_plan",
        sa.Column("code", text(length=32), nullable=False),
        sa.Column("title", text(length=200), nullable=False),
        sa.Column("period", text(length=8), nullable=False),
        sa.Column("organisation", text(length=32), nullable=False),
        sa.Column("project", text(length=32), nullable=True),
        sa.Column("made_by", text(length=64), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisation.code"]),
        sa.ForeignKeyConstraint(["project"], ["project.code"]),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_index("ix_inspection_plan_organisation", "inspection_plan", ["organisation"])
    op.create_table(
        "milestone",
        sa.Column("project", text(length=32), nullable=False),
        sa.Column("name", text(length=64), nullable=False),
        sa.Column("falls_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["project"], ["project.code"]),
        sa.PrimaryKeyConstraint("project", "name"),
    )
    with op.batch_alter_table("programme", schema=None) as batch_op:
        batch_op.add_column(sa.Column("plan", text(length=32), nullable=True))
        batch_op.add_column(sa.Column("link", text(length=64), nullable=True))
        batch_op.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("on_outage", text(length=16), server_default="run_once", nullable=False)
        )
        batch_op.add_column(sa.Column("sites", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("take", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("team", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("next_on", sa.Date(), nullable=True))
        batch_op.create_foreign_key("fk_programme_plan", "inspection_plan", ["plan"], ["code"])
        batch_op.create_index("ix_programme_plan", ["plan"], unique=False)
        batch_op.create_index("ix_programme_next_on", ["next_on"], unique=False)
    with op.batch_alter_table("programme_slot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key", text(length=80), nullable=True))
        batch_op.add_column(sa.Column("why", text(length=32), server_default="", nullable=False))
        batch_op.add_column(sa.Column("instead", sa.Date(), nullable=True))
    # Until now a slot was named by its day, and what was missed had been caught up by the next round that was opened.
    op.execute("UPDATE programme_slot SET key = CAST(slot AS VARCHAR(80))")
    op.execute(
        "UPDATE programme_slot SET why = 'caught_up', instead = (SELECT min(later.slot) FROM programme_slot AS later "
        "WHERE later.programme = programme_slot.programme AND later.slot > programme_slot.slot "
        "AND later.outcome = 'opened') WHERE outcome = 'missed'"
    )
    with op.batch_alter_table("programme_slot", schema=None) as batch_op:
        batch_op.alter_column("key", existing_type=text(length=80), nullable=False)
        batch_op.create_unique_constraint("uq_programme_slot_key", ["programme", "key"])
    op.create_table(
        "inspection_draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation", text(length=32), nullable=False),
        sa.Column("programme", text(length=32), nullable=True),
        sa.Column("slot", sa.Date(), nullable=True),
        sa.Column("what", text(length=16), nullable=False),
        sa.Column("method", text(length=32), nullable=False),
        sa.Column("seed", text(length=200), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("drawn", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("digest", text(length=64), nullable=False),
        sa.Column("shown_on", sa.Date(), nullable=True),
        sa.Column("made_by", text(length=64), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisation.code"]),
        sa.ForeignKeyConstraint(["programme"], ["programme.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_inspection_draw_organisation", "inspection_draw", ["organisation"])
    op.create_index("ix_inspection_draw_programme", "inspection_draw", ["programme"])


def downgrade() -> None:
    """Back to the revision before. Slots that were skipped go back to being missed."""
    op.drop_table("inspection_draw")
    op.execute("UPDATE programme_slot SET outcome = 'missed' WHERE outcome = 'skipped'")
    with op.batch_alter_table("programme_slot", schema=None) as batch_op:
        batch_op.drop_constraint("uq_programme_slot_key", type_="unique")
        for name in ("instead", "why", "key"):
            batch_op.drop_column(name)
    with op.batch_alter_table("programme", schema=None) as batch_op:
        batch_op.drop_index("ix_programme_next_on")
        batch_op.drop_index("ix_programme_plan")
        batch_op.drop_constraint("fk_programme_plan", type_="foreignkey")
        for name in ("next_on", "team", "take", "sites", "on_outage", "ends_on", "link", "plan"):
            batch_op.drop_column(name)
    op.drop_table("milestone")
    op.drop_table("inspection_plan")
