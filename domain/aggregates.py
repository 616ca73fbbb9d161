"""The root of every aggregate: events that carry their command, and a memory of commands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from eventsourcing.domain import (
    AggregateCreated,
    AggregateEvent,
    BaseAggregate,
    CanSnapshotAggregate,
    DomainEvent,
)
from eventsourcing.utils import get_topic, register_topic, resolve_topic
from pydantic import BaseModel

from domain.messages import Act


class Aggregate(BaseAggregate[UUID]):
    """Base of all aggregates.

    Public methods check and then call `record` once with the event they decided on; `apply` of an
    event only assigns, as it also runs when the past is replayed.
    """

    TOPIC: ClassVar[str]
    EVENTS: ClassVar[tuple[type[AggregateEvent], ...]] = ()
    """Its events that stand in files of their own, bound to it under their names."""

    class Event(AggregateEvent):
        """Base of all events. `timestamp` is the moment of the act, not of the insert."""

        command_id: str
        by: str

        def mutate(self, aggregate: Any) -> Any:
            changed: Any = super().mutate(aggregate)
            changed.remember(self)
            return changed

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # Without its own TOPIC the class path would be stored, and nothing could be moved again.
        if "TOPIC" not in cls.__dict__:
            raise TypeError(f"{cls.__name__} has no TOPIC of its own")
        for event in cls.EVENTS:
            setattr(cls, event.__name__, event)
        super().__init_subclass__(**kwargs)

    def __base_init__(
        self, originator_id: Any, originator_version: int, timestamp: datetime
    ) -> None:
        super().__base_init__(originator_id, originator_version, timestamp)
        self._commands: dict[str, int] = {}
        self._recent: tuple[tuple[datetime, str], ...] = ()

    def remember(self, event: Event) -> None:
        """Note the last version that a command led to, and the last few events by name."""
        self._commands[event.command_id] = event.originator_version
        self._recent = (*self._recent[-4:], (event.timestamp, type(event).__name__))

    @property
    def recent(self) -> tuple[tuple[datetime, str], ...]:
        """The last five events: when, and what."""
        return self._recent

    def answered(self, command_id: str) -> int | None:
        """The version to which this command led when it was carried out, or None."""
        return self._commands.get(command_id)

    @classmethod
    def born(cls, event: type[AggregateCreated], id: UUID, act: Act, **fields: Any) -> Self:
        """Create the aggregate by its first event."""
        return cls._create(
            event_class=event,
            id=id,
            timestamp=act.at,
            command_id=act.command_id,
            by=act.by,
            **fields,
        )

    def record(self, event: type[AggregateEvent], act: Act, **fields: Any) -> None:
        """Record and apply one event of this act."""
        self.trigger_event(event, timestamp=act.at, command_id=act.command_id, by=act.by, **fields)


@dataclass(frozen=True)
class Snapshot(CanSnapshotAggregate[UUID], DomainEvent):
    """The state of an aggregate that grows, so that its whole past need not be replayed.

    Such an aggregate keeps all it knows in one pydantic model, `state`.
    """

    TOPIC = "snapshot"
    topic: str
    state: dict[str, Any]
    commands: dict[str, int]

    @classmethod
    def take(cls, aggregate: Any) -> Self:
        return cls(
            originator_id=aggregate.id,
            originator_version=aggregate.version,
            timestamp=aggregate.modified_on,
            topic=get_topic(type(aggregate)),
            state=aggregate.state.model_dump(mode="json"),
            commands=dict(aggregate._commands),
        )

    def mutate(self, _: None) -> Any:
        aggregate_class = resolve_topic(self.topic)
        aggregate = aggregate_class.__new__(aggregate_class)
        aggregate.__base_init__(self.originator_id, self.originator_version, self.timestamp)
        aggregate.__init__()
        state_class: type[BaseModel] = type(aggregate.state)
        aggregate.state = state_class.model_validate(self.state)
        aggregate._commands = dict(self.commands)
        return aggregate


# The library registers the topics of aggregates and their events, but not of a snapshot.
register_topic(Snapshot.TOPIC, Snapshot)
