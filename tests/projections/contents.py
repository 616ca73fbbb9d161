"""What stands in the read tables, as plain values that can be compared."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table, select

from domain.labels import Labels
from projections.catalogue import projections
from projections.follower import Follower
from projections.tables import TABLES, positions
from runtime.read_side import Generation, ReadSide
from runtime.store import Store

Contents = dict[str, list[dict[str, Any]]]


def caught_up(
    store: Store,
    generation: Generation,
    labels: Labels,
    *,
    page: int = 100,
    until: int | None = None,
) -> Follower:
    """A follower that has brought this generation up to the log."""
    follower = Follower(store, lambda: generation, projections(labels), page=page)
    follower.catch_up(until)
    return follower


def contents(generation: Generation) -> Contents:
    with generation.reader.connect() as connection:
        return {
            table.name: rows_of(connection, table)
            for table in TABLES.sorted_tables
            if table is not positions
        }


def rows_of(connection: Connection, table: Table) -> list[dict[str, Any]]:
    found = connection.execute(select(table).order_by(*table.primary_key.columns))
    return [dict(row) for row in found.mappings()]


def folded_anew(
    store: Store, read_side: ReadSide, labels: Labels, *, page: int, until: int | None = None
) -> Contents:
    """What a generation made from the log alone holds."""
    fresh = read_side.begin_rebuild("test")
    try:
        caught_up(store, fresh, labels, page=page, until=until)
        return contents(fresh)
    finally:
        read_side.drop(fresh)


def texts_in(value: Any) -> Iterable[str]:
    """Every string of a nested value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from (str(key), *texts_in(item))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_in(item)
