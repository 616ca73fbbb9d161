"""The follower: brings the read tables up to the log, page by page, and then waits for more.

A page is folded in memory and written in one transaction together with the new position, which
moves only from where this follower believes it to be. So several may run at once: one of them
wins each page, and what another one has read is dropped.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from sqlite3 import OperationalError as SqliteAway
from typing import Final
from uuid import uuid4

import structlog
from eventsourcing.persistence import PersistenceError
from psycopg import OperationalError as PostgresAway
from sqlalchemy import Connection, select, update
from sqlalchemy.exc import OperationalError

from domain.labels import Labels
from projections.batch import Batch, Projection
from projections.catalogue import projections
from projections.log_watch import LogWatch, watch_log
from projections.tables import positions
from runtime.collector import collector_at_rest
from runtime.database import insert_new
from runtime.event_log import PAGE, Entry
from runtime.read_side import Generation, ReadSide
from runtime.settings import Settings
from runtime.store import Store

ALL: Final = "all"
"""The name under which the position of all projections stands: they move together."""

_PAUSE_SECONDS = 1.0
_AWAY = (OperationalError, PersistenceError, PostgresAway, SqliteAway)

log = structlog.get_logger()


class Follower:
    """Follows the log into one generation; `live` is asked for it before each page."""

    def __init__(
        self,
        store: Store,
        generation: Callable[[], Generation],
        kept: Iterable[Projection],
        *,
        page: int = PAGE,
    ) -> None:
        self._store = store
        self._generation = generation
        self._kept = tuple(kept)
        self._page = page
        self._into: Generation | None = None
        self._built = ""
        self._batch = Batch(self._kept)
        self.position = 0
        """Up to where the tables hold the log, as far as this follower knows."""

    def step(self, until: int | None = None) -> bool:
        """Project the next page, up to a position. False when there was nothing left to do."""
        generation = self._generation()
        if generation is not self._into:
            self._begin_anew(generation)
        with collector_at_rest():
            page = self._store.births.read(self.position, self._page, until)
            if page:
                self._project(generation, page)
        return bool(page)

    def catch_up(self, until: int | None = None) -> None:
        while self.step(until):
            pass

    def _project(self, generation: Generation, page: Sequence[Entry]) -> None:
        decode = self._store.decoded
        events = [(entry.position, entry.topic, decode(entry)) for entry in page]
        last = page[-1].position
        try:
            with generation.write() as connection:
                won = self._move(connection, last)
                if won:
                    self._batch.fold(connection, events)
        except BaseException:
            self._into = None  # the memory may be ahead of the tables
            raise
        if won:
            self.position = last
        else:
            self._into = None

    def _move(self, connection: Connection, new: int) -> bool:
        """Move the position, unless it is no longer where this follower knows it to be."""
        columns = positions.c
        expected = (columns.position == self.position) & (columns.built == self._built)
        moved = connection.execute(
            update(positions).where(columns.name == ALL, expected).values(position=new)
        )
        return moved.rowcount == 1

    def _begin_anew(self, generation: Generation) -> None:
        with generation.write() as connection:
            first = insert_new(connection, positions)
            connection.execute(first.values(name=ALL, position=0, built=uuid4().hex))
            row = connection.execute(select(positions).where(positions.c.name == ALL)).one()
        self.position, self._built = row.position, row.built
        self._batch = Batch(self._kept)
        self._into = generation


class LiveFollower:
    """Runs until it is stopped, also while a database is away."""

    def __init__(
        self, settings: Settings, store: Store, read_side: ReadSide, labels: Labels
    ) -> None:
        self._settings = settings
        self._store = store
        self._follower = Follower(store, read_side.live, projections(labels))
        self._stop = threading.Event()

    @property
    def position(self) -> int:
        return self._follower.position

    def stop(self) -> None:
        self._stop.set()

    def run(self) -> None:
        while not self._stop.is_set():
            try:
                self._follow(watch_log(self._settings, self._store))
            except _AWAY as reason:
                log.warning(
                    "follower waits for the database", reason=str(reason).partition("\n")[0]
                )
                self._stop.wait(_PAUSE_SECONDS)

    def _follow(self, watch: LogWatch) -> None:
        try:
            while not self._stop.is_set():
                if not self._follower.step():
                    watch.wait(self._stop)
        finally:
            watch.close()


def wait_for(read_side: ReadSide, wanted: int, timeout: float, *, poll: float = 0.01) -> bool:
    """Whether the tables came to hold the log up to this position in time; False is "not yet"."""
    give_up = time.monotonic() + timeout
    while True:
        with read_side.reader().connect() as connection:
            if position(connection) >= wanted:
                return True
        if time.monotonic() >= give_up:
            return False
        time.sleep(poll)


def position(connection: Connection) -> int:
    """Up to where the read tables hold the log."""
    found = connection.scalar(select(positions.c.position).where(positions.c.name == ALL))
    return found or 0
