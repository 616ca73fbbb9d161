"""The follower: the same tables whatever the pages, the rivals and the crashes."""

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.labels import Labels
from projections.batch import Batch
from projections.catalogue import projections
from projections.follower import Follower, LiveFollower, position, wait_for
from runtime.read_side import ReadSide
from runtime.settings import Settings
from runtime.store import Store
from tests.builders import Case
from tests.projections.contents import caught_up, contents, folded_anew
from tests.projections.histories import FEW, START, choices, played


@FEW
@given(numbers=choices, page=st.integers(1, 60))
def test_pages_of_any_size_give_equal_tables(
    store: Store, read_side: ReadSide, labels: Labels, numbers: list[int], page: int
) -> None:
    played(store, numbers)
    assert folded_anew(store, read_side, labels, page=page) == folded_anew(
        store, read_side, labels, page=2_000
    )


def test_two_followers_at_once_write_each_event_once(
    store: Store, read_side: ReadSide, labels: Labels
) -> None:
    for number in range(1, 7):
        Case(number, START, store=store).whole_way()
    followers = [Follower(store, read_side.live, projections(labels), page=3) for _ in range(3)]
    threads = [threading.Thread(target=follower.catch_up) for follower in followers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert contents(read_side.live()) == folded_anew(store, read_side, labels, page=2_000)


def test_a_follower_that_was_overtaken_goes_on_from_where_the_other_is(
    store: Store, read_side: ReadSide, labels: Labels
) -> None:
    Case(1, START, store=store).whole_way()
    slow = Follower(store, read_side.live, projections(labels), page=5)
    slow.step()
    caught_up(store, read_side.live(), labels)
    Case(2, START, store=store).whole_way()
    slow.catch_up()
    assert slow.position == store.position()
    assert contents(read_side.live()) == folded_anew(store, read_side, labels, page=2_000)


def test_a_kill_between_fold_and_commit_loses_and_doubles_nothing(
    store: Store, read_side: ReadSide, labels: Labels, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(1, START, store=store).open_needed()
    follower = caught_up(store, read_side.live(), labels)
    before = contents(read_side.live())
    case.forward("ZDMK").answer().accept()
    fold = Batch.fold

    def folded_and_killed(self: Batch, *args: Any) -> None:
        fold(self, *args)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Batch, "fold", folded_and_killed)
        with pytest.raises(KeyboardInterrupt):
            follower.step()
    assert contents(read_side.live()) == before
    follower.catch_up()
    assert contents(read_side.live()) == folded_anew(store, read_side, labels, page=2_000)


def test_the_live_follower_wakes_up_for_a_new_event_and_stops_when_told(
    settings: Settings, store: Store, read_side: ReadSide, labels: Labels
) -> None:
    follower = LiveFollower(settings, store, read_side, labels)
    thread = threading.Thread(target=follower.run)
    thread.start()
    try:
        for number in (1, 2):
            Case(number, START, store=store).open_needed()
            assert wait_for(read_side, store.position(), timeout=20)
    finally:
        follower.stop()
        thread.join(timeout=20)
    assert not thread.is_alive()
    assert follower.position == store.position()


def test_a_list_asked_for_too_early_is_told_not_yet(
    store: Store, read_side: ReadSide, labels: Labels
) -> None:
    caught_up(store, read_side.live(), labels)
    Case(1, START, store=store)
    assert not wait_for(read_side, store.position(), timeout=0)
    caught_up(store, read_side.live(), labels)
    assert wait_for(read_side, store.position(), timeout=0)
    with read_side.reader().connect() as connection:
        assert position(connection) == store.position()
