"""Working days of the Office and the days of Europe/Warsaw that all terms are counted in."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from domain.holidays import CalendarVersion, Holiday, holidays_by_version

WARSAW = ZoneInfo("Europe/Warsaw")

_ONE_DAY = timedelta(days=1)
_WEEKEND = {5: "saturday", 6: "sunday"}


class Calendar:
    """The days off of one version. Years are worked out once and kept."""

    def __init__(self, version: str, holidays: Iterable[Holiday]) -> None:
        self.version = version
        self.holidays = tuple(holidays)
        self._days_off = cache(self._days_off_in)
        self._working_days = cache(self._working_days_in)

    def __repr__(self) -> str:
        return f"Calendar({self.version!r})"

    def day_off_reason(self, day: date) -> str | None:
        """The id of the holiday, `saturday` or `sunday`; None on a working day."""
        return self._days_off(day.year).get(day) or _WEEKEND.get(day.weekday())

    def is_working_day(self, day: date) -> bool:
        return self.day_off_reason(day) is None

    def next_working_day(self, day: date) -> date:
        """This day, or the first working day after it."""
        while not self.is_working_day(day):
            day += _ONE_DAY
        return day

    def previous_working_day(self, day: date) -> date:
        """This day, or the last working day before it."""
        while not self.is_working_day(day):
            day -= _ONE_DAY
        return day

    def add_working_days(self, day: date, number: int) -> date:
        """The n-th working day after the day, before it when negative; the day itself for 0."""
        if number == 0:
            return day
        year, days = day.year, self._working_days(day.year)
        index = bisect_right(days, day) - 1 if number > 0 else bisect_left(days, day)
        index += number
        while index >= len(days):
            index -= len(days)
            year += 1
            days = self._working_days(year)
        while index < 0:
            year -= 1
            days = self._working_days(year)
            index += len(days)
        return days[index]

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; negative when `end` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        whole_years = sum(len(self._working_days(year)) for year in range(start.year, end.year))
        until_end = bisect_right(self._working_days(end.year), end)
        return whole_years + until_end - bisect_right(self._working_days(start.year), start)

    def _days_off_in(self, year: int) -> dict[date, str]:
        days = ((holiday.in_year(year), holiday.id) for holiday in self.holidays)
        return {day: name for day, name in days if day is not None}

    def _working_days_in(self, year: int) -> list[date]:
        january = date(year, 1, 1)
        days = (january + timedelta(days=n) for n in range((date(year, 12, 31) - january).days + 1))
        return [day for day in days if self.is_working_day(day)]


def calendars_of(versions: Iterable[CalendarVersion]) -> tuple[Calendar, ...]:
    """The calendars in the order of loading; the last one is the current one."""
    ordered = tuple(versions)
    holidays = holidays_by_version(ordered)
    loaded = sorted(ordered, key=lambda version: version.loaded_on)
    return tuple(Calendar(version.id, holidays[version.id]) for version in loaded)


def local_day(moment: datetime) -> date:
    """The day on which the moment falls in Warsaw."""
    return moment.astimezone(WARSAW).date()


def moment_at(day: date, at: time) -> datetime:
    """The instant at which Warsaw clocks show that time.

    A time that is skipped in spring is taken as if the clocks had not yet moved; one that comes
    twice in autumn is the first.
    """
    return datetime.combine(day, at, WARSAW).astimezone(UTC)


def start_of_day(day: date) -> datetime:
    """The first instant of the day in Warsaw."""
    return moment_at(day, time.min)
