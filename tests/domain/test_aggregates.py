"""The root of all aggregates: memory of commands, explicit topics, the moment of the act."""

import subprocess
import sys
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.domain import AggregateCreated, ProgrammingError

from domain.aggregates import Aggregate
from domain.messages import Act
from tests.given import moment, rebuilt

ID = UUID("5b0a2f6e-3c55-5d0e-9f0b-000000000001")


class ShelfEvent(Aggregate.Event):
    pass


class Built(ShelfEvent, AggregateCreated):
    TOPIC = "test-shelf.Built"


class Filled(ShelfEvent):
    TOPIC = "test-shelf.Filled"
    folder: str

    def apply(self, shelf: "Shelf") -> None:
        shelf.folders.append(self.folder)


class Shelf(Aggregate):
    TOPIC = "test-shelf"
    Event = ShelfEvent
    Built = Built
    Filled = Filled

    def __init__(self) -> None:
        self.folders: list[str] = []


def act(command_id: str, at: str = "2026-11-06 10:00") -> Act:
    return Act(command_id=command_id, at=moment(at), by="clerk-a")


def a_shelf() -> Shelf:
    shelf = Shelf.born(Built, ID, act("c-1"))
    for folder in ("Długa", "Łobzowska"):
        shelf.record(Filled, act("c-2"), folder=folder)
    return shelf


def test_a_command_is_answered_by_the_version_it_led_to() -> None:
    shelf = a_shelf()
    assert (shelf.answered("c-1"), shelf.answered("c-2")) == (1, 3)


def test_an_unknown_command_has_no_answer() -> None:
    assert a_shelf().answered("c-3") is None


def test_the_past_gives_the_same_aggregate_and_the_same_memory() -> None:
    shelf = a_shelf()
    again = rebuilt(shelf.collect_events())
    assert again == shelf
    assert (again.answered("c-2"), again.version) == (3, 3)


def test_the_timestamp_is_the_moment_of_the_act_in_utc() -> None:
    shelf = Shelf.born(Built, ID, act("c-1", "2026-11-06 10:00"))
    shelf.record(Filled, act("c-2", "2026-11-09 08:30"), folder="Kraków")
    stamps = [event.timestamp.isoformat() for event in shelf.pending_events]
    assert stamps == ["2026-11-06T09:00:00+00:00", "2026-11-09T07:30:00+00:00"]


def test_every_event_carries_its_command_and_its_author() -> None:
    events: list[Any] = list(a_shelf().pending_events)
    assert [(event.command_id, event.by) for event in events] == [
        ("c-1", "clerk-a"),
        ("c-2", "clerk-a"),
        ("c-2", "clerk-a"),
    ]


def test_an_aggregate_needs_a_topic_of_its_own() -> None:
    with pytest.raises(TypeError, match="Drawer has no TOPIC of its own"):
        type("Drawer", (Aggregate,), {})


def test_an_event_needs_a_topic_of_its_own() -> None:
    class Emptied(ShelfEvent):
        pass

    with pytest.raises(ProgrammingError, match="Explicit topic not defined"):
        type("Box", (Aggregate,), {"TOPIC": "test-box", "Event": ShelfEvent, "Emptied": Emptied})


def test_an_event_of_another_aggregate_cannot_be_recorded() -> None:
    class Moved(ShelfEvent):
        TOPIC = "test-shelf.Moved"

    with pytest.raises(ProgrammingError, match="is not registered"):
        a_shelf().record(Moved, act("c-3"))


def test_another_process_finds_the_class_of_a_snapshot_by_its_topic() -> None:
    look = "from domain.catalogue import AGGREGATES; from eventsourcing.utils import resolve_topic"
    ask = f"{look}; print(resolve_topic('snapshot').__name__)"
    found = subprocess.run([sys.executable, "-c", ask], capture_output=True, check=True, text=True)
    assert found.stdout.strip() == "Snapshot"
