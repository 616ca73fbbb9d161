"""A list as a query: counted whole, and read page by page in an order without ties."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints, TypeAdapter
from sqlalchemy import ColumnElement, Connection, Select, func, literal, tuple_

from projections.rows import Row

Place = Annotated[int, Field(ge=0, le=99)]
Name = Annotated[str, StringConstraints(max_length=200, pattern=r"^[\x20-\x7e]*$")]
"""The parts of a cursor come back from clients: nothing may reach the database that it refuses."""

_KEY: Final = "order_"


@dataclass(frozen=True)
class Order:
    """What rows are ordered by; together the keys name a row, and none is ever null."""

    keys: tuple[ColumnElement[Any], ...]
    cursor: TypeAdapter[tuple[Any, ...]]
    descending: bool = False

    def after(self, last: Sequence[Any]) -> ColumnElement[bool]:
        """The rows behind the one with these keys."""
        given = tuple_(*(literal(v, k.type) for k, v in zip(self.keys, last, strict=True)))
        keys = tuple_(*self.keys)
        return keys < given if self.descending else keys > given


@dataclass(frozen=True)
class Page:
    """Some rows, and the keys of the last one when there are more behind it."""

    rows: list[Row]
    last: tuple[Any, ...] | None


@dataclass(frozen=True)
class Listing:
    """The rows of one query in one order."""

    connection: Connection
    query: Select[Any]
    order: Order
    shown: Callable[[Mapping[str, Any]], Row] = dict

    def total(self) -> int:
        counted = self.query.with_only_columns(func.count(), maintain_column_froms=True)
        return self.connection.execute(counted).scalar_one()

    def rows(self) -> list[Row]:
        return self._found(self.query)[0]

    def page(self, limit: int, after: Sequence[Any] | None = None) -> Page:
        """At most so many rows, behind the one with these keys."""
        query = self.query if after is None else self.query.where(self.order.after(after))
        rows, keys = self._found(query.limit(limit + 1))
        more = len(rows) > limit
        return Page(rows[:limit], tuple(keys[limit - 1]) if more else None)

    def _found(self, query: Select[Any]) -> tuple[list[Row], list[list[Any]]]:
        names = [f"{_KEY}{place}" for place in range(len(self.order.keys))]
        labelled = [key.label(name) for name, key in zip(names, self.order.keys, strict=True)]
        way = [key.desc() for key in self.order.keys] if self.order.descending else self.order.keys
        rows, keys = [], []
        for found in self.connection.execute(
            query.add_columns(*labelled).order_by(*way)
        ).mappings():
            row = dict(found)
            keys.append([row.pop(name) for name in names])
            rows.append(self.shown(row))
        return rows, keys
