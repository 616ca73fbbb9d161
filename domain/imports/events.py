"""What happened to a row of a register of the past."""

from typing import TYPE_CHECKING

from eventsourcing.domain import AggregateCreated

from domain.aggregates import Aggregate

if TYPE_CHECKING:
    from domain.imports.model import ImportedRow


class ImportEvent(Aggregate.Event):
    """Base of the events of an import."""

    reference: str


class RowTaken(ImportEvent, AggregateCreated):
    """The moment at which the log learned of a case of the past.

    It stands right before the events of the case, which carry the dates of their acts.
    """

    TOPIC = "import.RowTaken"
    number: str
    file: str
    line: int

    def apply(self, row: "ImportedRow") -> None:
        row.reference = self.reference
        row.number = self.number
