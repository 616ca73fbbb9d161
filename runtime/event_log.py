"""The log as it stands in the database: plain rows, page by page, in the order of recording.

The library makes an id and a checked object of each row before anybody has looked at it, which
takes as long as reading the event itself. Whoever reads a whole log reads it here.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from re import compile as pattern
from typing import Final, NamedTuple

from eventsourcing.persistence import InterfaceError, OperationalError
from eventsourcing.postgres import PostgresApplicationRecorder
from eventsourcing.sqlite import SQLiteApplicationRecorder
from eventsourcing.utils import retry
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

PAGE: Final = 2_000

_TIMESTAMP: Final = pattern(rb'"timestamp": ?"([^"]+)"')
_BEGINNING: Final = b'{"timestamp":"'
"""Of every state, unless the class of the event has changed its form."""
_DATED: Final = len(_BEGINNING) + len("2026-10-05T08:20:00")
_FURTHEST_OFFSET: Final = timedelta(days=1)
"""More than any clock shows beside UTC."""


class Entry(NamedTuple):
    """An event as it is stored."""

    position: int
    aggregate: str
    """The id of it, as the database spells it."""
    version: int
    topic: str
    state: bytes

    def timestamp(self) -> datetime:
        """When its act was done, without making the event; no other field comes before it."""
        found = _TIMESTAMP.search(self.state)
        assert found is not None  # every event has it
        return datetime.fromisoformat(found[1].decode())


def _early_states(moment: datetime) -> tuple[bytes, bytes]:
    """Between these are beginnings of states that certainly tell of an act before the moment.

    So the database passes over what it need not show; a second more or less does not matter.
    """
    day_before = moment.astimezone(UTC) - _FURTHEST_OFFSET
    return _BEGINNING, _BEGINNING + f"{day_before:%Y-%m-%dT%H:%M:%S}".encode()


class SQLiteLogRecorder(SQLiteApplicationRecorder):
    def read(
        self,
        after: int,
        size: int,
        until: int | None = None,
        topics: Sequence[str] = (),
        since: datetime | None = None,
    ) -> list[Entry]:
        """The next entries after a position, up to and with another one, of these topics only;
        from a moment on, with some that are a day older."""
        asked: list[int | str | bytes] = [after]
        statement = (
            "SELECT rowid, originator_id, originator_version, topic, state "
            f"FROM {self.events_table_name} WHERE rowid > ?"
        )
        if until is not None:
            statement += " AND rowid <= ?"
            asked.append(until)
        if topics:
            statement += f" AND topic IN ({', '.join('?' * len(topics))})"
            asked += topics
        if since is not None:
            statement += f" AND substr(state, 1, {_DATED}) NOT BETWEEN ? AND ?"
            asked += _early_states(since)
        with self.datastore.transaction(commit=False) as c:
            c.sqlite_cursor.row_factory = None
            c.execute(f"{statement} ORDER BY rowid LIMIT ?", [*asked, size])
            return [*map(Entry._make, c.fetchall())]

    def last_before(self, position: int) -> int:
        """The position of the entry before it; 0 when it is the first."""
        with self.datastore.transaction(commit=False) as c:
            c.execute(
                f"SELECT max(rowid) AS last FROM {self.events_table_name} WHERE rowid < ?",
                [position],
            )
            return c.fetchone()["last"] or 0


class PostgresLogRecorder(PostgresApplicationRecorder):
    @retry((InterfaceError, OperationalError), max_attempts=10, wait=0.2)
    def read(
        self,
        after: int,
        size: int,
        until: int | None = None,
        topics: Sequence[str] = (),
        since: datetime | None = None,
    ) -> list[Entry]:
        """The next entries after a position, up to and with another one, of these topics only;
        from a moment on, with some that are a day older."""
        asked: list[int | bytes | list[str]] = [after]
        statement = SQL(
            "SELECT notification_id, originator_id::text, originator_version, topic, state "
            "FROM {} WHERE notification_id > %s"
        ).format(Identifier(self.datastore.schema, self.events_table_name))
        if until is not None:
            statement += SQL(" AND notification_id <= %s")
            asked.append(until)
        if topics:
            statement += SQL(" AND topic = ANY(%s)")
            asked.append([*topics])
        if since is not None:
            statement += SQL(" AND substring(state FOR {}) NOT BETWEEN %s AND %s").format(_DATED)
            asked += _early_states(since)
        statement += SQL(" ORDER BY notification_id LIMIT %s")
        with self.datastore.get_connection() as conn, conn.cursor(row_factory=tuple_row) as c:
            c.execute(statement, [*asked, size], prepare=True)
            return [*map(Entry._make, c.fetchall())]

    @retry((InterfaceError, OperationalError), max_attempts=10, wait=0.2)
    def last_before(self, position: int) -> int:
        """The position of the entry before it; 0 when it is the first."""
        statement = SQL("SELECT max(notification_id) FROM {} WHERE notification_id < %s").format(
            Identifier(self.datastore.schema, self.events_table_name)
        )
        with self.datastore.get_connection() as conn, conn.cursor(row_factory=tuple_row) as c:
            c.execute(statement, [position], prepare=True)
            row = c.fetchone()
            return row[0] or 0 if row else 0
