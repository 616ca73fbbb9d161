"""Statutory days off in Poland, as dated versions of one table."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from domain.messages import Message

_LEAP_YEAR = 2024


def _month_day(text: str) -> str:
    date.fromisoformat(f"{_LEAP_YEAR}-{text}")
    return text


class FixedHoliday(Message):
    """The same month and day in every year of its span."""

    id: str
    day: Annotated[str, Field(pattern=r"^\d\d-\d\d$"), AfterValidator(_month_day)]
    from_year: int | None = None
    to_year: int | None = None
    note: str | None = None

    def in_year(self, year: int) -> date | None:
        if year < (self.from_year or year) or year > (self.to_year or year):
            return None
        try:
            return date.fromisoformat(f"{year:04d}-{self.day}")
        except ValueError:  # 29 February in a common year
            return None


class EasterHoliday(Message):
    """A day that moves with Easter."""

    id: str
    offset: int

    def in_year(self, year: int) -> date:
        return easter_sunday(year) + timedelta(days=self.offset)


class OneOffHoliday(Message):
    """A single date made free by an act of its own."""

    id: str
    day: date
    note: str | None = None

    def in_year(self, year: int) -> date | None:
        return self.day if self.day.year == year else None


Holiday = FixedHoliday | EasterHoliday | OneOffHoliday


class CalendarVersion(Message):
    """One loading of the table: all its days, or another version with days added and left out."""

    id: str
    loaded_on: date
    extends: str | None = None
    without: tuple[str, ...] = ()
    fixed: tuple[FixedHoliday, ...] = ()
    easter: tuple[EasterHoliday, ...] = ()
    one_off: tuple[OneOffHoliday, ...] = ()
    source: str

    @property
    def added(self) -> tuple[Holiday, ...]:
        return (*self.fixed, *self.easter, *self.one_off)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [holiday.id for holiday in self.added]
        if len(ids) != len(set(ids)):
            raise ValueError("two days off have the same id")
        if self.without and self.extends is None:
            raise ValueError("`without` needs a version that is extended")
        return self


def holidays_by_version(versions: Iterable[CalendarVersion]) -> dict[str, tuple[Holiday, ...]]:
    """Every version with its whole list of days off; ValueError where one does not fit."""
    whole: dict[str, tuple[Holiday, ...]] = {}
    for version in versions:
        if version.id in whole:
            raise ValueError(f"version {version.id} is given twice")
        whole[version.id] = (*_kept(version, whole), *version.added)
    return whole


def _kept(version: CalendarVersion, known: dict[str, tuple[Holiday, ...]]) -> Iterator[Holiday]:
    if version.extends is None:
        return
    if version.extends not in known:
        raise ValueError(f"version {version.id} extends {version.extends}, which is not above it")
    inherited = {holiday.id: holiday for holiday in known[version.extends]}
    for gone in version.without:
        if inherited.pop(gone, None) is None:
            raise ValueError(f"version {version.id} is without {gone}, which nothing adds")
    for holiday in version.added:
        if holiday.id in inherited:
            raise ValueError(f"version {version.id} adds {holiday.id}, which is there already")
    yield from inherited.values()


def easter_sunday(year: int) -> date:
    """Gregorian Easter: the Sunday after the first ecclesiastical full moon of spring."""
    century = year // 100
    golden = year % 19
    solar = century - century // 4
    lunar = (century - (century - 17) // 25) // 3
    moon_age = (solar - lunar + 19 * golden + 15) % 30
    # Two corrections keep the full moon between 21 March and 18 April.
    if moon_age == 29 or (moon_age == 28 and golden > 10):
        moon_age -= 1
    full_moon = date(year, 3, 21) + timedelta(days=moon_age)
    return full_moon + timedelta(days=7 - full_moon.isoweekday() % 7)
