"""Rows in memory: what a page of events makes of them, and how they are written in bulk."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from pydantic_core import to_json
from sqlalchemy import (
    Column,
    Connection,
    Date,
    Dialect,
    Result,
    Table,
    and_,
    bindparam,
    delete,
    select,
)
from sqlalchemy.dialects.postgresql import dialect as postgresql_dialect

from projections.tables import Json, to_text
from runtime.database import UtcMoment

Row = dict[str, Any]
Key = str | int | tuple[Any, ...]

WHOLE = "whole"
"""The only part of a table that is not divided by case."""

_POSTGRESQL: Dialect = postgresql_dialect()  # type: ignore[no-untyped-call]  # as it is given

_AT_ONCE = 500
"""Keys in one query: databases limit the number of its parameters."""


class Rows:
    """The rows of one table, in parts that are loaded and forgotten together: those of a case.

    Handlers change rows in place and say so; `write` brings to the database what they left.
    """

    def __init__(self, table: Table, part: str | None) -> None:
        self.table = table
        self.part_column: Column[Any] | None = table.c[part] if part else None
        self.key_of: Callable[[Row], Key] = itemgetter(*table.primary_key.columns.keys())
        self._parts: dict[str, dict[Key, Row]] = {}
        self._changed: dict[Key, Row] = {}
        self._removed: dict[Key, Row] = {}
        self._new: set[Key] = set()

    def of(self, part: str) -> dict[Key, Row]:
        """The rows of a part by key; to be read only."""
        return self._parts.get(part) or {}

    def put(self, part: str, key: Key, row: Row) -> None:
        known = self._parts.setdefault(part, {})
        if key not in known and self._removed.pop(key, None) is None:
            self._new.add(key)
        known[key] = self._changed[key] = row

    def change(self, part: str, key: Key) -> Row:
        """A row that is there, to be changed."""
        row = self._changed[key] = self._parts[part][key]
        return row

    def drop(self, part: str, key: Key) -> Row:
        """Remove a row that is there; the row it was."""
        row = self._parts[part].pop(key)
        self._changed.pop(key, None)
        if key in self._new:
            self._new.remove(key)
        else:
            self._removed[key] = row
        return row

    def load(self, connection: Connection, parts: Sequence[str]) -> None:
        if self.part_column is not None:
            for start in range(0, len(parts), _AT_ONCE):
                some = self.part_column.in_(parts[start : start + _AT_ONCE])
                self._add(connection.execute(select(self.table).where(some)))
        elif WHOLE in parts:
            self._add(connection.execute(select(self.table)))

    def _add(self, found: Result[Any]) -> None:
        # SQLAlchemy's own names are no plain strings, which makes writing them as JSON slow.
        names = [str(column.name) for column in self.table.columns]
        for row in (dict(zip(names, values, strict=True)) for values in found):
            part = WHOLE if self.part_column is None else row[self.part_column.name]
            self._parts.setdefault(part, {})[self.key_of(row)] = row

    def forget(self, part: str) -> None:
        self._parts.pop(part, None)

    def write(self, connection: Connection) -> None:
        _remove(connection, self.table, self._removed.values())
        upsert(connection, self.table, self._changed.values())
        self._removed.clear()
        self._changed.clear()
        self._new.clear()


class AppendedRows:
    """The rows of a table that is only added to; they are not kept in memory."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._added: list[Row] = []
        self.add = self._added.append

    def write(self, connection: Connection) -> None:
        upsert(connection, self.table, self._added)
        self._added.clear()


def upsert(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert rows, or put them in the place of those that have the same key.

    It speaks to the driver directly: SQLAlchemy's own way with each value takes longer than all
    the rest of the follower.
    """
    rows = list(rows)
    if not rows:
        return
    statement = _upsert_of(table, connection.dialect.name)
    cursor = connection.connection.cursor()
    try:
        if connection.dialect.name == "postgresql":
            cursor.execute(statement, [_as_json(table, rows)])
        else:
            cursor.executemany(statement, list(_as_tuples(table, rows)))
    finally:
        cursor.close()


@cache
def _upsert_of(table: Table, dialect: str) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    if dialect == "postgresql":
        # All rows in one parameter: half the time of `executemany`, a tenth of it in Python.
        columns = (
            f'"{column.name}" {column.type.compile(_POSTGRESQL)}' for column in table.columns
        )
        values = f"SELECT {names} FROM json_to_recordset(%s) AS rows ({', '.join(columns)})"
    else:
        values = f"VALUES ({', '.join('?' for _ in table.columns)})"
    key = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
    rest = [f'"{column.name}"' for column in table.columns if not column.primary_key]
    changes = ", ".join(f"{name} = excluded.{name}" for name in rest)
    return (
        f"INSERT INTO {table.name} ({names}) {values} ON CONFLICT ({key}) DO UPDATE SET {changes}"
    )


def _as_json(table: Table, rows: list[Row]) -> str:
    names = [column.name for column in table.columns if isinstance(column.type, Json)]
    if names:
        rows = [{**row, **{name: to_text(row[name]) for name in names}} for row in rows]
    return to_json(rows).decode()


def _as_tuples(table: Table, rows: list[Row]) -> Iterator[tuple[Any, ...]]:
    """In the order of the columns; made column by column, so that the loops are not in Python."""
    columns = [map(value_of, rows) for value_of in map(itemgetter, table.columns.keys())]
    for place, kind in enumerate(column.type for column in table.columns):
        if (convert := _ON_SQLITE.get(type(kind))) is not None:
            columns[place] = map(convert, columns[place])
    return zip(*columns, strict=True)


@lru_cache(maxsize=8_192)  # one moment stands in several rows
def _moment_as_text(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    text = moment.isoformat(" ", "microseconds")
    return text[:-6] if text.endswith("+00:00") else _moment_as_text(moment.astimezone(UTC))


@lru_cache(maxsize=8_192)
def _day_as_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


_ON_SQLITE: dict[type, Callable[[Any], str | None]] = {
    UtcMoment: _moment_as_text,
    Date: _day_as_text,
    Json: to_text,
}
"""How SQLAlchemy keeps these types in SQLite."""


def _remove(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    key = [column.name for column in table.primary_key.columns]
    keys = [{name: row[name] for name in key} for row in rows]
    if keys:
        which = and_(*(table.c[name] == bindparam(name) for name in key))
        connection.execute(delete(table).where(which), keys)
