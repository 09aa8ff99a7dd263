"""When a matter is due next, kept by the database itself: a clock is written in half a dozen places, and none of them can
forget it. Triggers go with their table, so whoever rebuilds the table of clocks has them set up again (`restore`)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, text

_KEEP = (
    "UPDATE matter SET due_at = (SELECT min(due_at) FROM deadline WHERE matter = {0}.matter AND status = 'open') "
    "WHERE id = {0}.matter"
)
_EITHER = f"IF TG_OP = 'DELETE' THEN {_KEEP.format('old')}; ELSE {_KEEP.format('new')}; END IF; RETURN NULL;"
_ROW = "FOR EACH ROW EXECUTE FUNCTION keep_matter_due()"
_MADE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "sqlite": {
        name: (f"CREATE TRIGGER {name} AFTER {what} BEGIN {_KEEP.format(row)}; END",)
        for name, what, row in (
            ("deadline_opened", "INSERT ON deadline WHEN new.due_at IS NOT NULL", "new"),
            ("deadline_changed", "UPDATE OF status, due_at ON deadline", "new"),
            ("deadline_removed", "DELETE ON deadline", "old"),
        )
    },
    "postgresql": {
        "deadline_keeps_due": (
            f"CREATE OR REPLACE FUNCTION keep_matter_due() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_EITHER} END $$",
            "DROP TRIGGER IF EXISTS deadline_keeps_due ON deadline",  # one that was switched off is there as well
            f"CREATE TRIGGER deadline_keeps_due AFTER INSERT OR DELETE OR UPDATE OF status, due_at ON deadline {_ROW}",
        ),
    },
}
_THERE = {
    "sqlite": text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'deadline'"),
    "postgresql": text(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass('deadline') AND NOT tgisinternal AND tgenabled <> 'D'"
    ),
}
_ANEW = text(
    "UPDATE matter SET due_at = (SELECT min(d.due_at) FROM deadline AS d WHERE d.matter = matter.id AND d.status = 'open')"
)


def lost(connection: Connection) -> tuple[str, ...]:
    """The triggers that should keep when matters are due and are not there."""
    kind = connection.dialect.name
    there = set(connection.execute(_THERE[kind]).scalars())
    return tuple(name for name in _MADE[kind] if name not in there)


def restore(connection: Connection) -> tuple[str, ...]:
    """Set up the triggers that are lost, and work out anew what they would have kept; their names. With all of them
    there, nothing is changed."""
    missing = lost(connection)
    for name in missing:
        for statement in _MADE[connection.dialect.name][name]:
            connection.execute(text(statement))
    if missing:
        connection.execute(_ANEW)
    return missing
