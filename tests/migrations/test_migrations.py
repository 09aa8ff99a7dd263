"""The migrations lead exactly to the tables that the code declares, on every database that is supported."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from migrations.tables import metadata
from plumbline import setup


def test_the_migrations_are_one_line_without_branches() -> None:
    scripts = ScriptDirectory.from_config(setup.configuration())
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def test_a_fresh_database_has_the_tables_that_the_code_declares(engine: Engine) -> None:
    setup.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == [], "a table was changed without a migration"


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    setup.upgrade(engine)
    with engine.connect() as connection:
        before = MigrationContext.configure(connection).get_current_revision()
    setup.upgrade(engine)
    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == before
