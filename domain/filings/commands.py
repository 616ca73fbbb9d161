"""What it takes to file a report."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import Field

from domain.messages import Message, Moment

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class FileReport(Message):
    """A report of a period as it was made; with this it can be made again to the byte."""

    report: str
    first: date
    to: date
    """The first day after the period."""
    as_of: Moment
    position: int
    """Of the log, up to which the report knows."""
    files: Mapping[str, Sha256]
    versions: Mapping[str, str]
    """Of the program and of the tables of data that it was made with."""
