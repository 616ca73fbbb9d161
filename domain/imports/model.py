"""A row of a register of the past that became a case: where it came from, and when."""

from typing import Self

from domain.aggregates import Aggregate
from domain.imports import events
from domain.imports.commands import TakeRow
from domain.messages import Act
from domain.references import aggregate_id


class ImportedRow(Aggregate):
    """The same number is never taken over twice: its id is made of it."""

    TOPIC = "import"

    Event = events.ImportEvent
    RowTaken = events.RowTaken

    def __init__(self) -> None:
        self.number: str
        self.reference: str

    @classmethod
    def take(cls, command: TakeRow, act: Act) -> Self:
        return cls.born(
            events.RowTaken,
            aggregate_id("import", command.number),
            act,
            **command.model_dump(),
        )
