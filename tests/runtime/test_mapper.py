"""Events as they are stored: nothing is lost, and what was stored once can be read for ever."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin
from uuid import UUID, uuid5

import pytest
from eventsourcing import utils
from eventsourcing.domain import AggregateCreated
from eventsourcing.persistence import Mapper, StoredEvent
from eventsourcing.utils import get_topic
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from domain.aggregates import Aggregate
from domain.attachments import AttachedFile
from domain.batches.commands import TaskFilter
from domain.catalogue import event_classes
from domain.interventions.commands import Attachment, Place, Point
from domain.ladders import Rung
from domain.messages import Act
from domain.references import NAMESPACE
from domain.roster.state import TaskTypes
from domain.routing import Routing
from domain.routing_tables import Matter
from domain.terms import Term
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.store import Store
from tests.given import moment

GOLDEN = Path(__file__).with_name("golden_events.json")
BOOK = load_reference_data()
CASE, PARCEL = uuid5(NAMESPACE, "case"), uuid5(NAMESPACE, "parcel")
CATEGORIES = [row.id for group in BOOK.routing.groups for row in group.categories]
RULES = ["int.triage", "kpa.settle_motion", "int.emergency_call", "int.reopen_window"]
EVENTS = {get_topic(event): event for event in event_classes()}
words = st.text(max_size=20)
moments = st.datetimes(
    min_value=datetime(2022, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC)
)
numbers = st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
lines = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=40)
terms = st.builds(BOOK.deadlines.term, st.sampled_from(RULES), moments)
places = st.builds(
    Place,
    district=st.none() | st.sampled_from(["I", "XVIII"]),
    street=st.none() | lines,
    number=st.none() | lines,
    point=st.none() | st.builds(Point, lat=st.floats(-90, 90), lon=st.floats(-180, 180)),
)
attachments = st.builds(
    Attachment,
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    media_type=st.sampled_from(["image/jpeg", "application/pdf"]),
    size=st.integers(1, 50_000_000),
)
attached_files = st.builds(
    AttachedFile,
    file=st.text("0123456789abcdef", min_size=32, max_size=32).map("file:{}".format),
    media_type=st.sampled_from(["image/jpeg", "application/pdf"]),
    size=st.integers(1, 50_000_000),
    name=st.integers(1, 20).map("zalacznik-{}.jpg".format),
)
rungs = st.builds(
    Rung,
    ladder=words,
    step=st.integers(-9, 99),
    unit=st.sampled_from(["working_days", "hours", "minutes"]),
    fires_at=moments,
    do=st.sampled_from(["remind", "escalate", "letter", "task"]),
    to=st.sampled_from(["candidates", "head", "deputy"]),
)

OF_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    str: words,
    int: st.integers(),
    bool: st.booleans(),
    float: numbers,
    object: json_values,
    date: st.dates(),
    datetime: moments,
    UUID: st.uuids(),
    # As the library spells the types of its own fields; versions count from one.
    "UUID": st.uuids(),
    "int": st.integers(1, 10**6),
    "str": words,
    "datetime": moments,
    NoneType: st.none(),
    Term: terms,
    Place: places,
    AttachedFile: attached_files,
    Attachment: attachments,
    Rung: rungs,
    TaskFilter: st.builds(TaskFilter, unit=st.sampled_from(["ZDMK", "KS-06"]), due_to=st.dates()),
    TaskTypes: st.just("all") | st.lists(words, min_size=1, max_size=3).map(tuple),
    Routing: st.builds(
        BOOK.routing_tables.propose,
        st.builds(Matter, category=st.sampled_from(CATEGORIES), street=st.none() | words),
        st.dates(),
    ),
}


def of_type(hint: Any) -> st.SearchStrategy[Any]:
    """Any value that a field with this annotation may hold."""
    if hint in OF_TYPE:
        return OF_TYPE[hint]
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return st.one_of(*map(of_type, inner))
    if origin is dict:
        return st.dictionaries(of_type(inner[0]), of_type(inner[1]), max_size=3)
    if origin is frozenset:
        return st.frozensets(of_type(inner[0]), max_size=3)
    assert origin is tuple, hint
    return st.lists(of_type(inner[0]), max_size=3).map(tuple)


def any_event(event_class: type) -> st.SearchStrategy[Any]:
    """Any event of this class, by the annotations of its fields."""
    values = {field.name: of_type(field.type) for field in fields(event_class)}
    return st.builds(event_class, **values)


@pytest.fixture(scope="module")
def mapper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapper[UUID]]:
    settings = Settings.model_validate({"var": tmp_path_factory.mktemp("var")})
    with closing(Store(settings)) as store:
        yield store.mapper


@pytest.mark.parametrize("topic", EVENTS)
def test_what_is_read_is_what_was_written(topic: str, mapper: Mapper[UUID]) -> None:
    @profile(max_examples=20, deadline=None)
    @given(event=any_event(EVENTS[topic]))
    def any_of_them(event: Any) -> None:
        stored = mapper.to_stored_event(event)
        assert stored.topic == topic
        assert mapper.to_domain_event(stored) == event

    any_of_them()


# What stands in a log for good: an event of each class, as it was stored when the class was new.


def golden() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return found


def test_every_class_of_event_has_a_stored_example() -> None:
    assert sorted(golden()) == sorted(EVENTS)


@pytest.mark.parametrize("topic", EVENTS)
def test_what_was_stored_once_is_still_read_and_nothing_of_it_is_dropped(
    topic: str, mapper: Mapper[UUID]
) -> None:
    document = golden()[topic]
    event = mapper.to_domain_event(StoredEvent(CASE, 1, topic, json.dumps(document).encode()))
    again = json.loads(mapper.to_stored_event(event).state)
    assert _kept_of(document, again) == document


def _kept_of(stored: Any, again: Any) -> Any:
    """What is written now, without the fields that the class or its parts got since."""
    if not isinstance(stored, dict) or not isinstance(again, dict):
        return again
    return {name: _kept_of(stored[name], again[name]) for name in stored if name in again}


def test_the_columns_of_the_log_are_not_kept_twice(mapper: Mapper[UUID]) -> None:
    assert not any({"originator_id", "originator_version"} & set(e) for e in golden().values())


# Events of an older form


class ParcelEvent(Aggregate.Event):
    """Base of the events of a parcel in this test."""


class Posted(ParcelEvent, AggregateCreated):
    """At first the weight was kept in kilograms, then in grams, and then a class was added."""

    TOPIC = "test-parcel.Posted"
    class_version = 3
    grams: int
    express: bool

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        state["grams"] = state.pop("kilograms") * 1000

    @staticmethod
    def upcast_v2_v3(state: dict[str, Any]) -> None:
        state["express"] = False

    def apply(self, parcel: "Parcel") -> None:
        parcel.grams, parcel.express = self.grams, self.express


class Parcel(Aggregate):
    TOPIC = "test-parcel"
    Event = ParcelEvent
    Posted = Posted

    def __init__(self) -> None:
        self.grams: int
        self.express: bool


@pytest.fixture(scope="module", autouse=True)
def _parcel_topics() -> Iterator[None]:
    """The topics of this test are gone with it."""
    for known in (Posted, Parcel):
        get_topic(known)
    yield
    for gone in (Posted, Parcel):
        utils._topic_cache.pop(gone.TOPIC)
        utils._type_cache.pop(gone)


def as_stored(store: Store, state: dict[str, Any]) -> None:
    """As an older version of the product has written it."""
    common = {
        "timestamp": "2026-10-05T08:20:00Z",
        "command_id": "c-1",
        "by": "clerk-a",
        "originator_topic": Parcel.TOPIC,
    }
    document = json.dumps(state | common).encode()
    store.recorder.insert_events([StoredEvent(PARCEL, 1, Posted.TOPIC, document)])


@pytest.mark.parametrize(
    ("state", "express"),
    [
        ({"kilograms": 3}, False),
        ({"class_version": 2, "grams": 3000}, False),
        ({"class_version": 3, "grams": 3000, "express": True}, True),
    ],
)
def test_an_event_of_an_older_form_is_read_in_the_form_of_today(
    store: Store, state: dict[str, Any], express: bool
) -> None:
    as_stored(store, state)
    parcel = store.load(PARCEL)
    assert (parcel.grams, parcel.express) == (3000, express)
    assert parcel.answered("c-1") == 1


def test_a_new_event_says_of_which_form_it_is(store: Store) -> None:
    parcel = Parcel.born(
        Posted,
        PARCEL,
        Act(command_id="c-1", at=moment("2026-10-05 10:20"), by="clerk-a"),
        grams=250,
        express=True,
    )
    [stored] = store.first_events(parcel)
    document = json.loads(stored.state)
    assert (document["class_version"], document["grams"]) == (3, 250)
    read_back: Any = store.mapper.to_domain_event(stored)
    assert read_back.grams == 250
