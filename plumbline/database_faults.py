"""What a database driver complains about, said so that whoever reads it knows what to do."""

from __future__ import annotations

from typing import NamedTuple


class Trouble(NamedTuple):
    """A stable code, what is the matter, and what to do."""

    code: str
    message: str
    cure: str


def trouble(fault: BaseException, lang: str) -> Trouble | None:
    """The trouble behind an exception of a driver, or of SQLAlchemy around it; None for what is no outside trouble."""
    cause = getattr(fault, "orig", None) or fault
    name = getattr(cause, "sqlite_errorname", None)
    state = getattr(cause, "sqlstate", None)
    if name is not None:
        return _of_sqlite(str(name), str(cause), lang)
    if type(cause).__module__.startswith("psycopg"):
        return _of_postgresql(state, str(cause), lang)
    return _known("unreachable", lang)


def _of_sqlite(name: str, text: str, lang: str) -> Trouble | None:
    for start, code in _SQLITE.items():
        if name.startswith(start):
            return _known(code, lang)
    if text.startswith(("no such table", "no such column")):
        return _known("not_initialised", lang)
    return None


def _of_postgresql(state: str | None, text: str, lang: str) -> Trouble | None:
    if state is None:
        code = "wrong_password" if "authentication failed" in text else "unreachable"
        return _known(code, lang)
    for start, code in _POSTGRESQL.items():
        if state.startswith(start):
            return _known(code, lang)
    return None


_SQLITE = {
    "SQLITE_BUSY": "locked",
    "SQLITE_LOCKED": "locked",
    "SQLITE_READONLY": "read_only",
    "SQLITE_FULL": "full",
    "SQLITE_IOERR": "disk_failed",
    "SQLITE_CANTOPEN": "cannot_open",
    "SQLITE_PERM": "cannot_open",
    "SQLITE_AUTH": "cannot_open",
    "SQLITE_NOTADB": "not_a_database",
    "SQLITE_CORRUPT": "damaged",
}
_POSTGRESQL = {
    "42P01": "not_initialised",
    "42703": "not_initialised",
    "28": "wrong_password",
    "3D": "no_such_database",
    "25006": "read_only",
    "53100": "full",
    "53": "unreachable",
    "55P03": "locked",
    "40": "locked",
    "57": "unreachable",
    "08": "unreachable",
}
_TROUBLES = {
    "locked": (
        (
            "另一程序正在写数据库，等待后仍未释放。",
            "Another program holds the database, and did not let go in time.",
        ),
        ("什么也没有改变；请稍后再试。", "Nothing was changed; try again in a moment."),
    ),
    "read_only": (
        ("数据库只能读，不能写。", "The database can be read but not written."),
        (
            "请检查文件和所在文件夹的权限，或磁盘是否以只读方式挂载。",
            "Check the rights on the file and its folder, and whether the disk is mounted read-only.",
        ),
    ),
    "full": (
        ("磁盘已满，什么也没有改变。", "The disk is full; nothing was changed."),
        ("请清理磁盘后再试。", "Make room on it, then try again."),
    ),
    "disk_failed": (
        (
            "读写数据库文件时磁盘出错，什么也没有改变。",
            "The disk failed while the database was read or written; nothing was changed.",
        ),
        (
            "请检查磁盘空间和状况，再运行 plumbline doctor。",
            "Check its space and health, then run `plumbline doctor`.",
        ),
    ),
    "cannot_open": (
        ("打不开数据库文件。", "The database file cannot be opened."),
        (
            "请检查 PLUMBLINE_HOME 或 PLUMBLINE_DATABASE_URL，以及文件夹的权限。",
            "Check PLUMBLINE_HOME or PLUMBLINE_DATABASE_URL, and the rights on the folder.",
        ),
    ),
    "not_a_database": (
        ("该文件不是数据库。", "The file is not a database."),
        (
            "请检查 PLUMBLINE_HOME 或 PLUMBLINE_DATABASE_URL 所指的文件。",
            "Check which file PLUMBLINE_HOME or PLUMBLINE_DATABASE_URL names.",
        ),
    ),
    "damaged": (
        ("数据库文件已损坏。", "The database file is damaged."),
        (
            "请停止写入，保留该文件，并从备份恢复。",
            "Stop writing to it, keep the file, and go back to a backup.",
        ),
    ),
    "not_initialised": (
        (
            "这个数据库还没有建好，或版本过旧。",
            "This database is not set up, or its schema is older than the program.",
        ),
        ("请运行 plumbline init。", "Run `plumbline init`."),
    ),
    "wrong_password": (
        ("数据库不接受所给的用户名或口令。", "The database does not accept the user or password given."),
        ("请检查 PLUMBLINE_DATABASE_URL。", "Check PLUMBLINE_DATABASE_URL."),
    ),
    "no_such_database": (
        ("数据库服务器上没有这个数据库。", "The database server has no database of that name."),
        (
            "请先建立数据库，或检查 PLUMBLINE_DATABASE_URL。",
            "Create it first, or check PLUMBLINE_DATABASE_URL.",
        ),
    ),
    "unreachable": (
        ("连接不上数据库。", "The database cannot be reached."),
        (
            "请检查它是否在运行，以及 PLUMBLINE_DATABASE_URL 是否正确。",
            "Check that it runs, and that PLUMBLINE_DATABASE_URL is right.",
        ),
    ),
}
CODES = tuple(_TROUBLES)


def _known(code: str, lang: str) -> Trouble:
    message, cure = _TROUBLES[code]
    return Trouble(f"database_{code}", _in(message, lang), _in(cure, lang))


def _in(both: tuple[str, str], lang: str) -> str:
    return both[0] if lang == "zh" else both[1]
