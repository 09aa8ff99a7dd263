"""Runs the migrations on the connection that `plumbline.setup` opened."""

from __future__ import annotations

from alembic import context

from migrations.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
