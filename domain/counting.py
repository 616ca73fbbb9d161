"""Counting of terms (KPA art. 57): from a rule, a start and a calendar to the ends."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from domain.terms import CLOCK_UNITS, CountedUnit, Suspension, Term, TermRule
from domain.working_days import Calendar, local_day, start_of_day


class _Ends(NamedTuple):
    safe_due: date
    legal_end: date
    due_at: datetime | None
    ends_at: datetime | None


def count_term(
    rule: TermRule,
    start: datetime,
    calendar: Calendar,
    suspensions: tuple[Suspension, ...] = (),
    extended_to: date | None = None,
) -> Term:
    """The one way in which a term comes to its value, so that it can always be counted again."""
    start = start.astimezone(UTC)  # adding hours to local time would follow the clock changes
    length, unit = rule.measure()
    nominal = nominal_end(start, length, unit, calendar)
    if unit in CLOCK_UNITS and extended_to is None:
        ends = _ends_by_the_clock(start + elapsed(length, unit), suspensions)
    else:
        ends = _ends_by_days(extended_to or nominal, suspensions, calendar)
    return Term(
        rule=rule.id,
        rule_valid_from=rule.valid_from,
        basis=rule.basis,
        start=start,
        length=length,
        unit=unit,
        calendar=calendar.version,
        suspensions=suspensions,
        extended_to=extended_to,
        nominal=nominal,
        legal_end=ends.legal_end,
        safe_due=ends.safe_due,
        due_at=ends.due_at,
        ends_at=ends.ends_at,
    )


def nominal_end(start: datetime, length: int, unit: CountedUnit, calendar: Calendar) -> date:
    """The end before rolling; the day of the event is not counted (art. 57 §1)."""
    first = local_day(start)
    match unit:
        case "days":
            return first + timedelta(days=length)
        case "working_days":
            return calendar.add_working_days(first, length)
        case "months":
            return add_months(first, length)
        case "hours" | "minutes":
            return local_day(start + elapsed(length, unit))


def elapsed(length: int, unit: CountedUnit) -> timedelta:
    return timedelta(hours=length) if unit == "hours" else timedelta(minutes=length)


def add_months(day: date, months: int) -> date:
    """The same day number, or the last day of a month that is too short (art. 57 §3)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def goes_on_to(end: date, stop: Suspension, calendar: Calendar) -> date:
    """Where an end lies after a suspension: as many working days away as when it stopped.

    An end that falls on the day of the stop falls on the next working day from the day on which
    the clock runs again; one that had passed stays, as nothing of it was left.
    """
    if stop.until is None or local_day(stop.since) > end:
        return end
    left = calendar.working_days_between(local_day(stop.since), end)
    resumed = local_day(stop.until)
    if left == 0:
        return calendar.next_working_day(resumed)
    return calendar.add_working_days(resumed, left)


def _ends_by_days(end: date, suspensions: tuple[Suspension, ...], calendar: Calendar) -> _Ends:
    safe_due, legal_end = calendar.previous_working_day(end), calendar.next_working_day(end)
    due_at: datetime | None = _midnight_after(safe_due)
    ends_at: datetime | None = _midnight_after(legal_end)
    for stop in suspensions:
        safe_due, legal_end = (goes_on_to(day, stop, calendar) for day in (safe_due, legal_end))
        due_at = None if _stands(stop, due_at) else _midnight_after(safe_due)
        ends_at = None if _stands(stop, ends_at) else _midnight_after(legal_end)
    return _Ends(safe_due, legal_end, due_at, ends_at)


def _ends_by_the_clock(end: datetime, suspensions: tuple[Suspension, ...]) -> _Ends:
    running: datetime | None = end
    for stop in suspensions:
        if _stands(stop, end):
            running = None
        elif stop.until is not None and stop.since < end:
            end = running = end + (stop.until - stop.since)
    day = local_day(end)
    return _Ends(day, day, running, running)


def _stands(stop: Suspension, end: datetime | None) -> bool:
    """Whether an open suspension holds this end."""
    return stop.until is None and end is not None and stop.since < end


def _midnight_after(day: date) -> datetime:
    return start_of_day(day + timedelta(days=1))
