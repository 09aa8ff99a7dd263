"""desk indexes

Revision: v0013, after v0012
"""

from __future__ import annotations

from alembic import op

revision = "v0013"
down_revision = "v0012"
branch_labels = None
depends_on = None

MADE = {
    "matter_by_state_due": ["machine", "organisation", "state", "due_at"],
    "matter_by_opener": ["opener", "machine", "handler"],
    "matter_by_handler": ["handler", "machine", "due_at"],
    "matter_by_handler_state": ["handler", "machine", "state", "progressed_at"],
    "matter_by_mover": ["moved_by", "machine", "state", "due_at"],
}


def upgrade() -> None:
    """To this revision."""
    for name in ("matter_by_handler", "matter_by_opener"):
        op.drop_index(name, table_name="matter")
    for name, columns in MADE.items():
        op.create_index(name, "matter", columns, unique=False)


def downgrade() -> None:
    """Back to the revision before."""
    for name in MADE:
        op.drop_index(name, table_name="matter")
    for column in ("handler", "opener"):
        op.create_index(f"matter_by_{column}", "matter", [column, "machine"], unique=False)
