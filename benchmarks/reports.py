"""R1 from a log of some size, beside its floor: reading once the events that it counts with."""

import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import uuid5
from zoneinfo import ZoneInfo

from eventsourcing.persistence import StoredEvent

from benchmarks.measure import Figure
from benchmarks.sizes import Size
from domain.interventions import events
from projections.reports.command import FORMATS, files_of, rendered
from projections.reports.fold import HANDLERS, PAGE
from projections.reports.parameters import Parameters
from projections.reports.periods import Period
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.store import Store
from tests.builders import Case

ROUNDS: Final = 3
PATTERNS: Final = 365
"""Cases that are played, one a day; the log holds as many copies of each as it takes."""
WRITTEN_AT_ONCE: Final = 10_000
START: Final = datetime(2026, 1, 2, 10, 20, tzinfo=ZoneInfo("Europe/Warsaw"))
NOVEMBER: Final = Period(date(2026, 11, 1), date(2026, 12, 1))
LATER: Final = datetime(2027, 6, 1, tzinfo=ZoneInfo("Europe/Warsaw"))
DATA: Final = load_reference_data()


async def run(size: Size) -> list[Figure]:
    """R1 with all its renderings, from logs of several sizes"""
    return [_measured(number) for number in size.reported]


def _measured(interventions: int) -> Figure:
    with (
        tempfile.TemporaryDirectory(prefix="ks-bench-") as directory,
        closing(Store(Settings(var=Path(directory)))) as store,
    ):
        _fill(store, interventions)
        found = [(_timed(_read, store), _timed(_report, store)) for _ in range(ROUNDS)]
    floor, product = (statistics.median(each) for each in zip(*found, strict=True))
    return Figure(
        f"R1 of a month, {interventions:,} interventions in the log",
        f"{product:.1f} s",
        f"{floor:.1f} s",
        statistics.median(report / read for read, report in found),
    )


def _timed(work: Callable[[Store], object], store: Store) -> float:
    gc.collect()
    began = time.perf_counter()
    work(store)
    return time.perf_counter() - began


def _report(store: Store) -> None:
    """As `ks report` does it: which position, then the rows, the tables, and every format."""
    report = rendered("R1", Parameters(NOVEMBER, LATER), store, DATA)
    received = report.table("R1.1").column("period")["received"]
    assert received, "the period has cases"
    for format in FORMATS:
        files_of(report, format)


def _read(store: Store) -> None:
    """The events that R1 counts with, read and decoded, and nothing made of them."""
    after, topics = 0, (events.Registered.TOPIC, *HANDLERS)
    while page := store.recorder.select_notifications(
        after, PAGE, topics=topics, inclusive_of_start=False
    ):
        for stored in page:
            store.mapper.to_domain_event(stored)
        after = page[-1].id


def _fill(store: Store, interventions: int) -> None:
    log = _log(store, interventions)
    while some := list(islice(log, WRITTEN_AT_ONCE)):
        store.recorder.insert_events(some)


def _log(store: Store, interventions: int) -> Iterator[StoredEvent]:
    """Whole cases over a year, each event followed by its copies in other cases."""
    copies = -(-interventions // PATTERNS)
    for number in range(1, PATTERNS + 1):
        at = START + timedelta(days=number - 1)
        case = Case(number, at, book=DATA, pace=timedelta(hours=9)).whole_way()
        played = [store.mapper.to_stored_event(event) for event in case.events]
        here = max(0, min(copies, interventions - copies * (number - 1)))
        for event in played:
            for copy in range(here):
                yield _copied(event, case.reference, copy)


def _copied(event: StoredEvent, reference: str, copy: int) -> StoredEvent:
    """The same in a case of another number; its ids follow from those of the pattern."""
    prefix, year, number = reference.split("-")
    other = f"{prefix}-{year}-{int(number) + copy * 1_000:06d}"
    id: Any = event.originator_id
    return StoredEvent(
        originator_id=uuid5(id, str(copy)),
        originator_version=event.originator_version,
        topic=event.topic,
        state=event.state.replace(reference.encode(), other.encode()),
    )
