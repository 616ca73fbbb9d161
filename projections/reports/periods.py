"""Periods of reports: whole days in Warsaw, and the periods that each is compared with."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final, Literal

from domain.working_days import start_of_day

Kind = Literal["day", "week", "month", "quarter", "half_year", "year", "free"]

_MONTHS: Final[dict[int, Kind]] = {1: "month", 3: "quarter", 6: "half_year", 12: "year"}
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From the first day on, up to the day `to`, which is no longer in it."""

    first: date
    to: date

    @cached_property
    def starts_at(self) -> datetime:
        return start_of_day(self.first)

    @cached_property
    def ends_at(self) -> datetime:
        """The first instant after the period."""
        return start_of_day(self.to)

    def covers(self, moment: datetime | None) -> bool:
        return moment is not None and self.starts_at <= moment < self.ends_at

    @property
    def kind(self) -> Kind:
        """A calendar week begins on Monday; a quarter and a half-year where the calendar's do."""
        if months := self._whole_months():
            return _MONTHS[months]
        days = (self.to - self.first).days
        if days == 7 and self.first.weekday() == 0:
            return "week"
        return "day" if days == 1 else "free"

    @property
    def previous(self) -> "Period":
        """The period of the same kind, or of as many days, just before."""
        if months := self._whole_months():
            return Period(_months_later(self.first, -months), self.first)
        return Period(self.first - (self.to - self.first), self.first)

    @property
    def last_year(self) -> "Period":
        """The same period of the year before; 29 February is compared with the 28th, and the
        53rd week with the 52nd of a year that has no more."""
        if self._whole_months():
            return Period(_months_later(self.first, -12), _months_later(self.to, -12))
        if self.kind == "week":
            year, week, _ = self.first.isocalendar()
            last = date(year - 1, 12, 28).isocalendar().week
            monday = date.fromisocalendar(year - 1, min(week, last), 1)
            return Period(monday, monday + timedelta(days=7))
        return Period(_year_before(self.first), _year_before(self.to - _ONE_DAY) + _ONE_DAY)

    def _whole_months(self) -> int:
        """The length when this is a month, quarter, half-year or year of the calendar, or 0."""
        months = 12 * (self.to.year - self.first.year) + self.to.month - self.first.month
        whole = self.first.day == self.to.day == 1 and months in _MONTHS
        return months if whole and (self.first.month - 1) % months == 0 else 0


def _months_later(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


def _year_before(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return date(day.year - 1, day.month, 28 if is_leap_day else day.day)
