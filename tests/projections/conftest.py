"""A read side for tests of the projections, on both databases."""

from collections.abc import Iterator

import pytest

from domain.labels import Labels
from projections.tables import TABLES
from runtime.read_side import ReadSide
from runtime.reference_data import load_reference_data
from runtime.settings import Settings


@pytest.fixture
def read_side(settings: Settings) -> Iterator[ReadSide]:
    read_side = ReadSide(settings, TABLES)
    yield read_side
    read_side.close()


@pytest.fixture
def labels() -> Labels:
    return load_reference_data().labels
