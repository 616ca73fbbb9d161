"""A desk of its own for every test of the activities, on both databases."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runtime.settings import Settings
from runtime.store import Store
from tests.activities.desk import Desk, settings_of
from tests.databases import Database


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return settings_of(tmp_path / "var", database.url)


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    with closing(Store(settings)) as store:
        yield Desk(settings, store).staff()
