"""`ks routing`: the command line of the tables of routing."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from runtime.terminal import console, read_settings

if TYPE_CHECKING:
    from domain.routing_tables import DecisionTable
    from runtime.reference_data import ReferenceData

routing = typer.Typer(help="Tables by which the unit for a report is proposed.")

DAYS: Final = ["%Y-%m-%d"]


@routing.callback()
def tables_of_routing() -> None:
    """Tables by which the unit for a report is proposed."""


@routing.command(name="try")
def try_table(
    table: Annotated[Path, typer.Argument(metavar="TABLE.yaml", help="As in routing_tables.yaml.")],
    first: Annotated[
        datetime | None, typer.Option("--from", formats=DAYS, help="The first day of the cases.")
    ] = None,
    to: Annotated[
        datetime | None, typer.Option("--to", formats=DAYS, help="The first day after them.")
    ] = None,
    most: Annotated[int, typer.Option(min=0, help="So many of the moved cases are shown.")] = 50,
    out: Annotated[Path | None, typer.Option(help="CSV file for all that would move.")] = None,
) -> None:
    """Show on past cases what a changed table would move; nothing is changed."""
    from projections.routing_page import as_csv, trial_page
    from projections.routing_trial import past_cases, tried
    from runtime.reference_data import load_reference_data
    from runtime.store import Store

    settings = read_settings(quiet=True)
    data = load_reference_data(settings.tables)
    wanted = _table_in(table, data)
    with closing(Store(settings)) as store:
        cases = past_cases(store, first and first.date(), to and to.date())
    trial = tried(wanted, cases, data.routing_tables, data.routing)
    for part in trial_page(wanted, trial, most):
        console.print(part, highlight=False)
    if out is not None:
        out.write_text(as_csv(trial), "utf-8")


def _table_in(path: Path, data: "ReferenceData") -> "DecisionTable":
    """The one table of a file, which fits the other tables; all that is wrong is said at once."""
    from domain.routing_checks import faults_of
    from domain.routing_tables import DecisionTable
    from runtime.reference_data import WrongReferenceData
    from runtime.reference_tables import read_rows

    rows, faults = read_rows(path, DecisionTable)
    if not faults:
        faults = [f"{path}, {fault}" for fault in faults_of(rows, data.routing)]
        faults += [f"{path}, {fault}" for fault in _misplaced(rows, data)]
    if faults:
        raise WrongReferenceData(faults)
    return rows[0]


def _misplaced(rows: "tuple[DecisionTable, ...]", data: "ReferenceData") -> Iterator[str]:
    if len(rows) != 1:
        yield f"{len(rows)} rows: one table is tried at a time"
    for number, table in enumerate(rows, 1):
        if data.routing_tables.has_version(table.version):
            yield f"row {number} ({table.version}): version: another table has it already"
