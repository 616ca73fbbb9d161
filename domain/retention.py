"""Retention: until when the archive class of a case keeps what it holds of persons."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import Field, StrictInt

from domain.errors import Refusal
from domain.messages import Message


class NoRetentionInForce(Refusal):
    """No archive class is in force for this process on the day the case was closed."""


class RetentionRow(Message):
    """A dated row of `retention.yaml`."""

    process: str
    category: Annotated[str, Field(pattern=r"^BE?\d{1,2}$")]
    years: Annotated[StrictInt, Field(ge=0, le=99)]
    valid_from: date
    confirmed: bool
    source: str


class Retention:
    """All dated rows; the one in force on the day of closing counts."""

    def __init__(self, rows: Iterable[RetentionRow]) -> None:
        self._rows = sorted(rows, key=lambda row: row.valid_from)

    def free_from(self, process: str, closed_on: date) -> date:
        """The first day on which the class no longer keeps a case that was closed on that day."""
        rows = [r for r in self._rows if r.process == process and r.valid_from <= closed_on]
        if not rows:
            raise NoRetentionInForce(process=process, day=closed_on)
        return date(closed_on.year + rows[-1].years + 1, 1, 1)
