"""Where the read tables live, and how a whole new set of them takes the place of the old one.

A set is called a generation. On PostgreSQL it is a schema, and names are exchanged; on SQLite it
is a file, and a small pointer file says which one is live: a SQLite file must never be renamed
while it is open, as its log would stay behind under the old name.
"""

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, Protocol

from sqlalchemy import Connection, Engine, MetaData
from sqlalchemy.schema import DropSchema

from runtime.database import Target, create_tables, lock_named, read_engine, write_engine
from runtime.settings import Settings

LIVE: Final = "read"
_REPLACED: Final = "read_old"
_FILE: Final = re.compile(r"read-(\d+)\.db")


class Generation:
    """One set of all read tables, with its engines."""

    def __init__(self, target: Target, schema: str, tables: MetaData) -> None:
        self.target = target
        self.schema = schema
        self.writer = write_engine(target, schema=schema)
        self.reader = read_engine(target, schema=schema)
        create_tables(self.writer, tables, schema=schema)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction during which nobody else changes this generation, nor replaces it."""
        with self.writer.begin() as connection:
            if connection.dialect.name == "postgresql":
                lock_named(connection, self.schema)
            yield connection

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()


class _Place(Protocol):
    """What differs between the two databases."""

    def live(self) -> Generation: ...

    def begin(self, purpose: str) -> Generation: ...

    def put_in_place(self, generation: Generation, connection: Connection) -> None: ...

    def drop(self, generation: Generation) -> None: ...

    def drop_old(self) -> None: ...

    def close(self) -> None: ...


class ReadSide:
    """The read tables of one installation. Ask for an engine each time one is used: it is that
    of the generation live at that moment."""

    def __init__(self, settings: Settings, tables: MetaData) -> None:
        self._place: _Place = (
            _Schemas(settings.database_url, tables)
            if settings.database_url
            else _Files(settings.read_directory, tables)
        )

    def live(self) -> Generation:
        return self._place.live()

    def reader(self) -> Engine:
        return self.live().reader

    def writer(self) -> Engine:
        return self.live().writer

    def begin_rebuild(self, purpose: str = "rebuild") -> Generation:
        """An empty generation beside the live one; one for each purpose at a time."""
        return self._place.begin(purpose)

    def swap(self, generation: Generation, last_pages: Callable[[], None]) -> None:
        """Make it the live one. The old one stands still while `last_pages` brings the new one
        up to it, so that no reader sees an older state than before."""
        with self.held() as connection:
            last_pages()
            self._place.put_in_place(generation, connection)

    def held(self) -> AbstractContextManager[Connection]:
        """While this lasts the live generation is neither changed nor replaced."""
        return self.live().write()

    def drop(self, generation: Generation) -> None:
        """Give up a generation that never became the live one."""
        self._place.drop(generation)

    def drop_old(self) -> None:
        """Drop what was replaced; readers may still be in it, so best before the next rebuild."""
        self._place.drop_old()

    def close(self) -> None:
        self._place.close()


class _Schemas:
    """PostgreSQL: `read` is live, `read_old` was replaced, `read_<purpose>` is being filled."""

    def __init__(self, url: str, tables: MetaData) -> None:
        self._url = url
        self._tables = tables
        self._live = Generation(url, LIVE, tables)

    def live(self) -> Generation:
        return self._live  # the same engines find the schema that has the name now

    def begin(self, purpose: str) -> Generation:
        schema = f"{LIVE}_{purpose}"
        self._drop_schema(schema)
        return Generation(self._url, schema, self._tables)

    def put_in_place(self, generation: Generation, connection: Connection) -> None:
        # Renaming takes no locks on tables: it waits for no reader and none waits for it.
        _drop(connection, _REPLACED)
        connection.exec_driver_sql(f"ALTER SCHEMA {LIVE} RENAME TO {_REPLACED}")
        connection.exec_driver_sql(f"ALTER SCHEMA {generation.schema} RENAME TO {LIVE}")
        generation.close()

    def drop(self, generation: Generation) -> None:
        generation.close()
        self._drop_schema(generation.schema)

    def drop_old(self) -> None:
        self._drop_schema(_REPLACED)

    def close(self) -> None:
        self._live.close()

    def _drop_schema(self, schema: str) -> None:
        with self._live.writer.begin() as connection:
            _drop(connection, schema)


def _drop(connection: Connection, schema: str) -> None:
    connection.execute(DropSchema(schema, cascade=True, if_exists=True))


class _Files:
    """SQLite: files `read-<n>.db`, and `live`, which holds the name of one of them."""

    def __init__(self, directory: Path, tables: MetaData) -> None:
        self._directory = directory
        self._tables = tables
        self._pointer = directory / "live"
        self._opened: Generation | None = None
        self._lock = threading.Lock()
        directory.mkdir(parents=True, exist_ok=True)
        if not self._pointer.exists():
            first = Generation(directory / "read-1.db", LIVE, tables)
            first.close()
            self._point_to(directory / "read-1.db")

    def live(self) -> Generation:
        path = self._directory / self._pointer.read_text()
        with self._lock:
            if self._opened is None or self._opened.target != path:
                if self._opened is not None:
                    self._opened.close()
                self._opened = Generation(path, LIVE, self._tables)
            return self._opened

    def begin(self, purpose: str) -> Generation:
        number = max(self._numbers(), default=0)
        while True:
            number += 1
            path = self._directory / f"read-{number}.db"
            try:
                path.touch(exist_ok=False)  # another process may begin at the same moment
            except FileExistsError:
                continue
            return Generation(path, purpose, self._tables)

    def put_in_place(self, generation: Generation, connection: Connection) -> None:
        generation.close()
        assert isinstance(generation.target, Path)
        self._point_to(generation.target)

    def drop(self, generation: Generation) -> None:
        generation.close()
        assert isinstance(generation.target, Path)
        if generation.target.name != self._pointer.read_text():
            _remove(generation.target)

    def drop_old(self) -> None:
        live = _number(self._pointer.read_text())
        for number in self._numbers():
            if number < live:  # a higher one may just be filled by another process
                _remove(self._directory / f"read-{number}.db")

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()

    def _numbers(self) -> list[int]:
        return [_number(p.name) for p in self._directory.iterdir() if _FILE.fullmatch(p.name)]

    def _point_to(self, path: Path) -> None:
        """Replace the pointer at once and for good: readers see the old name or the new one."""
        with NamedTemporaryFile("w", dir=self._directory, prefix=".live-", delete=False) as draft:
            draft.write(path.name)
            draft.flush()
            os.fsync(draft.fileno())
        os.replace(draft.name, self._pointer)
        directory = os.open(self._directory, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)


def _number(name: str) -> int:
    found = _FILE.fullmatch(name)
    assert found is not None, name
    return int(found[1])


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
