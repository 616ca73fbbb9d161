"""The one seam for time: every layer takes the moment from a clock, and a clock can be shifted."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, in UTC."""


class SystemClock:
    """The clock of this machine plus a shift, which is zero in production.

    With a shift a demonstration plays cases of another season on their own dates.
    """

    def __init__(self, shift: timedelta = timedelta(0)) -> None:
        self.shift = shift

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift
