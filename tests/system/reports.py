"""R1 of what happened in a story, as it was known at a moment of it."""

from datetime import date
from typing import Any

from projections.reports.command import rendered
from projections.reports.document import Report
from projections.reports.parameters import Parameters
from projections.reports.periods import Period
from runtime.reference_data import load_reference_data
from tests.system.conftest import city_moment
from tests.system.office import Office


def r1(office: Office, first: str, to: str, as_of: str) -> Report:
    """Of the days from `first` to the day before `to`."""
    period = Period(date.fromisoformat(first), date.fromisoformat(to))
    parameters = Parameters(period, city_moment(as_of))
    return rendered("R1", parameters, office.store, load_reference_data())


def counts(report: Report) -> dict[str, Any]:
    """The measures of the period (R1.1) that are not zero."""
    return {name: cell for name, cell in report.table("R1.1").column("period").items() if cell}


def row_of(report: Report, table: str, key: str, first: str) -> dict[str, Any]:
    """What is not zero or empty in a row, from a column on."""
    found = report.table(table)
    columns = found.columns[found.columns.index(first) :]
    cells = {name: found.column(name)[key] for name in columns}
    return {name: cell for name, cell in cells.items() if cell}
