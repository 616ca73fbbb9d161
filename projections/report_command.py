"""`ks report`: the command line of the reports."""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from runtime.terminal import errors, read_settings


def report(
    report: Annotated[str, typer.Argument(metavar="REPORT", help="`R1`: interventions.")],
    first: Annotated[str, typer.Option("--from", help="The first day: `2026-10-01`.")],
    to: Annotated[str, typer.Option("--to", help="The first day after the period.")],
    as_of: Annotated[str | None, typer.Option(help="What was known then.")] = None,
    format: Annotated[str, typer.Option(help="`table`, `csv` or `json`.")] = "table",
    out: Annotated[Path | None, typer.Option(help="Directory to write files to.")] = None,
    district: str | None = None,
    unit: str | None = None,
    group: str | None = None,
    channel: str | None = None,
) -> None:
    """Make a report from the log, as it was at a moment; the same moment gives the same bytes."""
    from projections.reports.command import Wanted, run
    from projections.reports.view import Filters

    filters = Filters(district, unit, group, channel)
    wanted = Wanted(report, first, to, as_of, format, out, filters)
    run(read_settings(quiet=True), wanted, sys.stdout.write, partial(errors.print, highlight=False))
