"""Size and seed of the chaos tests."""

import faulthandler
import random
from pathlib import Path

import pytest

from runtime.settings import Settings
from tests.chaos.town import town_settings
from tests.databases import Database

# Not test modules themselves, but what they assert has to show what it found.
pytest.register_assert_rewrite("tests.chaos.people", "tests.chaos.verdict")


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    number = request.config.getoption("--seed")
    assert isinstance(number, int)
    return number


@pytest.fixture
def rng(seed: int) -> random.Random:
    return random.Random(seed)


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """An installation of its own, on SQLite or PostgreSQL."""
    return town_settings(tmp_path / "var", database.url)


@pytest.fixture(autouse=True)
def _limits_of_their_own() -> None:
    """These tests end by limits of their own, after which they tell what happened."""
    faulthandler.cancel_dump_traceback_later()
