"""A desk of its own for every test of the activities, on both databases."""

import pytest

from runtime.settings import Settings
from runtime.store import Store
from tests.activities.desk import Desk


@pytest.fixture
def desk(settings: Settings, store: Store) -> Desk:
    return Desk(settings, store).staff()
