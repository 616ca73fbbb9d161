"""What a report is asked for, and how it says so itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain.report_texts import OneReport
from domain.working_days import WARSAW
from projections.reports.document import About
from projections.reports.periods import Period
from projections.reports.view import Filters


@dataclass(frozen=True)
class Parameters:
    period: Period
    as_of: datetime
    """Up to which moment the report may know."""
    filters: Filters = field(default_factory=Filters)


def about(
    parameters: Parameters, position: int, texts: OneReport, names: Mapping[str, str]
) -> tuple[About, ...]:
    """The parameters as each rendering shows them; moments as clocks in Warsaw showed them."""
    period = parameters.period
    values: dict[str, str | int] = {
        "report": texts.title,
        "basis": texts.basis,
        "from": period.first.isoformat(),
        "to": period.to.isoformat(),
        "previous": _shown(period.previous),
        "last_year": _shown(period.last_year),
        "as_of": parameters.as_of.astimezone(WARSAW).isoformat(),
        "position": position,
        **parameters.filters.given(),
    }
    return tuple(About(key, names.get(key, key), value) for key, value in values.items())


def _shown(period: Period) -> str:
    return f"{period.first.isoformat()}/{period.to.isoformat()}"
