"""How fast the follower catches up, beside its floor: the same log only decoded, and the same
rows only written, page by page."""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection
from sqlalchemy import Table as SqlTable

from domain.labels import Labels
from projections.catalogue import projections
from projections.follower import Follower
from projections.rows import Row, upsert
from projections.tables import TABLES
from runtime.collector import collector_at_rest
from runtime.event_log import PAGE
from runtime.read_side import Generation, ReadSide
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.store import Store
from tests.builders import Case
from tests.databases import PostgresServer, PostgresUnavailable

ROUNDS = 5
EVENTS = 100_000
OPEN_AT_ONCE = 200
"""Cases whose events stand mixed in the log."""
START = datetime(2026, 10, 5, 10, 20, tzinfo=ZoneInfo("Europe/Warsaw"))


Written = tuple[SqlTable, list[Row]]


@dataclass(frozen=True)
class Result:
    """Events a second, median of the rounds."""

    database: str
    events: int
    rows: int
    follower: float
    floor: float
    decoding: float
    cpu: float
    floor_cpu: float
    """Microseconds of this process for an event: of the follower, of the floor."""

    @property
    def ratio(self) -> float:
        return self.follower / self.floor


def run(events: int = EVENTS, rounds: int = ROUNDS) -> list[Result]:
    """Measure on SQLite and, where there is a server, on PostgreSQL."""
    results = []
    with tempfile.TemporaryDirectory(prefix="ks-bench-") as directory:
        results.append(_measure("SQLite", Settings(var=Path(directory)), events, rounds))
    try:
        server = PostgresServer.start(durable=True)
    except PostgresUnavailable:
        return results
    try:
        settings = Settings(database_url=server.create_database())
        results.append(_measure("PostgreSQL", settings, events, rounds))
    finally:
        server.stop()
    return results


def _measure(database: str, settings: Settings, events: int, rounds: int) -> Result:
    store, labels = Store(settings), load_reference_data().labels
    read_side = ReadSide(settings, TABLES)
    _fill(store, events)
    total = store.position()
    pages = _pages_of(store, read_side, labels)
    follower, floor, decoding = [], [], []
    for _ in range(rounds):
        with _generation(read_side) as fresh:
            follower.append(_timed(_follower(store, fresh, labels).catch_up))
        with _generation(read_side) as fresh:
            floor.append(_timed(partial(_floor, store, fresh, pages)))
        decoding.append(_timed(partial(_floor, store, None, pages)))
    read_side.close()
    store.close()
    return Result(
        database=database,
        events=total,
        rows=sum(len(rows) for page in pages for _, rows in page),
        follower=total / _median(follower, 0),
        floor=total / _median(floor, 0),
        decoding=total / _median(decoding, 0),
        cpu=_median(follower, 1) / total * 1e6,
        floor_cpu=_median(floor, 1) / total * 1e6,
    )


def _median(timed: list[tuple[float, float]], which: int) -> float:
    return statistics.median(each[which] for each in timed)


def _fill(store: Store, events: int) -> None:
    """Whole cases of 26 events, some hundred of them going on at the same time."""
    book, numbers, written = load_reference_data(), count(1), 0
    while written < events:
        some = [
            Case(next(numbers), START, book=book, pace=timedelta(minutes=47)).whole_way()
            for _ in range(OPEN_AT_ONCE)
        ]
        mixed = [event for step in zip(*(c.events for c in some), strict=True) for event in step]
        mixed = mixed[: events - written]
        store.recorder.insert_events([store.mapper.to_stored_event(e) for e in mixed])
        written += len(mixed)


def _follower(store: Store, fresh: Generation, labels: Labels) -> Follower:
    return Follower(store, lambda: fresh, projections(labels))


def _pages_of(store: Store, read_side: ReadSide, labels: Labels) -> list[list[Written]]:
    """What the follower writes with each page, copied before it changes again."""
    pages: list[list[Written]] = []

    def note(connection: Connection, table: SqlTable, rows: Iterable[Row]) -> None:
        kept = [dict(row) for row in rows]
        pages[-1].append((table, kept))
        upsert(connection, table, kept)

    with _generation(read_side) as fresh, mock.patch("projections.rows.upsert", note):
        follower = _follower(store, fresh, labels)
        pages.append([])
        while follower.step():
            pages.append([])
    return pages


def _floor(store: Store, fresh: Generation | None, pages: list[list[Written]]) -> None:
    """Decode page by page, and write the rows of each page, ready as they are."""
    position = 0
    for ready in pages:
        with collector_at_rest():
            page = store.births.read(position, PAGE)
            if not page:
                return
            _ = [(entry.position, entry.topic, store.decoded(entry)) for entry in page]
            position = page[-1].position
            if fresh is not None:
                with fresh.write() as connection:
                    for table, rows in ready:
                        upsert(connection, table, rows)


@contextmanager
def _generation(read_side: ReadSide) -> Iterator[Generation]:
    fresh = read_side.begin_rebuild("bench")
    try:
        yield fresh
    finally:
        read_side.drop(fresh)


def _timed(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds by the clock, and of this process."""
    clock, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - cpu


def table_of(results: list[Result]) -> Table:
    table = Table(title="Follower in catch-up (events a second)")
    table.add_column("database")
    for name in ("events", "rows", "follower", "floor", "ratio", "decoding", "CPU µs, of floor"):
        table.add_column(name, justify="right")
    for r in results:
        counts = f"{r.events:,}", f"{r.rows:,}"
        rates = f"{r.follower:,.0f}", f"{r.floor:,.0f}", f"{r.ratio:.2f}", f"{r.decoding:,.0f}"
        table.add_row(r.database, *counts, *rates, f"{r.cpu:.1f}, {r.floor_cpu:.1f}")
    return table


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args()
    Console().print(table_of(run(chosen.events, chosen.rounds)))
