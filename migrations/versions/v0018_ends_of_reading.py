"""why somebody reads a matter, and what ended it

Revision: v0018, after v0015
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "v0018"
down_revision = "v0017"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_OLD = sa.table("reader", sa.column("matter", sa.Integer), sa.column("person", sa.String))
_NEW = sa.table("reader", sa.column("matter", sa.Integer), sa.column("person", sa.String), sa.column("ground", sa.String),
                sa.column("since", sa.Integer), sa.column("ended", sa.Integer), sa.column("why", sa.String))  # fmt: skip
_MATTER = sa.table(
    "matter", sa.column("id", sa.Integer), sa.column("machine", sa.String), sa.column("rulebook", sa.String)
)
_EVENT = sa.table("event", sa.column("matter", sa.Integer), sa.column("seq", sa.Integer), sa.column("move", sa.String),
                  sa.column("from_state", sa.String), sa.column("to_state", sa.String), sa.column("data", sa.JSON))  # fmt: skip
_BOOK = sa.table("rulebook", sa.column("key", sa.String), sa.column("text", sa.String))


def upgrade() -> None:
    """To this revision. Each row gets the move of the history that put the matter before its person; a row that no move
    accounts for is kept without one, for the audit to find. Rulebooks of before know one end: that the matter is over."""
    connection = op.get_bind()
    before = [tuple(row) for row in connection.execute(sa.select(_OLD.c.matter, _OLD.c.person))]
    op.drop_index("ix_reader_person", table_name="reader")
    op.drop_table("reader")
    _create(("ground", _TEXT(length=64), False), ("since", sa.Integer(), False), ("ended", sa.Integer(), True),
            ("why", _TEXT(length=16), True), unique=("matter", "person", "ground", "since"))  # fmt: skip
    rows = [row for matter in sorted({matter for matter, _ in before})
            for row in _of_matter(connection, matter, {person for other, person in before if other == matter})]  # fmt: skip
    if rows:
        connection.execute(sa.insert(_NEW), rows)


def downgrade() -> None:
    """Back to the revision before: only whoever reads it still."""
    connection = op.get_bind()
    query = sa.select(_NEW.c.matter, _NEW.c.person).where(_NEW.c.ended.is_(None)).distinct()
    rows = [{"matter": matter, "person": person} for matter, person in connection.execute(query)]
    op.drop_index("ix_reader_person", table_name="reader")
    op.drop_table("reader")
    _create(unique=("matter", "person"))
    if rows:
        connection.execute(sa.insert(_OLD), rows)


def _create(*more: tuple[str, Any, bool], unique: tuple[str, ...]) -> None:
    op.create_table(
        "reader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter", sa.Integer(), nullable=False),
        sa.Column("person", _TEXT(length=64), nullable=False),
        *(sa.Column(name, kind, nullable=nullable) for name, kind, nullable in more),
        sa.ForeignKeyConstraint(["matter"], ["matter.id"]),
        sa.ForeignKeyConstraint(["person"], ["person.login"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(*unique),
    )
    op.create_index("ix_reader_person", "reader", ["person"])


def _of_matter(connection: sa.Connection, matter: int, people: set[str]) -> Iterator[dict[str, Any]]:
    """The rows of one matter, as its history and its rulebook tell of them."""
    of = connection.execute(
        sa.select(_MATTER.c.machine, _MATTER.c.rulebook).where(_MATTER.c.id == matter)
    ).one()
    text = connection.execute(sa.select(_BOOK.c.text).where(_BOOK.c.key == of.rulebook)).scalar()
    machine = json.loads(text)["machines"].get(of.machine, {}) if text else {}
    open_: dict[tuple[str, str], int] = {}
    known: set[str] = set()
    events = sa.select(_EVENT).where(_EVENT.c.matter == matter).order_by(_EVENT.c.seq)
    for event in connection.execute(events):
        if event.from_state != event.to_state and _is_final(machine, event.to_state):
            yield from (_row(matter, *key, since, event.seq) for key, since in open_.items())
            open_ = {}
        for person in sorted(_named(machine, event.move, event.data or {}) & people):
            open_.setdefault((person, event.move), event.seq)
            known.add(person)
    yield from (_row(matter, *key, since, None) for key, since in open_.items())
    yield from (_row(matter, person, "", 0, None) for person in sorted(people - known))


def _is_final(machine: Mapping[str, Any], state: str) -> bool:
    return bool(machine.get("states", {}).get(state, {}).get("kind") == "final")


def _named(machine: Mapping[str, Any], move: str, form: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    for field in machine.get("moves", {}).get(move, {}).get("fields", ()):
        value = form.get(field["name"]) if field.get("sets") == "readers" else None
        found |= set(value if isinstance(value, list) else [value] if value else [])
    return found


def _row(matter: int, person: str, ground: str, since: int, ended: int | None) -> dict[str, Any]:
    return {"matter": matter, "person": person, "ground": ground, "since": since, "ended": ended,
            "why": None if ended is None else "over"}  # fmt: skip
