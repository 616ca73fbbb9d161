"""R1 beside its second computation: every number of a month, table by table."""

from datetime import date
from decimal import Decimal
from typing import Any

from projections.reports.document import Report, Table
from runtime.reference_data import load_reference_data
from tests.projections.naive_r1 import Naive, NaivePeriod, Rows, change
from tests.projections.naive_r1_lists import arrears, causes, promises

REFERENCE = load_reference_data()


def numbers(table: Table, columns: list[str]) -> dict[str, dict[str, Any]]:
    """The rows by key, decimals as floats."""
    return {
        row.key: {
            name: float(cell) if isinstance(cell, Decimal) else cell
            for name, cell in zip(table.columns, row.cells, strict=True)
            if name in columns
        }
        for row in table.rows
    }


def assert_table(report: Report, id: str, expected: Rows) -> None:
    """Every column that the second computation has, of every row."""
    columns = list(next(iter(expected.values()), {}))
    assert numbers(report.table(id), columns) == expected, id


def assert_month(report: Report, naive: Naive, before: date, first: date, to: date) -> None:
    """`before` is the first day of the month before it."""
    now, previous = naive.period(first, to), naive.period(before, first)
    last_year = naive.period(first.replace(year=first.year - 1), to.replace(year=to.year - 1))
    _assert_summary(report, now, previous, last_year)
    known = [row.id for row in REFERENCE.routing.districts]
    assert_table(report, "R1.2", now.units())
    assert_table(report, "R1.3", now.kinds(previous))
    assert_table(report, "R1.4", _named(now.districts(known)))
    assert_table(report, "R1.5", now.channels(previous))
    assert_table(report, "R1.6", now.terms())
    assert_table(report, "R1.7", now.forwarding())
    assert_table(report, "R1.8", causes(now))
    assert_table(report, "R1.9", arrears(now))
    assert_table(report, "R1.10", now.outcomes())
    assert_table(report, "R1.11", promises(now))


def _assert_summary(
    report: Report, now: NaivePeriod, previous: NaivePeriod, last_year: NaivePeriod
) -> None:
    counts = {"period": now.summary(), "previous": previous.summary()}
    counts["last_year"] = last_year.summary()
    expected = {
        measure: {
            "period": count,
            "previous": counts["previous"][measure],
            "previous_change": change(count, counts["previous"][measure]),
            "last_year": counts["last_year"][measure],
            "last_year_change": change(count, counts["last_year"][measure]),
        }
        for measure, count in counts["period"].items()
    }
    assert_table(report, "R1.1", expected)


def _named(rows: Rows) -> Rows:
    """Categories as people read them."""
    names = {row.id: row.pl for group in REFERENCE.routing.groups for row in group.categories}
    return {key: {**row, "category": names.get(row["category"])} for key, row in rows.items()}
