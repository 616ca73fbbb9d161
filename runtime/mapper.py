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
        event_class = resolve_topic(stored_event.topic)
        # The two columns are put back in front of the fields: one parse, no dict in between.
        document = b'{"originator_id":"%s","originator_version":%d,%s' % (
            str(stored_event.originator_id).encode(),
            stored_event.originator_version,
            bytes(stored_event.state)[1:],
        )
        if getattr(event_class, "class_version", 1) == 1:
            return _validate(event_class)(document)
        return _upcast(event_class, from_json(document))


@cache
def _validate(event_class: type) -> Callable[[bytes], DomainEventProtocol[UUID]]:
    return _adapter(event_class).validate_json


def _upcast(event_class: Any, state: dict[str, Any]) -> DomainEventProtocol[UUID]:
    for step in range(state.pop("class_version", 1), event_class.class_version):
        getattr(event_class, f"upcast_v{step}_v{step + 1}")(state)
    event: DomainEventProtocol[UUID] = _adapter(event_class).validate_python(state)
    return event
