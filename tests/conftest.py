"""What every test may use: an installation of its own, on SQLite and on PostgreSQL."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runtime.settings import Settings
from runtime.store import Store
from tests import sizes
from tests.databases import Database, NewDatabase, PostgresServer, PostgresUnavailable, new_sqlite
from tests.installation import settings_of

# No test module itself, but what it asserts has to show what it found.
pytest.register_assert_rewrite("tests.projections.comparing")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--full", action="store_true", help="chaos tests and random walks in full size"
    )
    parser.addoption(
        "--keep-histories", action="store_true", help="write tests/histories anew from the stories"
    )
    parser.addoption("--seed", type=int, default=2026, help="seed of the chaos tests")


def pytest_configure(config: pytest.Config) -> None:
    """Before tests are collected: a property is decorated with the number of its examples."""
    sizes.FULL = bool(config.getoption("--full"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The session's server. KS_REQUIRE_POSTGRES=1 (CI) makes it a failure not to have one."""
    try:
        server = PostgresServer.start()
    except PostgresUnavailable as reason:
        if os.environ.get("KS_REQUIRE_POSTGRES"):
            raise
        pytest.skip(f"no PostgreSQL: {reason}")
    yield server
    server.stop()


BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database; a test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        yield Database("sqlite", f"sqlite:///{tmp_path / 'var'}")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.new_database() as database:
        yield database


@pytest.fixture(params=BOTH)
def new_database(request: pytest.FixtureRequest) -> NewDatabase:
    """As many empty databases as a property has examples, on both kinds."""
    if request.param == "sqlite":
        return new_sqlite
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return settings_of(tmp_path / "var", database.url)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with closing(Store(settings)) as opened:
        yield opened


@pytest.fixture
def full(request: pytest.FixtureRequest) -> bool:
    """Full size instead of the slice for CI."""
    return bool(request.config.getoption("--full"))


@pytest.fixture
def postgres_in_full_size_only(database: Database, full: bool) -> None:
    """For tests of whole processes that take long, and whose parts run on both everywhere."""
    if database.kind == "postgres" and not full:
        pytest.skip("on PostgreSQL in full size only")
