"""What happened to a register of the past, and to each of its rows."""

from typing import TYPE_CHECKING

from eventsourcing.domain import AggregateCreated

from domain.aggregates import Aggregate

if TYPE_CHECKING:
    from domain.imports.model import ImportedRow, RegisterImport


class ImportEvent(Aggregate.Event):
    """Base of the events of a row."""

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


class RegisterImportEvent(Aggregate.Event):
    """Base of the events of an import; `file` is the SHA-256 of what is imported."""

    file: str


class Begun(RegisterImportEvent, AggregateCreated):
    """It stands before the first row that was taken over."""

    TOPIC = "register_import.Begun"
    name: str
    rows: int

    def apply(self, register: "RegisterImport") -> None:
        register.file = self.file
        register.name = self.name
        register.rows = self.rows


class TakenUpAgain(RegisterImportEvent):
    """The file was imported once more after the end, and had a row that was not there yet."""

    TOPIC = "register_import.TakenUpAgain"
    name: str

    def apply(self, register: "RegisterImport") -> None:
        register.name = self.name
        register.state = "under_way"


class Finished(RegisterImportEvent):
    """It stands after the last row that was taken over."""

    TOPIC = "register_import.Finished"
    rejected: int

    def apply(self, register: "RegisterImport") -> None:
        register.state = "finished"


class Abandoned(RegisterImportEvent):
    """Somebody decided that nothing more will come of the file; what was taken over stays."""

    TOPIC = "register_import.Abandoned"

    def apply(self, register: "RegisterImport") -> None:
        register.state = "abandoned"
