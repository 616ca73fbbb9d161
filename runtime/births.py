"""Births of cases: a reference without gaps, one case for one key, in the event's transaction."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresFactory
from eventsourcing.sqlite import SQLiteFactory
from psycopg.sql import SQL, Identifier
from pydantic import BaseModel

from domain.errors import Refusal
from domain.references import case_ref
from runtime.event_log import Entry, PostgresLogRecorder, SQLiteLogRecorder


class KeyUsedForAnotherRequest(Refusal):
    """This idempotency key was already used for another request."""


@dataclass(frozen=True)
class Birth:
    """A case that is about to be; `first_events` makes its events once the reference is known."""

    client: str
    key: str
    digest: str
    prefix: str
    year: int
    first_events: Callable[[str], Sequence[StoredEvent]]


@dataclass(frozen=True)
class Born:
    reference: str
    position: int
    """Of the first event of the case in the log."""
    repeated: bool


class KnownBirth(NamedTuple):
    """A birth as the log tells it: of the request itself no digest is left."""

    client: str
    key: str
    reference: str
    position: int


def digest_of(message: BaseModel) -> str:
    """What tells a repeated request from another one under the same key."""
    return hashlib.sha256(message.model_dump_json().encode()).hexdigest()


class BirthRecorder(Protocol):
    """What both recorders add to the library's."""

    def bear(self, birth: Birth) -> Born: ...

    def position_of(self, originator_id: Any, version: int) -> int | None: ...

    def restore_births(self, births: Sequence[KnownBirth]) -> None: ...

    def read(
        self,
        after: int,
        size: int,
        until: int | None = None,
        topics: Sequence[str] = (),
        since: datetime | None = None,
    ) -> list[Entry]: ...

    def last_before(self, position: int) -> int: ...


def _repeated(birth: Birth, digest: str | None) -> None:
    # A row restored from the log has no digest: then the key alone decides.
    if digest is not None and digest != birth.digest:
        raise KeyUsedForAnotherRequest(key=birth.key)


class SQLiteBirthRecorder(SQLiteLogRecorder):
    """Joins births and counters to the transaction of `_insert_events`."""

    def construct_create_table_statements(self) -> list[str]:
        return [
            *super().construct_create_table_statements(),
            "CREATE TABLE IF NOT EXISTS counters "
            "(prefix TEXT, year INTEGER, n INTEGER NOT NULL, PRIMARY KEY (prefix, year))",
            "CREATE TABLE IF NOT EXISTS births (client TEXT, key TEXT, digest TEXT, "
            "reference TEXT, position INTEGER, PRIMARY KEY (client, key))",
        ]

    def bear(self, birth: Birth) -> Born:
        with self.datastore.transaction(commit=True) as c:
            # The first statement writes, so the transaction never has to upgrade its lock.
            c.execute(
                "INSERT INTO births (client, key, digest) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (birth.client, birth.key, birth.digest),
            )
            c.execute(
                "SELECT digest, reference, position FROM births WHERE client = ? AND key = ?",
                (birth.client, birth.key),
            )
            known = c.fetchone()
            if known["reference"] is not None:
                _repeated(birth, known["digest"])
                return Born(known["reference"], known["position"], repeated=True)
            c.execute(
                "INSERT INTO counters VALUES (?, ?, 1) "
                "ON CONFLICT (prefix, year) DO UPDATE SET n = n + 1 RETURNING n",
                (birth.prefix, birth.year),
            )
            reference = case_ref(birth.prefix, birth.year, c.fetchone()["n"])
            positions = self._insert_events(c, birth.first_events(reference))
            position = (positions or [0])[-1]
            c.execute(
                "UPDATE births SET reference = ?, position = ? WHERE client = ? AND key = ?",
                (reference, position, birth.client, birth.key),
            )
        return Born(reference, position, repeated=False)

    def position_of(self, originator_id: Any, version: int) -> int | None:
        with self.datastore.transaction(commit=False) as c:
            c.execute(
                f"SELECT rowid FROM {self.events_table_name} "
                "WHERE originator_id = ? AND originator_version = ?",
                (originator_id.hex, version),
            )
            row = c.fetchone()
        return row["rowid"] if row else None

    def restore_births(self, births: Sequence[KnownBirth]) -> None:
        with self.datastore.transaction(commit=True) as c:
            c.executemany(
                "INSERT INTO births (client, key, reference, position) VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO NOTHING",
                births,
            )
            for prefix, year, n in _last_numbers(births):
                c.execute(
                    "INSERT INTO counters VALUES (?, ?, ?) ON CONFLICT (prefix, year) "
                    "DO UPDATE SET n = max(n, excluded.n)",
                    (prefix, year, n),
                )


