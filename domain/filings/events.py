"""What happened to a report of a period."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from eventsourcing.domain import AggregateCreated

from domain.aggregates import Aggregate

if TYPE_CHECKING:
    from domain.filings.model import Filing


class FilingEvent(Aggregate.Event):
    """Base of the events of a filing."""

    report: str


class Filed(FilingEvent, AggregateCreated):
    TOPIC = "report.Filed"
    first: date
    to: date
    as_of: datetime
    position: int
    files: dict[str, str]
    versions: dict[str, str]

    def apply(self, filing: "Filing") -> None:
        filing.report = self.report
        filing.first = self.first
        filing.to = self.to
        filing.as_of = self.as_of
        filing.position = self.position
        filing.files = dict(self.files)
        filing.versions = dict(self.versions)
