"""The migrations lead exactly to the tables that the code declares, on every database that is supported."""

import json
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from cases import due_kept
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


def test_a_revision_that_rebuilds_the_table_of_clocks_loses_nothing_that_keeps_when_matters_are_due(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = ScriptDirectory.from_config(setup.configuration()).get_current_head()
    (tmp_path / "later.py").write_text(REBUILDS.format(head=head), encoding="utf-8")
    config = setup.configuration()
    shipped = ScriptDirectory.from_config(config).versions
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{shipped}\n{tmp_path}")
    with engine.begin() as connection:
        for statement in (*A_ROUND_OF_OLD[:2], A_BOOK, A_MATTER):
            connection.execute(text(statement))
        connection.execute(text(A_CLOCK.format(id=1, due="2026-09-09 16:00:00")))
    monkeypatch.setattr(setup, "configuration", lambda: config)
    setup.upgrade(engine)
    with engine.begin() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == "later"
        assert due_kept.lost(connection) == ()
        assert due(connection) == "2026-09-01", "what the revision itself changed has been worked out anew"
        connection.execute(text(A_CLOCK.format(id=2, due="2026-08-08 16:00:00")))
        assert due(connection) == "2026-08-08"
        connection.execute(text("UPDATE deadline SET status = 'met' WHERE id = 2"))
        assert due(connection) == "2026-09-01"
        connection.execute(text("DELETE FROM deadline"))
        assert due(connection) == "None"


def due(connection: Connection) -> str:
    return str(connection.execute(text("SELECT due_at FROM matter")).scalar())[:10]


def test_triggers_that_are_lost_are_set_up_again_by_the_next_upgrade(engine: Engine) -> None:
    with engine.begin() as connection:
        assert due_kept.restore(connection) == ()
        for statement in LOSES[connection.dialect.name]:
            connection.execute(text(statement))
        lost = due_kept.lost(connection)
        assert lost
    setup.upgrade(engine)
    with engine.begin() as connection:
        assert due_kept.lost(connection) == ()


def test_what_was_said_before_there_were_items_was_said_of_item_1(engine: Engine) -> None:
    config = setup.configuration()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "v0001")
        for statement in A_ROUND_OF_OLD:
            connection.execute(text(statement))
    setup.upgrade(engine)
    with engine.begin() as connection:
        assert [tuple(row) for row in connection.execute(text("SELECT person, item, seq FROM opinion"))] == [
            ("owner", 1, 1)
        ]
        connection.execute(text(SAID.format(columns=", item", seq=1, values=", 2")))
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(text(SAID.format(columns=", item", seq=1, values=", 1")))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "v0001")
        assert [tuple(row) for row in connection.execute(text("SELECT person, seq FROM opinion"))] == [
            ("owner", 1)
        ]


def test_whoever_reads_has_read_since_the_move_that_put_it_before_them_and_not_what_is_over(
    engine: Engine,
) -> None:
    config = setup.configuration()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "v0015")
        for statement in (*A_ROUND_OF_OLD[:2], A_BOOK, A_MATTER, ANOTHER, *COPIED, *READERS):
            connection.execute(text(statement))
    setup.upgrade(engine)
    query = text(
        "SELECT matter, person, ground, since, ended, why FROM reader ORDER BY matter, since, person"
    )
    with engine.begin() as connection:
        assert [tuple(row) for row in connection.execute(query)] == [
            (1, "li", "", 0, None, None),  # of whom no move tells
            (1, "owner", "copy_to", 2, None, None),
            (2, "owner", "copy_to", 2, 3, "over"),
        ]
        config.attributes["connection"] = connection
        command.downgrade(config, "v0015")
        left = connection.execute(text("SELECT matter, person FROM reader ORDER BY person"))
        assert [tuple(row) for row in left] == [(1, "li"), (1, "owner")]


LOSES = {
    "sqlite": ("DROP TRIGGER deadline_opened", "DROP TRIGGER deadline_removed"),
    "postgresql": ("ALTER TABLE deadline DISABLE TRIGGER deadline_keeps_due",),
}
REBUILDS = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "later", "{head}"

def upgrade():
    with op.batch_alter_table("deadline") as batch_op:
        batch_op.alter_column("name", type_=sa.String(length=80))
    op.execute("UPDATE deadline SET due_at = '2026-09-01 16:00:00+00:00'")
"""
A_CLOCK = (
    "INSERT INTO deadline (id, matter, name, status, started_on, budget, due_on, due_at, provisional, calendar_version, "
    "rungs_fired, opened_at) VALUES ({id}, 1, 'x', 'open', '2026-08-01', '', NULL, '{due}', false, '', 0, "
    "'2026-08-01 01:00:00')"
)
SAID = (
    "INSERT INTO opinion (matter, person, seq, view, conditions, reasons, given_at, salt, seal{columns}) "
    "VALUES (1, 'owner', {seq}, 'agree', '', '', '2026-09-01 01:00:00', '', ''{values})"
)
NOON = "2026-09-01 01:00:00"
A_MATTER = (
    "INSERT INTO matter (id, machine, number, rulebook, state, version, organisation, title, opened_at, moved_at, "
    "moved_by, progressed_at, \"values\", acts, head_seq, head_hash) VALUES (1, 'consultation', 'HS-1', 'r@1', "
    f"'in_session', 1, 'GKJ', '', '{NOON}', '{NOON}', 'owner', '{NOON}', '{{}}', '{{}}', 0, '')"
)
A_ROUND_OF_OLD = (
    "INSERT INTO organisation (code, name_zh, name_en, kind) VALUES ('GKJ', '港口', 'Port', 'owner')",
    "INSERT INTO person (login, name, organisation, active, lang) VALUES ('owner', '王', 'GKJ', true, 'zh')",
    A_MATTER,
    SAID.format(columns="", seq=1, values=""),
)
RULES = json.dumps({"machines": {"consultation": {
    "states": {"closed": {"kind": "final"}},
    "moves": {"copy_to": {"fields": [{"name": "copied_to", "sets": "readers"}]}},
}}})  # fmt: skip
A_BOOK = f"INSERT INTO rulebook (key, sha256, text, published_at) VALUES ('r@1', '', '{RULES}', '{NOON}')"
ANOTHER = (
    A_MATTER.replace("VALUES (1,", "VALUES (2,").replace("'HS-1'", "'HS-2'").replace("in_session", "closed")
)
COPIED = tuple(
    "INSERT INTO event (matter, seq, at, actor, move, from_state, to_state, version, data, prev_hash, hash) VALUES "
    f"({matter}, {seq}, '{NOON}', 'owner', '{move}', '{before}', '{after}', {seq}, '{data}', '', '')"
    for matter, seq, move, before, after, data in (
        (1, 2, "copy_to", "in_session", "in_session", '{"copied_to": ["owner"]}'),
        (2, 2, "copy_to", "in_session", "in_session", '{"copied_to": ["owner"]}'),
        (2, 3, "close", "in_session", "closed", "{}"),
    )
)
READERS = (
    "INSERT INTO person (login, name, organisation, active, lang) VALUES ('li', '李', 'GKJ', true, 'zh')",
    "INSERT INTO reader (matter, person) VALUES (1, 'owner')",
    "INSERT INTO reader (matter, person) VALUES (2, 'owner')",
    "INSERT INTO reader (matter, person) VALUES (1, 'li')",
)
