"""R1, Sprawozdanie z interwencji mieszkańców (§ 9 pkt 4)."""

from projections.reports.document import Report
from projections.reports.fold import Known
from projections.reports.parameters import Parameters, about
from projections.reports.r1_cases import (
    Sources,
    channels,
    districts,
    kinds,
    outcomes,
    summary,
)
from projections.reports.r1_checks import check_r1
from projections.reports.r1_terms import arrears, causes, forwarding_time, kept_terms
from projections.reports.r1_units import promises, units
from projections.reports.view import PeriodView
from runtime.reference_data import ReferenceData

TABLES = (
    summary, units, kinds, districts, channels, kept_terms, forwarding_time, causes, arrears,
    outcomes, promises,
)  # fmt: skip
"""R1.1 to R1.11."""


def r1(parameters: Parameters, known: Known, reference: ReferenceData) -> Report:
    """The report, which follows from what is given here alone and agrees with itself."""
    texts = reference.report_texts.reports["R1"]
    cases, period = parameters.filters.of(known.cases), parameters.period
    now, previous, last_year = (
        PeriodView(cases, each, parameters.as_of, parameters.filters.unit)
        for each in (period, period.previous, period.last_year)
    )
    sources = Sources(now, previous, last_year, reference, texts)
    tables = tuple(table(sources) for table in TABLES)
    check_r1(tables, now)
    return Report(
        id="R1",
        title=texts.title,
        about=about(parameters, known.position, texts, reference.report_texts.about),
        tables=tables,
    )
