"""`ks report`: reads what was asked for, renders the report and puts it where it belongs."""

import os
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

from domain.filings.rules import known_in_part
from domain.working_days import WARSAW
from projections.reports.document import Report
from projections.reports.fold import Known, known_at
from projections.reports.parameters import Parameters
from projections.reports.periods import Period
from projections.reports.r1 import r1
from projections.reports.view import Filters
from projections.reports.writers import as_csv, as_json, as_terminal
from runtime.clock import SystemClock
from runtime.imports import known_imports
from runtime.mendable import Mendable
from runtime.reference_data import ReferenceData, load_reference_data
from runtime.settings import Settings
from runtime.store import Store

REPORTS: Final[Mapping[str, Callable[[Parameters, Known, ReferenceData], Report]]] = {"R1": r1}

FORMATS: Final = ("table", "csv", "json")


class WrongReport(Mendable):
    """A report cannot be made as asked for; the message names the option."""


@dataclass(frozen=True)
class Wanted:
    """The command line as it was typed; None where an option was left out."""

    report: str
    first: str
    to: str
    as_of: str | None = None
    format: str = "table"
    out: Path | None = None
    filters: Filters = field(default_factory=Filters)


def run(
    settings: Settings,
    wanted: Wanted,
    show: Callable[[str], object],
    warn: Callable[[str], object],
) -> None:
    """Render and show, or write the files. Nothing is read before the options make sense.

    Who asks is warned of an import of which the report knows only a part.
    """
    now = SystemClock(settings.clock_shift).now()
    reference = load_reference_data(settings.tables)
    parameters = parameters_of(wanted, now, reference)
    with closing(Store(settings)) as store:
        report = rendered(wanted.report, parameters, store, reference)
        as_of = parameters.as_of
        for half in known_in_part(known_imports(store), as_of, store.position_at(as_of)):
            warn(f"{half.name}: only a part of it is in the report; see `ks imports`.")
    files = files_of(report, wanted.format)
    if wanted.out is None:
        show("".join(files.values()))
    else:
        for name, text in files.items():
            write(wanted.out / name, text)
        show("".join(f"{wanted.out / name}\n" for name in files))


def rendered(report: str, parameters: Parameters, store: Store, reference: ReferenceData) -> Report:
    """The report by what the log told at the moment of the parameters."""
    return REPORTS[report](parameters, known_at(store, parameters.as_of), reference)


def files_of(report: Report, format: str) -> dict[str, str]:
    match format:
        case "csv":
            return as_csv(report)
        case "json":
            return {f"{report.id}.json": as_json(report)}
        case _:
            return {f"{report.id}.txt": as_terminal(report)}


def parameters_of(wanted: Wanted, now: datetime, reference: ReferenceData) -> Parameters:
    if wanted.report not in REPORTS:
        raise WrongReport(f"REPORT: {wanted.report} is not known; there is {', '.join(REPORTS)}.")
    if wanted.format not in FORMATS:
        raise WrongReport(f"--format: {wanted.format} is not one of {', '.join(FORMATS)}.")
    if wanted.format == "csv" and wanted.out is None:
        raise WrongReport("--out: csv is a file for each table; name the directory they go to.")
    first, to = _day("--from", wanted.first), _day("--to", wanted.to)
    if to <= first:
        raise WrongReport(
            f"--to: {to} is not after --from {first}; it is the first day after the period."
        )
    as_of = _moment(wanted.as_of) if wanted.as_of else now
    if as_of > now:
        raise WrongReport(f"--as-of: {wanted.as_of} has not come yet.")
    _known(wanted.filters, reference)
    return Parameters(Period(first, to), as_of, wanted.filters)


def _known(filters: Filters, reference: ReferenceData) -> None:
    """A misspelt code would give a report of nothing, which looks like one in which all is well."""
    routing = reference.routing
    codes = {
        "district": {row.id for row in routing.districts},
        "unit": {row.id for row in routing.units},
        "group": {row.id for row in routing.groups},
        "channel": set(reference.labels.channels),
    }
    for name, value in filters.given().items():
        if value not in codes[name]:
            raise WrongReport(f"--{name}: {value} is not in the tables of data.")


def _day(option: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise WrongReport(f"{option}: {text} is not a day; write it as 2026-10-01.") from None
    if not 2000 <= day.year < 2200:  # the calendar of days off and the year before must exist
        raise WrongReport(f"{option}: the year of {text} is not between 2000 and 2199.")
    return day


def _moment(text: str) -> datetime:
    """A moment without an offset is what clocks in Warsaw show."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise WrongReport(
            f"--as-of: {text} is not a moment; write it as 2026-11-05T12:00."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=WARSAW)


def write(path: Path, text: str) -> None:
    """The whole file or none: a report that is half there would be believed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(text.encode())
    os.replace(draft, path)
