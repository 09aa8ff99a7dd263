"""Opening the database for a command: it must be there, and of the schema this program knows."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

import migrations
from cases import due_kept
from plumbline.database import engine_for, sqlite
from plumbline.settings import Settings
from plumbline.shell.failures import NotReady

if TYPE_CHECKING:
    from plumbline.work import Work

_REVISION = re.compile(r"^(down_)?revision\b[^=]*=\s*['\"](\w+)['\"]", re.MULTILINE)


def open_work(settings: Settings) -> Work:
    """The database these settings name, ready for use. Raises NotReady and what the driver raises."""
    check_there(settings.url)
    check_schema(settings.url)
    from plumbline.work import Work

    return Work.open(settings)


def check_there(url: str) -> None:
    """Opening a SQLite file that is not there would make an empty one. Raises NotReady."""
    try:
        parts = make_url(url)
    except ArgumentError:
        return  # the engine says it better
    name = parts.database
    if (
        parts.get_backend_name() == "sqlite"
        and name not in (None, "", ":memory:")
        and "file:" not in str(name)
    ):
        path = Path(str(name))
        if not path.exists() or (path.is_file() and path.stat().st_size == 0):
            raise _no_database()


def check_schema(url: str) -> None:
    """Raises NotReady for a schema that is older than this program, newer, or not there at all."""
    engine = engine_for(url)
    try:
        with engine.connect().execution_options(reading=True) as connection:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            judge(str(found) if found else None)
            check_triggers(due_kept.lost(connection))
    except DBAPIError as fault:
        if "no such table" in str(fault.orig) or getattr(fault.orig, "sqlstate", None) == "42P01":
            raise _no_database() from None
        raise
    finally:
        engine.dispose()


def check_triggers(lost: Collection[str]) -> None:
    """Raises NotReady where the database no longer keeps when matters are due: every list of what is due would be wrong."""
    if lost:
        named = ", ".join(lost)
        raise NotReady(
            "lost_triggers",
            (
                f"数据库缺少维护到期日的触发器：{named}。",
                f"The database has lost the triggers that keep when matters are due: {named}.",
            ),
            (
                "请运行 plumbline init：重新建立触发器并重算到期日。",
                "Run `plumbline init`: it sets them up again and works the dates out anew.",
            ),
        )


def judge(found: str | None) -> None:
    """Raises NotReady unless `found` is the newest revision this program knows."""
    newest, known = revisions()
    if found == newest:
        return
    if found is None or found in known:
        raise NotReady(
            "older_schema",
            ("数据库的结构比程序旧。", "The database's schema is older than the program."),
            (
                "请先备份，再运行 plumbline init 升级。",
                "Back it up, then run `plumbline init` to upgrade it.",
            ),
        )
    raise NotReady(
        "newer_schema",
        (
            f"数据库的结构（{found}）来自更新的版本。",
            f"The database has the schema {found} of a newer Plumbline.",
        ),
        ("请升级程序后再试；什么也没有改变。", "Upgrade the program, then try again; nothing was changed."),
    )


@cache
def revisions() -> tuple[str | None, frozenset[str]]:
    """The newest revision, and all of them, read from the scripts' heads: loading Alembic takes half a second."""
    found: dict[str, str | None] = {}
    for script in sorted((Path(migrations.__file__).parent / "versions").glob("*.py")):
        named = {bool(down): name for down, name in _REVISION.findall(script.read_text(encoding="utf-8"))}
        if False in named:
            found[named[False]] = named.get(True)
    newest = set(found) - set(found.values())
    return (newest.pop() if newest else None), frozenset(found)


def reader_of_file(path: Path) -> Engine:
    """An engine that can only read this SQLite file, and makes no file beside it."""
    alone = "" if path.with_name(path.name + "-wal").exists() else "&immutable=1"
    uri = f"{path.resolve().as_uri()}?mode=ro{alone}"
    return create_engine("sqlite://", module=sqlite, creator=lambda: sqlite.connect(uri, uri=True))


def _no_database() -> NotReady:
    return NotReady(
        "no_database",
        ("这里还没有数据库。", "There is no database here yet."),
        (
            "请运行 plumbline init，或检查 PLUMBLINE_HOME 和 PLUMBLINE_DATABASE_URL。",
            "Run `plumbline init`, or check PLUMBLINE_HOME and PLUMBLINE_DATABASE_URL.",
        ),
    )
