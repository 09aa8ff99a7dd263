"""Statements of the hot path: written in SQLAlchemy Core, compiled once, run on the driver's own cursor.

SQLAlchemy takes about 40 µs to run a Core statement whose work in SQLite takes 6, and one move runs a dozen of them. A
`Prepared` is compiled once per kind of database; then it only binds values and reads rows, by the column types' own rules.
It runs in the session's transaction, so what the session wrote through objects must be flushed before, and its errors are
those of SQLAlchemy. What is not asked on every move reads better as `session.execute`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    BindParameter,
    Connection,
    Dialect,
    RootTransaction,
    TextClause,
    bindparam,
    literal_column,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import visitors
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.types import TypeEngine
from sqlmodel import Session
from sqlmodel.sql.sqltypes import UTCDateTime

Convert = Callable[[Any], Any]
Given = Mapping[str, Any]
_KEY = "cases.prepared"  # where a session keeps its cursor
_MANY = 8  # rows from which on it pays to prepare them column by column


class Prepared:
    """One statement. Its parameters are named by `bindparam`; an IN over a list needs one parameter for each place."""

    def __init__(self, statement: SelectBase | UpdateBase | TextClause) -> None:
        self._statement = statement
        self._spoken: dict[str, _Spoken] = {}

    def rows(self, session: Session, given: Given) -> list[Sequence[Any]]:
        """Every row the statement finds or returns."""
        driver, spoken = self._on(session)
        run(spoken.text, spoken.bound(given), on=driver.cursor, dialect=driver.dialect)
        return spoken.read(driver.cursor.fetchall())

    def row(self, session: Session, given: Given) -> Sequence[Any] | None:
        """The first row; None if there is none."""
        found = self.rows(session, given)
        return found[0] if found else None

    def change(self, session: Session, given: Given) -> int:
        """Run it; how many rows it changed."""
        driver, spoken = self._on(session)
        run(spoken.text, spoken.bound(given), on=driver.cursor, dialect=driver.dialect)
        return int(driver.cursor.rowcount)

    def change_each(self, session: Session, given: Sequence[Given]) -> int:
        """Run it for each of these; how many rows all of them changed."""
        if not given:
            return 0
        driver, spoken = self._on(session)
        run(spoken.text, spoken.bound_each(given), on=driver.cursor, dialect=driver.dialect, each=True)
        return int(driver.cursor.rowcount)

    def _on(self, session: Session) -> tuple[_Driver, _Spoken]:
        driver = _driver(session)
        spoken = self._spoken.get(driver.dialect.name)
        if spoken is None:
            spoken = self._spoken[driver.dialect.name] = _spoken(self._statement, driver.dialect)
        return driver, spoken


class PreparedForLists:
    """A query over lists, as in `IN (...)`: `build` is given the places of each list, by its name.

    Lists of about the same length share a statement: each is filled up to a power of two with its last value.
    """

    def __init__(self, build: Callable[[Mapping[str, Sequence[BindParameter[Any]]]], SelectBase]) -> None:
        self._build = build
        self._prepared: dict[tuple[tuple[str, int], ...], Prepared] = {}

    def rows(self, session: Session, **lists: Sequence[Any]) -> list[Sequence[Any]]:
        """Every row the query finds for these lists. An empty list holds nothing, not even what is empty."""
        filled = {name: _filled(values) for name, values in lists.items()}
        lengths = tuple((name, len(values)) for name, values in filled.items())
        if lengths not in self._prepared:
            places: dict[str, list[BindParameter[Any]]] = {
                name: [bindparam(f"{name}_{place}") for place in range(count)] for name, count in lengths
            }
            self._prepared[lengths] = Prepared(self._build(places))
        given = {
            f"{name}_{place}": value for name, values in filled.items() for place, value in enumerate(values)
        }
        return self._prepared[lengths].rows(session, given)


class PreparedByKey:
    """Statements written anew for each of the many forms a question takes, and kept for the next that asks it like that.

    To put such a statement together takes longer than to run it. The least lately asked go when there are more than `most`.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Any, tuple[Any, Prepared]] = OrderedDict()

    def of(self, key: Any, write: Callable[[], SelectBase], *, alive: Any = None) -> Prepared:
        """The statement of this key. `alive` is kept with it: what the key names by its address stays there."""
        held = self._kept.get(key)
        if held is None:
            held = self._kept[key] = alive, Prepared(write())
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        else:
            with suppress(KeyError):  # another thread's may have put it out
                self._kept.move_to_end(key)
        return held[1]


def _filled(values: Sequence[Any]) -> list[Any]:
    length = 1 << max(len(values) - 1, 0).bit_length()
    return [*values, *[values[-1] if values else None] * (length - len(values))]


@dataclass(frozen=True, slots=True)
class _Driver:
    """The driver's cursor in one transaction of a session."""

    transaction: RootTransaction | None
    cursor: Any
    dialect: Dialect


def run(text: str, bound: Any = (), *, on: Any, dialect: Dialect, each: bool = False) -> None:
    """Run a statement on a driver's cursor, once or for each of many rows.

    What the driver complains of is raised as SQLAlchemy raises it, without the values.
    """
    try:
        if each:
            on.executemany(text, bound)
        else:
            on.execute(text, bound)
    except dialect.loaded_dbapi.Error as fault:
        failure = dialect.loaded_dbapi.Error
        raise DBAPIError.instance(
            text, None, fault, failure, hide_parameters=True, dialect=dialect
        ) from fault


