"""An office of its own for every test of the API."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runtime.settings import Settings
from tests.api.office import Office, WorkingOn, office_at, worker_at_work
from tests.databases import Database
from tests.installation import settings_of
from tests.system.conftest import city_moment
from tests.system.conftest import temporal_address as temporal_address  # the same server for all
from tests.system.office import queue_name

AWAY = {"temporal_address": "127.0.0.1:1"}


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """Temporal is away: nothing listens at its address."""
    return settings_of(tmp_path / "var", database.url, **AWAY)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """On SQLite; what depends on the database asks for `served`."""
    with office_at(settings_of(tmp_path / "var", **AWAY)) as office:
        yield office


@pytest.fixture
def served(settings: Settings) -> Iterator[Office]:
    """On both databases."""
    with office_at(settings) as office:
        yield office


@pytest.fixture
def working(settings: Settings, temporal_address: str) -> Iterator[Office]:
    """On both databases, with a worker on a real Temporal server."""
    with _at_work(settings, temporal_address) as office:
        yield office


@pytest.fixture
def working_on(settings: Settings, temporal_address: str) -> WorkingOn:
    """The same on the date of a story."""

    def at(moment: str) -> AbstractContextManager[Office]:
        shift = city_moment(moment) - datetime.now(UTC)
        return _at_work(settings.model_copy(update={"clock_shift": shift}), temporal_address)

    return at


@contextmanager
def _at_work(settings: Settings, temporal_address: str) -> Iterator[Office]:
    name = queue_name()
    own = {"temporal_address": temporal_address, "temporal_namespace": name, "task_queue": name}
    settings = settings.model_copy(update=own)
    with worker_at_work(settings), office_at(settings) as office:
        yield office
