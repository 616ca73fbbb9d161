"""R1 from a log of some size, beside its floor: reading once the events that it counts with."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import date, datetime, timedelta
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from eventsourcing.persistence import StoredEvent

from benchmarks.measure import Figure
from benchmarks.sizes import Size
from domain.interventions import events
from projections.reports.command import FORMATS, files_of, rendered
from projections.reports.fold import HANDLERS
from projections.reports.parameters import Parameters
from projections.reports.periods import Period
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.store import Store
from tests.builders import Case

ROUNDS: Final = 3
LARGE: Final = 100_000
"""From so many interventions on, one round is enough: it takes minutes, and shows the same."""
PATTERNS: Final = 365
"""Cases that are played, one a day; the log holds as many copies of each as it takes."""
WRITTEN_AT_ONCE: Final = 10_000
START: Final = datetime(2026, 1, 2, 10, 20, tzinfo=ZoneInfo("Europe/Warsaw"))
NOVEMBER: Final = Period(date(2026, 11, 1), date(2026, 12, 1))
LATER: Final = datetime(2027, 6, 1, tzinfo=ZoneInfo("Europe/Warsaw"))
DATA: Final = load_reference_data()


class Spent(NamedTuple):
    """Seconds by the clock, and the most memory of the process, in MB, over what it had before."""

    seconds: float
    memory: float


async def run(size: Size) -> list[Figure]:
    """R1 with all its renderings, from logs of several sizes"""
    return [figure for number in size.reported for figure in _measured(number)]


def _measured(interventions: int) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="ks-bench-") as directory:
        with closing(_store(directory)) as store:
            _fill(store, interventions)
        rounds = ROUNDS if interventions < LARGE else 1
        found = [(_spent(_read, directory), _spent(_report, directory)) for _ in range(rounds)]
    floor, product = (statistics.median(e.seconds for e in each) for each in _sides(found))
    low, high = (max(e.memory for e in each) for each in _sides(found))
    name = f"R1 of a month, {interventions:,} interventions in the log"
    ratio = statistics.median(report.seconds / read.seconds for read, report in found)
    return [
        Figure(name, f"{product:.1f} s", f"{floor:.1f} s", ratio),
        Figure(
            f"its memory, {high / interventions * 1e3:.1f} kB a case",
            f"{high:,.0f} MB",
            f"{low:,.0f} MB",
        ),
    ]


def _sides(found: list[tuple[Spent, Spent]]) -> Iterator[tuple[Spent, ...]]:
    """Of the floor, and of the product."""
    return zip(*found, strict=True)


def _store(directory: str) -> Store:
    return Store(Settings(var=Path(directory)))


def _spent(work: Callable[[Store], object], directory: str) -> Spent:
    """In a process of its own, whose memory nothing else has grown."""
    with ProcessPoolExecutor(1, get_context("spawn")) as processes:
        return processes.submit(_here, work, directory).result()


def _here(work: Callable[[Store], object], directory: str) -> Spent:
    with closing(_store(directory)) as store:
        before, began = _most_memory(), time.perf_counter()
        work(store)
        return Spent(time.perf_counter() - began, _most_memory() - before)


def _most_memory() -> float:
    """Of this program; what `getrusage` counts begins with that of its parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _report(store: Store) -> None:
    """As `ks report` does it: which position, then the rows, the tables, and every format."""
    report = rendered("R1", Parameters(NOVEMBER, LATER), store, DATA)
    received = report.table("R1.1").column("period")["received"]
    assert received, "the period has cases"
    for format in FORMATS:
        files_of(report, format)


def _read(store: Store) -> None:
    """The events that R1 counts with, read and decoded, and nothing made of them."""
    for page in store.pages(topics=(events.Registered.TOPIC, *HANDLERS)):
        for entry in page:
            store.decoded(entry)


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
    """The same in a case of another number. The ids of copies follow one another, so that the
    database writes them side by side."""
    prefix, year, number = reference.split("-")
    other = f"{prefix}-{year}-{int(number) + copy * 1_000:06d}"
    id: Any = event.originator_id
    return StoredEvent(
        originator_id=UUID(int=id.int + copy),
        originator_version=event.originator_version,
        topic=event.topic,
        state=event.state.replace(reference.encode(), other.encode()),
    )