def _driver(session: Session) -> _Driver:
    """The cursor of the session's transaction, which is begun if there is none."""
    held: _Driver | None = session.info.get(_KEY)
    if held is not None and held.transaction is not None and held.transaction.is_active:
        return held
    connection = session.bind
    if not isinstance(connection, Connection) or not connection.in_transaction():
        connection = session.connection()  # begins a transaction, or refuses one that failed
    held = _Driver(connection.get_transaction(), connection.connection.cursor(), connection.dialect)
    session.info[_KEY] = held
    return held


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A statement in the words of one kind of database, and what its columns' types do to values."""

    text: str
    by_name: bool
    names: tuple[str, ...]
    prepares: tuple[tuple[int, Convert], ...]
    reads: tuple[tuple[int, Convert], ...]
    unlike: frozenset[str] = frozenset()  # parameters whose values cannot be told apart by hashing
    constants: dict[str, Any] = field(default_factory=dict)

    def bound(self, given: Given) -> Any:
        """The parameters as the driver takes them."""
        values = {**self.constants, **given} if self.constants else given
        bound = [values[name] for name in self.names]
        for place, prepare in self.prepares:
            bound[place] = prepare(bound[place])
        return dict(zip(self.names, bound, strict=True)) if self.by_name else bound

    def bound_each(self, given: Sequence[Given]) -> list[Any]:
        """The same for many rows: of more than a few column by column, each different value prepared once."""
        if len(given) < _MANY:
            return [self.bound(one) for one in given]
        columns = [self._column(name, given) for name in self.names]
        for place, prepare in self.prepares:
            columns[place] = self._prepared(
                columns[place], prepare, alike=self.names[place] not in self.unlike
            )
        rows = zip(*columns, strict=True)
        return [dict(zip(self.names, row, strict=True)) for row in rows] if self.by_name else list(rows)

    def _column(self, name: str, given: Sequence[Given]) -> list[Any]:
        if name in self.constants:
            return [self.constants[name]] * len(given)
        return [one[name] for one in given]

    @staticmethod
    def _prepared(values: list[Any], prepare: Convert, *, alike: bool) -> list[Any]:
        if not alike:
            return [prepare(value) for value in values]
        known = {value: prepare(value) for value in set(values)}
        return [known[value] for value in values]

    def read(self, found: list[Any]) -> list[Sequence[Any]]:
        """Rows as their columns' types read them."""
        if not self.reads:
            return found
        return [self._read(list(row)) for row in found]

    def _read(self, row: list[Any]) -> Sequence[Any]:
        for place, convert in self.reads:
            row[place] = convert(row[place])
        return row


def _spoken(statement: SelectBase | UpdateBase | TextClause, dialect: Dialect) -> _Spoken:
    compiled = _with_constants(statement, dialect).compile(dialect=dialect)
    names = tuple(compiled.params if compiled.positiontup is None else compiled.positiontup)
    types = {name: bind.type for bind, name in compiled.bind_names.items()}
    required = {name for bind, name in compiled.bind_names.items() if bind.required}
    return _Spoken(
        text=compiled.string,
        by_name=compiled.positiontup is None,
        names=names,
        prepares=tuple(_present(_preparing(types[name], dialect) for name in names)),
        reads=tuple(_present(_reads(statement, dialect))),
        unlike=frozenset(name for name, kind in types.items() if isinstance(kind, JSON)),
        constants={name: value for name, value in compiled.params.items() if name not in required},
    )


def _with_constants(
    statement: SelectBase | UpdateBase | TextClause, dialect: Dialect
) -> SelectBase | UpdateBase | TextClause:
    """The statement with its constants written out: what is compared with a parameter, SQLite may plan anew each time.

    For the desk's eighty branches that took fifty times as long as to run them.
    """

    def written_out(element: Any, **_rest: Any) -> Any:
        if not isinstance(element, BindParameter) or element.required:
            return None
        process = _native(element.type, dialect).literal_processor(dialect)
        values: Any = element.value if element.expanding else [element.value]
        if process is None or any(type(one) not in (str, int) or "%" in str(one) for one in values):
            return None  # psycopg would take a % for a place of its own
        if not element.expanding:
            return literal_column(process(element.value), element.type)
        each = ", ".join(process(one) for one in values) or "SELECT NULL WHERE 1 = 0"
        return literal_column(f"({each})", element.type)

    written: Any = visitors.replacement_traverse(statement, {}, written_out)
    return written  # type: ignore[no-any-return]


def _reads(statement: SelectBase | UpdateBase | TextClause, dialect: Dialect) -> Iterator[Convert | None]:
    """What the type of each column does to what the driver answers."""
    columns = () if isinstance(statement, TextClause) else statement.exported_columns
    return (_reading(column.type, dialect) for column in columns)


def _present(converts: Iterable[Convert | None]) -> list[tuple[int, Convert]]:
    """Those places at which something is done at all."""
    return [(place, convert) for place, convert in enumerate(converts) if convert is not None]


def _native(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    """The type as this kind of database has it."""
    return kind.dialect_impl(dialect)


def _preparing(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """What the type does to a value before the driver gets it. A move's instant stands in a dozen places."""
    prepare = _native(kind, dialect).bind_processor(dialect)
    if prepare is None or not isinstance(kind, UTCDateTime):
        return prepare
    return _INSTANTS.setdefault(dialect.name, lru_cache(maxsize=64)(prepare))


_INSTANTS: dict[str, Convert] = {}


def _reading(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """What the type does to a value the driver answers. SQLite's instants are read in one step instead of three."""
    if isinstance(kind, UTCDateTime) and dialect.name == "sqlite":
        return _instant
    return _native(kind, dialect).result_processor(dialect, None)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")
