"""Events as they are stored: typed JSON, read and written by pydantic, upcast when they are old."""

from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent
from eventsourcing.utils import get_topic, resolve_topic
from pydantic import TypeAdapter
from pydantic_core import from_json


@cache
def _adapter(event_class: type) -> TypeAdapter[Any]:
    return TypeAdapter(event_class)


class TypedMapper(Mapper[UUID]):
    """Keeps an event as the JSON of its fields; its id and version are columns of their own.

    An event class that changed its fields sets `class_version` and has one static method
    `upcast_v1_v2(state)` for each step.
    """

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        event_class = type(domain_event)
        state = _adapter(event_class).dump_json(
            domain_event, exclude={"originator_id", "originator_version"}
        )
        version = getattr(event_class, "class_version", 1)
        if version > 1:
            state = b'{"class_version":%d,%s' % (version, state[1:])
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=get_topic(event_class),
            state=state,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        id: Any = stored_event.originator_id
        return decoded(
            id.hex, stored_event.originator_version, stored_event.topic, stored_event.state
        )


def decoded(id: str, version: int, topic: str, state: bytes) -> DomainEventProtocol[UUID]:
    """The event of a row of the log; the id in any spelling of a UUID."""
    # The two columns are put back in front of the fields: one parse, no dict in between.
    return _reader(topic)(
        b'{"originator_id":"%s","originator_version":%d,%s' % (id.encode(), version, state[1:])
    )


Reader = Callable[[bytes], DomainEventProtocol[UUID]]


@cache
def _reader(topic: str) -> Reader:
    """What makes an event of this topic from its JSON; found once, used for a whole log."""
    event_class: Any = resolve_topic(topic)
    adapter = _adapter(event_class)
    version = getattr(event_class, "class_version", 1)
    if version == 1:
        return adapter.validator.validate_json

    def upcast(document: bytes) -> DomainEventProtocol[UUID]:
        state = from_json(document)
        for step in range(state.pop("class_version", 1), version):
            getattr(event_class, f"upcast_v{step}_v{step + 1}")(state)
        event: DomainEventProtocol[UUID] = adapter.validate_python(state)
        return event

    return upcast
