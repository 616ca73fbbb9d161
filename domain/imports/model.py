"""A register of the past while it is taken over, and each row of it that became a case."""

from datetime import datetime
from typing import Literal, Self

from domain.aggregates import Aggregate
from domain.errors import refuse_if_any
from domain.imports import events, rules
from domain.imports.commands import BeginImport, FinishImport, TakeRow
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


class RegisterImport(Aggregate):
    """One for each file: from before its first row until every row was looked at.

    Reports that are filed wait for it, as half a register would make half a report.
    """

    TOPIC = "register_import"

    Event = events.RegisterImportEvent
    Begun = events.Begun
    TakenUpAgain = events.TakenUpAgain
    Finished = events.Finished
    Abandoned = events.Abandoned

    def __init__(self) -> None:
        self.file: str
        self.name: str
        self.rows: int
        self.state: Literal["under_way", "finished", "abandoned"] = "under_way"

    @classmethod
    def begin(cls, command: BeginImport, act: Act) -> Self:
        id = aggregate_id(cls.TOPIC, command.file)
        return cls.born(events.Begun, id, act, **command.model_dump())

    def begin_again(self, command: BeginImport, act: Act) -> None:
        """After the end; one that was killed goes on without a word."""
        if self.state != "under_way":
            self.record(events.TakenUpAgain, act, file=self.file, name=command.name)

    def finish(self, command: FinishImport, act: Act) -> None:
        """A second time changes nothing, nor does the end of one that was given up."""
        if self.state == "under_way":
            self.record(events.Finished, act, file=self.file, rejected=command.rejected)

    def abandon(self, last_sign_at: datetime, act: Act) -> None:
        """`last_sign_at`: when it was begun or took over its last row."""
        refuse_if_any(rules.abandoning(self.state, last_sign_at, act.at))
        if self.state == "under_way":
            self.record(events.Abandoned, act, file=self.file)
