"""An office of its own for every test of the API."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.secrets import MasterKey
from runtime.settings import Settings
from tests.api.office import Office, office_at, worker_at_work
from tests.databases import Database
from tests.system.conftest import temporal_address as temporal_address  # the same server for all
from tests.system.office import queue_name


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """Temporal is away: nothing listens at its address."""
    return _settings(database, tmp_path)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """On SQLite; what depends on the database asks for `served`."""
    with office_at(_settings(Database("sqlite", ""), tmp_path)) as office:
        yield office


@pytest.fixture
def served(settings: Settings) -> Iterator[Office]:
    """On both databases."""
    with office_at(settings) as office:
        yield office


@pytest.fixture
def working(settings: Settings, temporal_address: str) -> Iterator[Office]:
    """On both databases, with a worker on a real Temporal server."""
    name = queue_name()
    own = {"temporal_address": temporal_address, "temporal_namespace": name, "task_queue": name}
    settings = settings.model_copy(update=own)
    with worker_at_work(settings), office_at(settings) as office:
        yield office


def _settings(database: Database, directory: Path) -> Settings:
    return Settings.model_validate(
        {
            "database_url": database.url or None,
            "var": directory / "var",
            "master_key": MasterKey.generate().to_text(),
            "temporal_address": "127.0.0.1:1",
        }
    )
