"""Renderings of a report, all with the same numbers: terminal, CSV and JSON."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from textwrap import wrap

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table as RichTable
from rich.text import Text

from projections.reports.document import Cell, Report, Table

WIDEST_HEADING = 12
WIDEST_TEXT = 36
"""Longer headings and names are folded in the terminal; numbers never are."""


def as_json(report: Report) -> str:
    """One document: keys in English, labels in Polish, numbers as numbers."""
    document = {
        "report": report.id,
        "title": report.title,
        "about": {each.key: {"label": each.label, "value": each.value} for each in report.about},
        "tables": [_table_as_json(table) for table in report.tables],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _table_as_json(table: Table) -> dict[str, object]:
    named = zip(table.columns, table.headings, strict=True)
    return {
        "id": table.id,
        "title": table.title,
        "columns": [{"key": key, "label": label} for key, label in named],
        "rows": [
            {"key": row.key, **dict(zip(table.columns, map(_as_json, row.cells), strict=True))}
            for row in table.rows
        ],
    }


def _as_json(cell: Cell) -> str | int | float | None:
    match cell:
        case Decimal():
            return float(cell)  # one decimal: the shortest text of the float is the same number
        case date():
            return cell.isoformat()
        case _:
            return cell


def as_csv(report: Report) -> dict[str, str]:
    """A file for each table and one for the parameters, as a Polish spreadsheet opens them."""
    about = _csv([each.label, each.value] for each in report.about)
    tables = {
        f"{table.id}.csv": _csv([table.headings, *(row.cells for row in table.rows)])
        for table in report.tables
    }
    return {f"{report.id}.csv": about, **tables}


def _csv(rows: Iterable[Iterable[Cell]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows(map(as_text, row) for row in rows)
    return text.getvalue()


def as_text(cell: Cell) -> str:
    """With a decimal comma; an empty cell is empty."""
    match cell:
        case None:
            return ""
        case Decimal():
            return str(cell).replace(".", ",")
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def as_terminal(report: Report) -> str:
    """Tables as wide as they need to be, whatever the terminal; without colours."""
    return "\n".join(_terminal_parts(report))


def _terminal_parts(report: Report) -> Iterator[str]:
    yield f"{report.id} {report.title}\n"
    facts = RichTable(box=None, show_header=False, pad_edge=False)
    facts.add_column(no_wrap=True)
    facts.add_column(no_wrap=True)
    for each in report.about:
        facts.add_row(Text(each.label), Text(as_text(each.value)))
    yield _drawn(facts)
    for table in report.tables:
        drawn = RichTable(box=box.SIMPLE_HEAD, pad_edge=False)
        numeric = [_is_numeric(table, place) for place in range(len(table.columns))]
        for heading, is_number in zip(table.headings, numeric, strict=True):
            drawn.add_column(
                Text("\n".join(wrap(heading, WIDEST_HEADING, break_long_words=False))),
                justify="right" if is_number else "left",
                max_width=None if is_number else WIDEST_TEXT,
            )
        for row in table.rows:
            drawn.add_row(*(Text(as_text(cell)) for cell in row.cells))
        yield f"{table.id} {table.title}\n{_drawn(drawn)}"


def _is_numeric(table: Table, place: int) -> bool:
    cells = [row.cells[place] for row in table.rows]
    return all(cell is None or isinstance(cell, int | Decimal) for cell in cells)


def _drawn(table: RichTable) -> str:
    measured = Console(file=io.StringIO(), width=10_000, color_system=None, legacy_windows=False)
    width = Measurement.get(measured, measured.options, table).maximum
    text = io.StringIO()
    Console(file=text, width=width, color_system=None, legacy_windows=False).print(table)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"
