"""Generations of the read tables: where they are, and what stays of those replaced."""

from sqlalchemy import inspect

from domain.labels import Labels
from projections.rebuild import rebuild
from projections.tables import TABLES
from runtime.read_side import ReadSide
from runtime.settings import Settings
from runtime.store import Store


def generations(settings: Settings, read_side: ReadSide) -> set[str]:
    if settings.database_url is None:
        return {path.name for path in settings.read_directory.glob("*.db")}
    names = inspect(read_side.reader()).get_schema_names()
    return {name for name in names if name.startswith("read")}


def test_two_processes_may_open_the_same_read_side_first(
    settings: Settings, read_side: ReadSide
) -> None:
    other = ReadSide(settings, TABLES)
    assert other.live().target == read_side.live().target
    other.close()


def test_only_the_last_one_replaced_is_kept(
    settings: Settings, store: Store, read_side: ReadSide, labels: Labels
) -> None:
    for _ in range(3):
        rebuild(store, read_side, labels)
    assert len(generations(settings, read_side)) == 2
    read_side.drop_old()
    assert len(generations(settings, read_side)) == 1


def test_giving_up_a_generation_never_takes_the_live_one(
    settings: Settings, store: Store, read_side: ReadSide, labels: Labels
) -> None:
    fresh = read_side.begin_rebuild()
    read_side.swap(fresh, last_pages=lambda: None)
    read_side.drop(fresh)
    assert len(generations(settings, read_side)) == 2
    rebuild(store, read_side, labels)
