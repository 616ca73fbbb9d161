"""What a register of the past tells of one intervention, and of its import (§ 9 pt 1-3)."""

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import Field

from domain.interventions.commands import Code, RegisterIntervention, ReplyOutcome, Result
from domain.messages import Message, Moment
from domain.people import PersonalData, Text

ON_FILE: Final = "Treść w aktach sprawy."
"""Stands for a text that the register does not hold."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
RegisterNumber = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._/-]{0,59}$")]
"""The number of a row in the register it comes from: a row is known again by it."""


class PastReport(RegisterIntervention):
    """A report as a register holds it: with the sender's data, until they are sealed."""

    sender: PersonalData | None = None


class PastIntervention(Message):
    """One row: what happened in a case and when. What is not told did not happen."""

    number: RegisterNumber
    report: PastReport
    registered_at: Moment
    acknowledged_at: Moment | None = None
    """Without it the first letter to the sender told of the receipt as well."""

    units: Annotated[tuple[Code, ...], Field(max_length=6)] = ()
    """Whom it was forwarded to; the first one leads."""
    question: Text | None = None
    forwarded_at: Moment | None = None
    returned_by: Code | None = None
    """The unit that was asked in the place of the leading one, and said that it is not its own."""
    returned_at: Moment | None = None
    rerouted_at: Moment | None = None

    answered_at: Moment | None = None
    result: Result | None = None
    promised_on: date | None = None
    answer: Text | None = None
    insufficient_at: Moment | None = None
    """When the answer of the leading unit was returned to it."""
    completed_at: Moment | None = None

    delayed_at: Moment | None = None
    """When the sender was told that it takes longer (KPA art. 245)."""
    new_date: date | None = None

    settled_at: Moment | None = None
    """When the notice of outcome went out; without a unit that was asked, it was known at once."""
    outcome: ReplyOutcome | Literal["handed_over", "registered_in_error"] | None = None
    reply: Text | None = None
    reasons: Text | None = None
    closed_at: Moment | None = None
    on_file: Text = ON_FILE


class TakeRow(Message):
    """A row of a file is taken over as a case."""

    number: RegisterNumber
    reference: str
    file: Sha256
    """SHA-256 of the file."""
    line: Annotated[int, Field(ge=1)]


class BeginImport(Message):
    """From now on rows of this file are taken over, until the import is finished or given up."""

    file: Sha256
    name: str
    """Of the file, without the directory it was in."""
    rows: Annotated[int, Field(ge=0)]


class FinishImport(Message):
    """Every row of the file has been looked at: it was taken over, known already or rejected."""

    rejected: Annotated[int, Field(ge=0)]


class ImportPage(Message):
    """An import as the log tells of it."""

    id: str
    """The first twelve digits of the file's SHA-256, by which operators call it."""
    file: Sha256
    name: str
    rows: int
    """Of the file."""
    state: Literal["under_way", "finished", "abandoned"]
    begun_at: Moment
    """When it was begun, or taken up again last."""
    ended_at: Moment | None = None
    ended_position: int | None = None
    """Of the log, up to which the import reaches; None while it is under way."""
    taken: int | None = None
    """Rows that became cases; counted while it is under way."""
    last_row_at: Moment | None = None

    @property
    def last_sign_at(self) -> Moment:
        """When it did something that the log knows."""
        return self.last_row_at or self.begun_at
