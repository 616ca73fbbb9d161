"""A report of a period that was filed; what is recorded later does not change it (§ 9 pt 4)."""

from datetime import date, datetime
from typing import Self

from domain.aggregates import Aggregate
from domain.filings import events
from domain.filings.commands import FileReport
from domain.filings.rules import filing_ref
from domain.messages import Act
from domain.references import aggregate_id


class Filing(Aggregate):
    """One for each report and month: its id is made of them, so it is filed once."""

    TOPIC = "report"

    Event = events.FilingEvent
    Filed = events.Filed

    def __init__(self) -> None:
        self.report: str
        self.first: date
        self.to: date
        self.as_of: datetime
        self.position: int
        self.files: dict[str, str]
        self.versions: dict[str, str]

    @classmethod
    def file(cls, command: FileReport, act: Act) -> Self:
        id = aggregate_id("report", filing_ref(command.report, command.first))
        return cls.born(
            events.Filed,
            id,
            act,
            report=command.report,
            first=command.first,
            to=command.to,
            as_of=command.as_of,
            position=command.position,
            files=dict(command.files),
            versions=dict(command.versions),
        )
