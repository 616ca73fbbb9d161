"""The log read as plain rows: all of it, in pages, and up to a moment."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from itertools import chain
from typing import Any
from uuid import UUID, uuid5

import pytest
from eventsourcing.persistence import StoredEvent

from domain.references import NAMESPACE
from runtime import event_log
from runtime.event_log import Entry
from runtime.settings import Settings
from runtime.store import Store
from tests.builders import Case

NOON = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
TOPICS = ("intervention.Registered", "task.Opened")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with closing(Store(settings)) as opened:
        yield opened


def entries(store: Store, **asked: Any) -> list[Entry]:
    return [*chain.from_iterable(store.pages(**asked))]


def test_the_log_read_here_is_what_the_library_reads(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.store.PAGE", 3)
    Case(1, NOON, store=store).whole_way()
    end = store.position() - 1
    for topics, until in (((), None), (TOPICS, None), ((), end), (TOPICS, end)):
        known = store.recorder.select_notifications(None, 1_000, until, topics)
        found = entries(store, until=until, topics=topics)
        assert [(e.position, e.version, e.topic, e.state) for e in found] == [
            (n.id, n.originator_version, n.topic, n.state) for n in known
        ]
        assert [UUID(e.aggregate) for e in found] == [n.originator_id for n in known]
        assert [*map(store.decoded, found)] == [*map(store.mapper.to_domain_event, known)]


def test_an_entry_tells_when_its_act_was_done(store: Store) -> None:
    Case(1, NOON, store=store, pace=timedelta(minutes=7, microseconds=30)).whole_way()
    found = entries(store)
    assert [each.timestamp() for each in found] == [store.decoded(e).timestamp for e in found]


def written(store: Store, *states: bytes) -> None:
    store.recorder.insert_events(
        [
            StoredEvent(uuid5(NAMESPACE, str(number)), 1, "test.Happened", state)
            for number, state in enumerate(states)
        ]
    )


def state(at: datetime) -> bytes:
    return b'{"timestamp":"%s","by":"clerk-a"}' % at.isoformat().replace("+00:00", "Z").encode()


WARSAW = timezone(timedelta(hours=2))
FAR_EAST, FAR_WEST = timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))
STATES = (
    state(NOON - timedelta(days=40)),
    state(NOON - timedelta(days=1, microseconds=1)),
    state((NOON - timedelta(hours=1)).astimezone(FAR_WEST)),
    b'{"class_version":2,%s' % state(NOON - timedelta(days=20))[1:],
    json.dumps({"timestamp": NOON.isoformat(), "by": "clerk-a"}).encode(),
    state((NOON + timedelta(microseconds=1)).astimezone(WARSAW)),
    state(NOON - timedelta(days=3)),
    b'{"class_version":2,%s' % state(NOON + timedelta(hours=1))[1:],
    state((NOON + timedelta(hours=2)).astimezone(FAR_WEST)),
    state((NOON + timedelta(days=9)).astimezone(FAR_EAST)),
)
"""As events were ever written, and as some could be."""


@pytest.mark.parametrize(
    ("after_noon", "position"),
    [
        (timedelta(days=-41), 0),
        (timedelta(days=-40), 1),
        (timedelta(days=-1), 2),
        (timedelta(microseconds=-1), 4),
        (timedelta(0), 5),
        (timedelta(microseconds=1), 7),
        (timedelta(minutes=59), 7),
        (timedelta(hours=1), 8),
        (timedelta(hours=2), 9),
        (timedelta(days=9), 10),
        (timedelta(days=400), 10),
    ],
)
def test_the_position_of_a_moment_is_the_end_of_what_was_done_by_then(
    store: Store, after_noon: timedelta, position: int
) -> None:
    written(store, *STATES)
    for zone in (UTC, FAR_EAST, FAR_WEST):
        assert store.position_at((NOON + after_noon).astimezone(zone)) == position


def test_the_database_passes_over_what_is_certainly_older(store: Store) -> None:
    written(store, *STATES)
    assert [each.position for each in entries(store, since=NOON)] == [3, 4, 5, 6, 8, 9, 10]


def test_the_position_before_a_gap_is_that_of_the_last_entry(store: Store) -> None:
    written(store, *STATES[:2])
    assert [store.births.last_before(position) for position in (1, 2, 3, 40)] == [0, 1, 2, 2]


def test_what_every_state_begins_with_is_the_moment_of_the_act(store: Store) -> None:
    """By that the database tells the older ones: were it no more so, all would be read."""
    Case(1, NOON, store=store).whole_way()
    assert all(each.state.startswith(event_log._BEGINNING) for each in entries(store))
    assert entries(store, since=NOON + timedelta(days=60)) == []
