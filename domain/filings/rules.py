"""Which reports are due, and what each filing is called (§ 9 pt 4)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from domain.deadlines import Deadlines
from domain.working_days import local_day, start_of_day

MONTHLY: Final = "report.monthly"
"""The term by which a month's report is filed; it runs from the last day of the month."""


def filing_ref(report: str, first: date) -> str:
    """`R1-2026-10`."""
    return f"{report}-{first:%Y-%m}"


def months_due(since: datetime, now: datetime, deadlines: Deadlines) -> Iterator[tuple[date, date]]:
    """Every month from that moment on whose report is due by now: first day, first day after."""
    first = local_day(since).replace(day=1)
    while True:
        to = next_month(first)
        last_day = start_of_day(to) - timedelta(minutes=1)
        if local_day(now) < deadlines.term(MONTHLY, last_day).safe_due:
            return
        yield first, to
        first = to


def next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
