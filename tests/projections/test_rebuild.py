"""Rebuilding and swapping under the eyes of readers, and verifying what is live."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import delete, select, update

from domain.labels import Labels
from projections import rebuild as rebuilding
from projections.catalogue import projections
from projections.follower import Follower, LiveFollower, position, wait_for
from projections.rebuild import rebuild
from projections.tables import TABLES, interventions, timeline
from projections.verify import verify
from runtime.read_side import ReadSide
from runtime.settings import Settings
from runtime.store import Store
from tests.builders import Case
from tests.projections.contents import caught_up, contents
from tests.projections.histories import START


@contextmanager
def following(
    settings: Settings, store: Store, read_side: ReadSide, labels: Labels
) -> Iterator[None]:
    follower = LiveFollower(settings, store, read_side, labels)
    thread = threading.Thread(target=follower.run)
    thread.start()
    try:
        yield
    finally:
        follower.stop()
        thread.join(timeout=30)


def test_a_rebuild_gives_the_same_tables_and_the_follower_goes_on_in_them(
    settings: Settings, store: Store, read_side: ReadSide, labels: Labels
) -> None:
    Case(1, START, store=store).whole_way()
    with following(settings, store, read_side, labels):
        assert wait_for(read_side, store.position(), timeout=20)
        before = contents(read_side.live())
        rebuild(store, read_side, labels)
        assert contents(read_side.live()) == before
        Case(2, START, store=store).open_needed()
        assert wait_for(read_side, store.position(), timeout=20)
    assert verify(store, read_side, labels) == []


def test_a_rebuild_mends_what_somebody_changed_by_hand(
    settings: Settings, store: Store, read_side: ReadSide, labels: Labels
) -> None:
    case = Case(1, START, store=store).open_needed()
    follower = Follower(store, read_side.live, projections(labels))
    follower.catch_up()
    with read_side.writer().begin() as connection:
        connection.execute(update(interventions).values(stage="closed"))
    # The follower still has the row as it was in memory: only a rebuild tells it to forget.
    rebuild(store, read_side, labels)
    case.forward("ZDMK")
    follower.catch_up()
    assert verify(store, read_side, labels) == []


def test_a_reader_goes_on_reading_while_the_tables_are_swapped(
    settings: Settings, store: Store, read_side: ReadSide, labels: Labels
) -> None:
    Case(1, START, store=store).whole_way()
    caught_up(store, read_side.live(), labels)
    other_process = ReadSide(settings, TABLES)
    with other_process.reader().connect() as connection:
        rows = connection.execute(select(timeline).order_by(timeline.c.position))
        first = rows.fetchone()
        rebuild(store, read_side, labels)
        rest = rows.fetchall()
    assert first is not None
    assert len([first, *rest]) == store.position()
    Case(2, START, store=store)
    caught_up(store, read_side.live(), labels)
    with other_process.reader().connect() as connection:
        assert position(connection) == store.position()
    other_process.close()


def test_nobody_ever_sees_an_older_state_than_before_the_swap(
    settings: Settings, store: Store, read_side: ReadSide, labels: Labels
) -> None:
    seen: list[int] = []
    done = threading.Event()

    def look() -> None:
        mine = ReadSide(settings, TABLES)
        while not done.is_set():
            with mine.reader().connect() as connection:
                seen.append(position(connection))
        mine.close()

    looking = threading.Thread(target=look)
    with following(settings, store, read_side, labels):
        looking.start()
        for number in range(1, 4):
            Case(number, START, store=store).whole_way()
            rebuild(store, read_side, labels)
        done.set()
        looking.join(timeout=30)
    assert seen == sorted(seen)


def test_a_rebuild_that_fails_leaves_the_live_tables_alone(
    store: Store, read_side: ReadSide, labels: Labels, monkeypatch: pytest.MonkeyPatch
) -> None:
    Case(1, START, store=store).whole_way()
    caught_up(store, read_side.live(), labels)
    before = contents(read_side.live())

    def broken(labels: Labels) -> None:
        raise LookupError

    with monkeypatch.context() as patch:
        patch.setattr(rebuilding, "projections", broken)
        with pytest.raises(LookupError):
            rebuild(store, read_side, labels)
    assert contents(read_side.live()) == before
    rebuild(store, read_side, labels)
    assert contents(read_side.live()) == before


def test_verifying_names_table_row_and_column(
    store: Store, read_side: ReadSide, labels: Labels
) -> None:
    Case(1, START, store=store).whole_way()
    caught_up(store, read_side.live(), labels)
    assert verify(store, read_side, labels) == []
    with read_side.writer().begin() as connection:
        connection.execute(update(interventions).values(district="II"))
        connection.execute(delete(timeline).where(timeline.c.position == 1))
    changed, missing = verify(store, read_side, labels)
    assert (changed.table, changed.key) == ("interventions", ("INT-2026-000001",))
    assert (changed.column, changed.live, changed.rebuilt) == ("district", "II", "XVIII")
    assert (missing.table, missing.key) == ("timeline", ("INT-2026-000001", 1))
    assert (missing.column, missing.live) == ("*", None)


def test_verifying_compares_at_the_position_of_the_live_tables(
    store: Store, read_side: ReadSide, labels: Labels
) -> None:
    Case(1, START, store=store)
    caught_up(store, read_side.live(), labels)
    Case(2, START, store=store)
    assert verify(store, read_side, labels) == []
