"""How long a finished task waited, lay parked and was worked on, in working days.

The tables keep moments and seconds; days are counted by the calendar in force when one asks.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.working_days import Calendar, local_day


def in_working_days(row: Mapping[str, Any], calendar: Calendar) -> dict[str, int]:
    """Of a row of `task_history`; waiting ends with the first claim, or with the task."""

    def days(start: datetime, end: datetime) -> int:
        return calendar.working_days_between(local_day(start), local_day(end))

    claimed = row["claimed_at"] or row["finished_at"]
    spans = (
        (datetime.fromisoformat(since), datetime.fromisoformat(until))
        for since, until in row["parked_spans"]
    )
    parked = sum(days(since, until) for since, until in spans)
    return {
        "waited_days": days(row["opened_at"], claimed),
        "parked_days": parked,
        "worked_days": days(claimed, row["finished_at"]) - parked,
    }
