"""Engines for the two databases: SQLite files by default, PostgreSQL in production."""

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from zlib import crc32

from sqlalchemy import (
    URL,
    Column,
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Table,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateSchema
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.types import TypeDecorator

T = TypeVar("T")

Target = str | Path
"""Where a database is: the URL of a PostgreSQL database or the path of a SQLite file."""

_BUSY_SECONDS = 30
_AGAIN_SECONDS = 0.01


class UtcMoment(TypeDecorator[datetime]):
    """An aware moment, in UTC on both databases (SQLite keeps no time zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def write_engine(
    target: Target, *, schema: str | None = None, secure_delete: bool = False
) -> Engine:
    """An engine whose transactions take the write lock at once.

    `schema` holds the tables on PostgreSQL; on SQLite every target is a file of its own.
    `secure_delete` overwrites what is deleted from a SQLite file.
    """
    if isinstance(target, str):
        return _postgres(target, schema, read_only=False)
    make_file(target)
    pragmas = [
        "synchronous = FULL",
        "foreign_keys = ON",
        f"secure_delete = {'ON' if secure_delete else 'OFF'}",
    ]
    # A transaction that reads first and writes later could not get the lock any more.
    return _sqlite(target, pragmas, begin="BEGIN IMMEDIATE")


def read_engine(target: Target, *, schema: str | None = None) -> Engine:
    """An engine that refuses to write; a transaction sees one state of the database."""
    if isinstance(target, str):
        return _postgres(target, schema, read_only=True)
    return _sqlite(target, ["query_only = ON"], begin="BEGIN")


def make_file(path: Path) -> None:
    """Make a SQLite file whose readers do not wait for its writer; it stays like that.

    SQLite gives up at once when several turn this on together, whatever its timeout.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    give_up = time.monotonic() + _BUSY_SECONDS
    with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS)) as connection:
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as refused:
                busy = refused.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() >= give_up:
                    raise
                time.sleep(_AGAIN_SECONDS)
            else:
                return


def create_tables(engine: Engine, tables: MetaData, *, schema: str | None = None) -> None:
    """Make the schema and the tables that are missing; several processes may start at once."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            lock_named(connection, schema or "public")
            if schema:
                connection.execute(CreateSchema(schema, if_not_exists=True))
        tables.create_all(connection)


def insert_new(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that leaves rows alone whose key is already there."""
    return _inserting_new(connection.dialect.name, table)


def telling_new(
    connection: Connection, table: Table, column: Column[T]
) -> ReturningInsert[tuple[T]]:
    """The same; it returns this column of each row that was not there."""
    return _telling_new(connection.dialect.name, table, column)


# Kept, as making a statement takes as long as carrying it out.
@cache
def _inserting_new(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    made = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return made.on_conflict_do_nothing()


@cache
def _telling_new(dialect: str, table: Table, column: Column[Any]) -> ReturningInsert[tuple[Any]]:
    return _inserting_new(dialect, table).returning(column)


def lock_named(connection: Connection, name: str) -> None:
    """On PostgreSQL, hold the lock of this name until the transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": crc32(name.encode())})


def _sqlite(path: Path, pragmas: list[str], *, begin: str) -> Engine:
    # The values in a failed statement may be personal: they stay out of messages and logs.
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": _BUSY_SECONDS},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # transactions begin below, and not by guess
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _postgres(url: str, schema: str | None, *, read_only: bool) -> Engine:
    options = f"-c default_transaction_read_only={'on' if read_only else 'off'}"
    if schema:
        options += f" -c search_path={schema}"
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        connect_args={"options": options},
        hide_parameters=True,
        pool_pre_ping=True,
    )