class PostgresBirthRecorder(PostgresLogRecorder):
    """Joins births and counters to the transaction of `_insert_stored_events`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schema = self.datastore.schema
        self._births = Identifier(schema, "births")
        self._counters = Identifier(schema, "counters")
        self.sql_create_statements += [
            SQL(
                "CREATE TABLE IF NOT EXISTS {} (prefix text, year integer, n integer NOT NULL, "
                "PRIMARY KEY (prefix, year))"
            ).format(self._counters),
            SQL(
                "CREATE TABLE IF NOT EXISTS {} (client text, key text, digest text, "
                "reference text, position bigint, PRIMARY KEY (client, key))"
            ).format(self._births),
        ]

    def bear(self, birth: Birth) -> Born:
        with self.datastore.get_connection() as conn, conn.transaction(), conn.cursor() as c:
            # Waits for whoever is just using the same key, and then sees the outcome.
            c.execute(
                SQL(
                    "INSERT INTO {} (client, key, digest) VALUES (%s, %s, %s) "
                    "ON CONFLICT DO NOTHING"
                ).format(self._births),
                (birth.client, birth.key, birth.digest),
            )
            if c.rowcount == 0:
                return self._known(c, birth)
            c.execute(
                SQL(
                    "INSERT INTO {0} AS counter VALUES (%s, %s, 1) ON CONFLICT (prefix, year) "
                    "DO UPDATE SET n = counter.n + 1 RETURNING n"
                ).format(self._counters),
                (birth.prefix, birth.year),
            )
            number = c.fetchone()
            assert number is not None
            reference = case_ref(birth.prefix, birth.year, number["n"])
            events = birth.first_events(reference)
            self._insert_stored_events(c, events)
            position = (self._fetch_ids_after_insert_events(c, events) or [0])[-1]
            c.execute(
                SQL(
                    "UPDATE {} SET reference = %s, position = %s WHERE client = %s AND key = %s"
                ).format(self._births),
                (reference, position, birth.client, birth.key),
            )
        return Born(reference, position, repeated=False)

    def _known(self, c: Any, birth: Birth) -> Born:
        c.execute(
            SQL("SELECT digest, reference, position FROM {} WHERE client = %s AND key = %s").format(
                self._births
            ),
            (birth.client, birth.key),
        )
        known = c.fetchone()
        _repeated(birth, known["digest"])
        return Born(known["reference"], known["position"], repeated=True)

    def position_of(self, originator_id: Any, version: int) -> int | None:
        with self.datastore.get_connection() as conn, conn.cursor() as c:
            c.execute(
                SQL(
                    "SELECT notification_id FROM {} "
                    "WHERE originator_id = %s AND originator_version = %s"
                ).format(Identifier(self.datastore.schema, self.events_table_name)),
                (originator_id, version),
                prepare=True,
            )
            row = c.fetchone()
        return row["notification_id"] if row else None

    def restore_births(self, births: Sequence[KnownBirth]) -> None:
        with self.datastore.get_connection() as conn, conn.transaction(), conn.cursor() as c:
            c.executemany(
                SQL(
                    "INSERT INTO {} (client, key, reference, position) VALUES (%s, %s, %s, %s) "
                    "ON CONFLICT DO NOTHING"
                ).format(self._births),
                births,
            )
            for prefix, year, n in _last_numbers(births):
                c.execute(
                    SQL(
                        "INSERT INTO {0} AS counter VALUES (%s, %s, %s) "
                        "ON CONFLICT (prefix, year) "
                        "DO UPDATE SET n = greatest(counter.n, excluded.n)"
                    ).format(self._counters),
                    (prefix, year, n),
                )


def _last_numbers(births: Sequence[KnownBirth]) -> list[tuple[str, int, int]]:
    last: dict[tuple[str, int], int] = {}
    for birth in births:
        prefix, year, number = birth.reference.split("-")
        key = (prefix, int(year))
        last[key] = max(last.get(key, 0), int(number))
    return [(prefix, year, n) for (prefix, year), n in last.items()]


class SQLiteBirthFactory(SQLiteFactory):
    application_recorder_class = SQLiteBirthRecorder


class PostgresBirthFactory(PostgresFactory):
    application_recorder_class = PostgresBirthRecorder
