"""A year of the Department: every number of every R1 a second time, and each moment as it was.

`make year` plays 20,000 interventions; a test run plays a slice of them.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.aggregates import Aggregate
from domain.filings.rules import next_month
from domain.working_days import WARSAW
from projections.reports.document import Report
from projections.reports.fold import Known, fold, known_at
from projections.reports.parameters import Parameters
from projections.reports.periods import Period
from projections.reports.r1 import r1
from projections.reports.writers import as_csv, as_json, as_terminal
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.store import Store
from tests.projections.comparing import assert_month
from tests.projections.naive_r1 import Naive
from tests.projections.random_log import random_log

FULL, SLICE = 20_000, 240
BEGIN = datetime(2026, 1, 2, 7, 0, tzinfo=WARSAW)
YEAR = timedelta(days=363)
UNTIL = datetime(2027, 2, 1, tzinfo=WARSAW)
LATER = datetime(2027, 3, 1, tzinfo=WARSAW)
MONTHS = [date(2026, month, 1) for month in range(1, 13)]
MOMENTS = [datetime(2026, month, 5, 6, 14, tzinfo=WARSAW) for month in (4, 8, 12)]
REFERENCE = load_reference_data()
CATEGORIES = [row.id for group in REFERENCE.routing.groups for row in group.categories]
DISTRICTS = [*(row.id for row in REFERENCE.routing.districts), None]
AT_ONCE = 5_000


class Recorder:
    """Saves events many at a time, and looks up when the log has come to certain moments."""

    def __init__(
        self, store: Store, moments: Iterable[datetime], look: Callable[[datetime], object]
    ) -> None:
        self._store = store
        self._moments = list(moments)
        self._look = look
        self._waiting: list[Any] = []

    def save_all(self, aggregates: Iterable[Aggregate]) -> None:
        for aggregate in aggregates:
            event: Any
            for event in aggregate.collect_events():
                while self._moments and event.timestamp > self._moments[0]:
                    self.flush()
                    self._look(self._moments.pop(0))
                self._waiting.append(event)
        if len(self._waiting) > AT_ONCE:
            self.flush()

    def flush(self) -> None:
        mapper = self._store.mapper
        self._store.recorder.insert_events([mapper.to_stored_event(e) for e in self._waiting])
        self._waiting.clear()


class Simulated:
    """The log of the year, and the reports as they were made in its course."""

    def __init__(self, store: Store, cases: int, seed: int) -> None:
        self.store = store
        self.made: dict[datetime, list[str]] = {}
        recorder = Recorder(store, MOMENTS, self._note)
        random_log(
            recorder,
            seed,
            cases=cases,
            begin=BEGIN,
            span=YEAR,
            until=UNTIL,
            categories=CATEGORIES,
            districts=DISTRICTS,
        )
        recorder.flush()

    def as_of(self, moment: datetime) -> list[str]:
        """R1 of the month before, as bytes."""
        known = known_at(self.store, moment)
        first = date(moment.year, moment.month - 1, 1)
        return rendered(report_of(known, first, moment))

    def _note(self, moment: datetime) -> None:
        self.made[moment] = self.as_of(moment)


def report_of(known: Known, first: date, as_of: datetime) -> Report:
    return r1(Parameters(Period(first, next_month(first)), as_of), known, REFERENCE)


def rendered(report: Report) -> list[str]:
    return [as_json(report), as_terminal(report), *as_csv(report).values()]


@pytest.fixture(scope="module")
def year(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Simulated]:
    cases = FULL if request.config.getoption("--full") else SLICE
    seed = request.config.getoption("--seed")
    with closing(Store(Settings(var=tmp_path_factory.mktemp("year")))) as store:
        yield Simulated(store, cases, seed)


def test_every_number_of_every_month_equals_that_of_a_second_computation(year: Simulated) -> None:
    known = known_at(year.store, LATER)
    naive = Naive(year.store, LATER)
    for first in MONTHS:
        before = (first - timedelta(days=1)).replace(day=1)
        assert_month(report_of(known, first, LATER), naive, before, first, next_month(first))


def test_a_past_moment_gives_the_bytes_that_it_gave_then(year: Simulated) -> None:
    assert list(year.made) == MOMENTS
    for moment, then in year.made.items():
        assert year.as_of(moment) == then


def test_nothing_is_missing_in_the_year(year: Simulated) -> None:
    """A year without late units or returns would prove little."""
    known = fold(year.store, year.store.position())
    whole = Parameters(Period(date(2026, 1, 1), date(2027, 1, 1)), LATER)
    report = r1(whole, known, REFERENCE)
    summary, units = report.table("R1.1").column("period"), report.table("R1.2")
    assert all(summary[key] for key in ("received", "answered", "closed", "open", "overdue"))
    total = {name: units.column(name)["total"] for name in units.columns}
    for name in ("late", "overdue", "misrouted", "insufficient", "escalations"):
        assert total[name], name
    assert report.table("R1.8").column("cases")["unit"]
    assert report.table("R1.11").column("made")["total"]
