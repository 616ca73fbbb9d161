"""Files of SQLite: made by whoever comes first, and waited for."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from runtime.database import make_file


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Somebody who writes to a file that was not made by us."""
    with closing(sqlite3.connect(tmp_path / "some.db", isolation_level=None)) as connection:
        yield connection


def test_a_file_that_somebody_writes_to_is_waited_for(
    tmp_path: Path, writer: sqlite3.Connection
) -> None:
    writer.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(make_file, tmp_path / "some.db")
        with pytest.raises(TimeoutError):
            made.result(timeout=0.2)
        writer.execute("COMMIT")
        made.result()
    assert writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_other_trouble_with_a_file_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "some.db").mkdir()
    with pytest.raises(sqlite3.OperationalError):
        make_file(tmp_path / "some.db")
