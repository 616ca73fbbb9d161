"""Waiting for the log to grow, without asking it all the time."""

import sqlite3
import threading
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg.sql import SQL, Identifier

from runtime.settings import Settings
from runtime.store import Store

_POLL_SECONDS = 0.05
_STOP_SECONDS = 0.2
"""How long a wait that cannot be interrupted goes on after a stop."""


class LogWatch(Protocol):
    def wait(self, stop: threading.Event) -> None:
        """Return when events may have been added since this was last called, or on a stop."""

    def close(self) -> None: ...


def watch_log(settings: Settings, store: Store) -> LogWatch:
    if settings.database_url is None:
        return SqliteWatch(settings.events_db)
    channel: str = store.recorder.channel_name  # type: ignore[attr-defined]  # of PostgreSQL
    return PostgresWatch(settings.database_url, channel)


class SqliteWatch:
    """SQLite tells nobody; but its data version tells a connection whether others have written."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._seen: int | None = None

    def wait(self, stop: threading.Event) -> None:
        while self._seen == (version := self._version()):
            if stop.wait(_POLL_SECONDS):
                return
        self._seen = version

    def close(self) -> None:
        self._connection.close()

    def _version(self) -> int:
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return version


class PostgresWatch:
    """Listens to the recorder's notifications; those that came meanwhile are kept by the driver."""

    def __init__(self, url: str, channel: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute(SQL("LISTEN {}").format(Identifier(channel)))
        self._fresh = True

    def wait(self, stop: threading.Event) -> None:
        if self._fresh:  # what was added before we listened
            self._fresh = False
            return
        while not stop.is_set():
            if any(True for _ in self._connection.notifies(timeout=_STOP_SECONDS, stop_after=1)):
                return

    def close(self) -> None:
        self._connection.close()
