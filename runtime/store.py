"""The event store: one application for all aggregates, and the unit of work of a command."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Any, ClassVar, TypeVar, cast
from uuid import UUID

import psycopg
from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import (
    InfrastructureFactory,
    IntegrityError,
    Mapper,
    StoredEvent,
)
from eventsourcing.utils import Environment
from psycopg.conninfo import conninfo_to_dict

from domain.aggregates import Aggregate, Snapshot
from domain.catalogue import AGGREGATES, BORN_BY
from domain.errors import Refusal, Refusals
from domain.references import aggregate_id
from domain.roster.model import ROSTER_ID, Roster
from domain.roster.state import RosterState
from runtime.births import (
    Birth,
    BirthRecorder,
    Born,
    KnownBirth,
    PostgresBirthFactory,
    SQLiteBirthFactory,
)
from runtime.database import make_file
from runtime.event_log import PAGE, Entry
from runtime.mapper import TypedMapper, decoded
from runtime.settings import Settings

A = TypeVar("A", bound=Aggregate)
R = TypeVar("R")

CONFLICTS_BEFORE_GIVING_UP = 50

_MAKING_TABLES = 0x6B73
"""Names the lock of PostgreSQL; any number that nobody else uses."""


class StoreBusy(Exception):
    """Too many others changed the same aggregates at the same time; try again."""


class Store(Application[UUID]):
    """All aggregates of the product, on SQLite or PostgreSQL by one setting."""

    name = "ks"
    aggregates: ClassVar[tuple[type[Aggregate], ...]] = AGGREGATES
    """Naming them here also makes the topic of every event known before the first is read."""
    snapshotting_intervals: ClassVar[dict[Any, int]] = {Roster: 100}
    snapshotting_projectors: ClassVar[dict[Any, Any]] = {}
    snapshot_class = Snapshot

    def __init__(self, settings: Settings) -> None:
        self.is_sqlite = settings.database_url is None
        # One writer at a time in a process: SQLite's own waiting is by polling, and unfair.
        self._writing: AbstractContextManager[Any] = (
            threading.Lock() if self.is_sqlite else nullcontext()
        )
        self._roster: Roster | None = None
        self._roster_lock = threading.Lock()
        with _one_at_a_time(settings):
            super().__init__(_environment(settings))
        self.births = cast(BirthRecorder, self.recorder)

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        return SQLiteBirthFactory(env) if self.is_sqlite else PostgresBirthFactory(env)

    def construct_mapper(self) -> Mapper[UUID]:
        return TypedMapper(self.construct_transcoder())

    def find(self, aggregate: type[A], reference: str) -> A | None:
        """The aggregate as it stands, or None."""
        found: A | None = self.load(aggregate_id(aggregate.TOPIC, reference))
        return found

    def load(self, id: UUID, version: int | None = None) -> Any:
        """The aggregate as it stands, or as it stood at a version; None when there is none."""
        try:
            return self.repository.get(id, version=version, projector_func=project)
        except AggregateNotFoundError:
            return None

    def as_answered(self, aggregate: A, command_id: str) -> A:
        """The aggregate as this command left it, whatever has happened since."""
        version = aggregate.answered(command_id)
        if version is None or version == aggregate.version:
            return aggregate
        return cast(A, self.load(aggregate.id, version))

    def roster(self) -> RosterState:
        """Who is who now; shared, read only, and replaced when the roster has changed."""
        with self._roster_lock:
            version = self._roster.version if self._roster else 0
            if self.recorder.select_events(ROSTER_ID, gt=version, limit=1):
                self._roster = self.load(ROSTER_ID)
            return self._roster.state if self._roster else RosterState()

    def bear(self, birth: Birth) -> Born:
        with self._writing:
            return self.births.bear(birth)

    def rebuild_births(self) -> int:
        """Fill in from the log what is missing of births and counters; how many births it holds.

        The first event of a case carries the client and the key of its registration.
        """
        found = 0
        for page in self.pages(topics=BORN_BY):
            with self._writing:
                self.births.restore_births([self._known_birth(entry) for entry in page])
            found += len(page)
        return found

    def _known_birth(self, entry: Entry) -> KnownBirth:
        event = self.decoded(entry)
        client, _, key = event.idempotency_key.partition(":")
        return KnownBirth(client, key, event.reference, entry.position)

    def first_events(self, aggregate: Aggregate) -> list[StoredEvent]:
        """The pending events of an aggregate, as the recorder takes them."""
        return [self.mapper.to_stored_event(event) for event in aggregate.collect_events()]

    def carry_out(self, work: Callable[["UnitOfWork"], R]) -> R:
        """Do the work on freshly loaded aggregates and save all of them in one transaction.

        When somebody else changed one of them meanwhile, the work is done again from the start.
        So is work that was refused then: it may have seen one aggregate before a change and
        another after it.
        """
        for _ in range(CONFLICTS_BEFORE_GIVING_UP):
            unit = UnitOfWork(self)
            try:
                result = work(unit)
                unit.save()
            except IntegrityError:
                continue
            except (Refusal, Refusals):
                if unit.is_outdated():
                    continue
                raise
            return result
        raise StoreBusy(StoreBusy.__doc__)

    def save_all(self, aggregates: Iterable[Aggregate]) -> dict[UUID, int]:
        """Save the pending events of all in one transaction; the last position of each."""
        with self._writing:
            recordings = self.save(*aggregates)
        return {each.domain_event.originator_id: each.notification.id for each in recordings}

    def pages(
        self,
        until: int | None = None,
        topics: Sequence[str] = (),
        since: datetime | None = None,
        after: int = 0,
    ) -> Iterator[list[Entry]]:
        """The log after a position, up to and with another one, of these topics only; of acts
        from a moment on, with some that are a day older."""
        while page := self.births.read(after, PAGE, until, topics, since):
            yield page
            after = page[-1].position

    def decoded(self, entry: Entry) -> Any:
        """The event of an entry of the log."""
        return decoded(entry.aggregate, entry.version, entry.topic, entry.state)

    def position(self) -> int:
        """The position of the last event in the log."""
        return self.recorder.max_notification_id() or 0

    def position_at(self, moment: datetime) -> int:
        """The position of the last event that had been recorded at a moment.

        The log keeps no time of its own: an event carries the time of its act, taken just before
        it was recorded. As positions only grow, an event counts as recorded when the latest act
        up to it was done. So the answer is the end of the part of the log in which no act is
        later than the moment, and what is appended after a later act never changes it. The
        limits: clocks of machines that differ move it by as much; an act whose clock ran ahead
        hides what follows it until its time has come; and of a moment that is only just past, a
        transaction that began before it may still be recorded.
        """
        end = self.position()
        for page in self.pages(end, since=moment):
            for entry in page:
                if entry.timestamp() > moment:
                    return self.births.last_before(entry.position)
        return end

    def position_of(self, aggregate: Aggregate, version: int) -> int:
        """Where in the log one version of an aggregate stands."""
        return self.births.position_of(aggregate.id, version) or 0


class UnitOfWork:
    """The aggregates that one command touches; all are saved together or none."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._aggregates: dict[UUID, Aggregate] = {}
        self._loaded: dict[UUID, int] = {}
        # Asked for before anything is loaded: what is read is never older than it says.
        self._began_at = store.position()
        self._saved: dict[UUID, int] = {}

    def find(self, aggregate: type[A], reference: str) -> A | None:
        id = aggregate_id(aggregate.TOPIC, reference)
        if id not in self._aggregates:
            found = self.store.load(id)
            if found is None:
                return None
            self._aggregates[id] = found
            self._loaded[id] = found.version
        return cast(A, self._aggregates[id])

    def add(self, aggregate: Aggregate) -> None:
        self._aggregates[aggregate.id] = aggregate

    def save(self) -> None:
        self._saved = self.store.save_all(self._aggregates.values())

    def is_outdated(self) -> bool:
        """Whether somebody has changed an aggregate since it was loaded."""
        newer = self.store.recorder.select_events
        return any(newer(id, gt=version, limit=1) for id, version in self._loaded.items())

    def position_of(self, aggregate: Aggregate) -> int:
        """Where in the log the last event of an aggregate stands; 0 when it is not saved yet."""
        if aggregate is self._aggregates.get(aggregate.id) and aggregate.id in self._saved:
            return self._saved[aggregate.id]
        return self.store.position_of(aggregate, aggregate.version)

    def seen(self, aggregate: Aggregate) -> int:
        """Up to which position of the log this work knows the aggregate for certain."""
        return max(self._saved.values()) if aggregate.id in self._saved else self._began_at


