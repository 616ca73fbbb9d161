"""A report as data: tables of plain values, before anything is made of them to look at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from domain.report_texts import TableTexts

Cell = str | int | Decimal | date | None


@dataclass(frozen=True)
class Row:
    key: str
    """The code of what the row is about; `total` for the sum."""
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    id: str
    title: str
    columns: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[Row, ...]

    def column(self, name: str) -> dict[str, Any]:
        """What stands in a column, by the keys of the rows."""
        place = self.columns.index(name)
        return {row.key: row.cells[place] for row in self.rows}


@dataclass(frozen=True)
class About:
    """One parameter of a report: its key, its Polish name and its value."""

    key: str
    label: str
    value: str | int


@dataclass(frozen=True)
class Report:
    id: str
    title: str
    about: tuple[About, ...]
    tables: tuple[Table, ...]

    def table(self, id: str) -> Table:
        return next(table for table in self.tables if table.id == id)


def table_of(
    id: str,
    texts: TableTexts,
    columns: tuple[str, ...],
    rows: Iterable[tuple[str, Mapping[str, Cell]]],
) -> Table:
    """A column that a row does not name stays empty."""
    return Table(
        id=id,
        title=texts.title,
        columns=columns,
        headings=tuple(map(texts.heading, columns)),
        rows=tuple(Row(key, tuple(cells.get(name) for name in columns)) for key, cells in rows),
    )
