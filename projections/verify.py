"""Verifying: whether the live tables are what the log makes of them."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, MetaData, Table, except_, select

from domain.labels import Labels
from projections.catalogue import projections
from projections.follower import Follower, position
from projections.tables import TABLES, positions
from runtime.database import read_engine
from runtime.read_side import Generation, ReadSide
from runtime.store import Store

_Rows = dict[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class Difference:
    """What one column of a row holds; `column` is `*` for a row that only one side has."""

    table: str
    key: tuple[Any, ...]
    column: str
    live: Any
    rebuilt: Any

    def __str__(self) -> str:
        row = "/".join(map(str, self.key))
        return f"{self.table} {row} {self.column}: {self.live!r}, not {self.rebuilt!r}"


def verify(store: Store, read_side: ReadSide, labels: Labels) -> list[Difference]:
    """Compare every live table with one folded anew up to the same position of the log.

    The live tables stand still while they are compared; the log and its commands do not.
    """
    fresh = read_side.begin_rebuild("verify")
    try:
        follower = Follower(store, lambda: fresh, projections(labels))
        follower.catch_up(_position_of(read_side))
        with read_side.held():
            follower.catch_up(_position_of(read_side))
            return list(_differences(read_side.live(), fresh))
    finally:
        read_side.drop(fresh)


def _position_of(read_side: ReadSide) -> int:
    with read_side.reader().connect() as connection:
        return position(connection)


def _differences(live: Generation, fresh: Generation) -> Iterator[Difference]:
    engine = read_engine(live.target, schema=live.schema)
    with closing(engine.connect()) as connection:
        schemas = live.schema, fresh.schema
        if engine.dialect.name == "sqlite":
            driver: Any = connection.connection.driver_connection
            driver.execute("ATTACH DATABASE ? AS fresh", [str(fresh.target)])
            schemas = "main", "fresh"
        for table in TABLES.sorted_tables:
            if table is not positions:
                yield from _between(connection, *(_in_schema(table, name) for name in schemas))
    engine.dispose()


def _in_schema(table: Table, schema: str) -> Table:
    return table.to_metadata(MetaData(), schema=schema)


def _between(connection: Connection, live: Table, rebuilt: Table) -> Iterator[Difference]:
    only_live, only_rebuilt = _rows(connection, live, rebuilt), _rows(connection, rebuilt, live)
    for key in sorted(only_live.keys() | only_rebuilt.keys()):
        was, should = only_live.get(key), only_rebuilt.get(key)
        if was is None or should is None:
            yield Difference(live.name, key, "*", was, should)
        else:
            for column in was:
                if was[column] != should[column]:
                    yield Difference(live.name, key, column, was[column], should[column])


def _rows(connection: Connection, table: Table, other: Table) -> _Rows:
    """The rows that stand in this table and not in the other one."""
    found = connection.execute(except_(select(table), select(other))).mappings()
    key = [column.name for column in table.primary_key.columns]
    return {tuple(row[name] for name in key): dict(row) for row in found}