def project(initial: Any | None, events: Iterable[DomainEventProtocol[UUID]]) -> Any | None:
    """Replay events; without the library's protocol checks, which took half of the time."""
    aggregate = initial
    for event in events:
        aggregate = event.mutate(aggregate)  # type: ignore[attr-defined]  # all of ours have it
    return aggregate


@contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    """Processes that start together must not make the same tables and functions together."""
    if settings.database_url is None:
        yield
        return
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        # Held until the connection closes; PostgreSQL refuses a function that two make at once.
        connection.execute("SELECT pg_advisory_lock(%s)", [_MAKING_TABLES])
        yield


def _environment(settings: Settings) -> dict[str, str]:
    if settings.database_url is None:
        make_file(settings.events_db)
        return {"SQLITE_DBNAME": str(settings.events_db), "SQLITE_LOCK_TIMEOUT": "30"}
    parts = conninfo_to_dict(settings.database_url)
    return {
        "POSTGRES_DBNAME": str(parts.get("dbname", "")),
        "POSTGRES_HOST": str(parts.get("host", "127.0.0.1")),
        "POSTGRES_PORT": str(parts.get("port", "5432")),
        "POSTGRES_USER": str(parts.get("user", "")),
        "POSTGRES_PASSWORD": str(parts.get("password", "")),
        "POSTGRES_SCHEMA": "public",
        "POSTGRES_PRE_PING": "y",
    }
