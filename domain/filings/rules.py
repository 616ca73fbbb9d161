"""Which reports are due, what each filing is called, and what it waits for (§ 9 pt 4)."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Final

from domain.deadlines import Deadlines
from domain.errors import Refusal
from domain.filings.refusals import ImportUnderWay
from domain.imports.commands import ImportPage
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


def filing(imports: Iterable[ImportPage], position: int) -> Iterator[Refusal]:
    """Whether the log up to a position tells the whole of every register that is taken over.

    What begins later is not in the report at all, so it is waited for as well: by tomorrow the
    report can have it.
    """
    for each in imports:
        if not _ended(each, position):
            yield ImportUnderWay(id=each.id, name=each.name, since=each.begun_at.isoformat())


def known_in_part(
    imports: Iterable[ImportPage], as_of: datetime, position: int
) -> Iterator[ImportPage]:
    """Registers that were being taken over at a moment, up to which the log has that position."""
    return (each for each in imports if each.begun_at <= as_of and not _ended(each, position))


def _ended(page: ImportPage, position: int) -> bool:
    return page.ended_position is not None and page.ended_position <= position


def next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
