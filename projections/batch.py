"""What a projection is, and the memory in which a follower folds a page of events."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Table

from domain.references import case_of
from projections.rows import WHOLE, AppendedRows, Rows

Handler = Callable[[Any, "Batch"], None]
PartOf = Callable[[Any], str]


@dataclass(frozen=True)
class Projection:
    """The tables that one slice fills, and what each event does to them."""

    handlers: Mapping[str, Handler]
    """By topic."""
    tables: Mapping[Table, str | None] = field(default_factory=dict)
    """Each with the column that names the case; None when the table is not divided by case."""
    appended: tuple[Table, ...] = ()


class Batch:
    """The rows that events are folded into; kept from page to page while nobody else writes."""

    MOST_PARTS = 2_000
    """Cases kept in memory, at some 15 kB each."""

    def __init__(self, projections: Iterable[Projection]) -> None:
        projections = tuple(projections)
        self.position = 0
        self.part = WHOLE
        """Position and case of the event that is being handled."""
        self.rows = {
            table: Rows(table, part)
            for projection in projections
            for table, part in projection.tables.items()
        }
        self.appended = {
            table: AppendedRows(table)
            for projection in projections
            for table in projection.appended
        }
        self._handlers: dict[str, tuple[PartOf, list[Handler]]] = {}
        for projection in projections:
            for topic, handler in projection.handlers.items():
                self._handlers.setdefault(topic, (part_of(topic), []))[1].append(handler)
        self._parts: dict[str, None] = {}
        """What is in memory, least recently used first."""

    def fold(self, connection: Connection, events: Iterable[tuple[int, str, Any]]) -> None:
        """Apply events, given with position and topic, and write what they changed."""
        handled = [
            (position, found[0](event), found[1], event)
            for position, topic, event in events
            if (found := self._handlers.get(topic))
        ]
        self._load(connection, {part: None for _, part, _, _ in handled})
        for self.position, self.part, handlers, event in handled:
            for handler in handlers:
                handler(event, self)
        for rows in self.rows.values():
            rows.write(connection)
        for added in self.appended.values():
            added.write(connection)
        self._forget_the_oldest()

    def _load(self, connection: Connection, parts: dict[str, None]) -> None:
        missing = [part for part in parts if part not in self._parts]
        for part in parts:
            self._parts.pop(part, None)
            self._parts[part] = None
        if missing:
            for rows in self.rows.values():
                rows.load(connection, missing)

    def _forget_the_oldest(self) -> None:
        while len(self._parts) > self.MOST_PARTS:
            part = next(iter(self._parts))
            del self._parts[part]
            for rows in self.rows.values():
                rows.forget(part)


def part_of(topic: str) -> PartOf:
    """How to find the case that an event belongs to, if it belongs to one."""
    match topic.partition(".")[0]:
        case "task":
            return lambda event: case_of(event.task_ref)
        case "roster":
            return lambda event: WHOLE
        case _:
            return attrgetter("reference")
