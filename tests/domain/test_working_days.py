"""The Polish calendar, counting in it, and the days of Europe/Warsaw."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import holidays as oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.holidays import CalendarVersion, easter_sunday
from domain.working_days import Calendar, calendars_of, local_day, moment_at, start_of_day
from runtime.reference_data import load_reference_data

CALENDAR = load_reference_data().deadlines.calendar
POLISH_DAYS_OFF = oracle.country_holidays("PL", years=range(2010, 2042))
DAYS = st.dates(date(2011, 1, 1), date(2040, 12, 31))


def naive_add(day: date, number: int) -> date:
    """Day by day, with the days off of another source."""
    step = timedelta(days=1 if number > 0 else -1)
    while number:
        day += step
        if day.isoweekday() < 6 and day not in POLISH_DAYS_OFF:
            number -= 1 if number > 0 else -1
    return day


def version(id: str, **fields: Any) -> CalendarVersion:
    return CalendarVersion.model_validate(
        {"id": id, "loaded_on": "2026-01-01", "source": "test", **fields}
    )


@pytest.mark.parametrize("year", range(2011, 2041))
def test_the_days_off_of_every_year_are_those_of_the_holidays_package(year: int) -> None:
    january = date(year, 1, 1)
    days = [january + timedelta(days=n) for n in range(366)]
    ours = {d for d in days if CALENDAR.day_off_reason(d) not in (None, "saturday", "sunday")}
    assert ours == {d for d in POLISH_DAYS_OFF if d in days}


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2024-12-24", None),
        ("2025-12-24", "christmas_eve"),
        ("2018-11-12", "independence_centenary"),
        ("2019-11-12", None),
        ("2010-01-06", None),
        ("2026-01-06", "epiphany"),
        ("2026-04-05", "easter_sunday"),
        ("2026-04-06", "easter_monday"),
        ("2026-05-24", "pentecost"),
        ("2026-06-04", "corpus_christi"),
        ("2026-08-15", "assumption"),
        ("2026-11-07", "saturday"),
        ("2026-11-08", "sunday"),
        ("2026-11-09", None),
    ],
)
def test_a_day_off_says_why(day: str, reason: str | None) -> None:
    assert CALENDAR.day_off_reason(date.fromisoformat(day)) == reason


@pytest.mark.parametrize(
    ("year", "easter"),
    [
        (1818, "1818-03-22"),  # the earliest possible
        (1943, "1943-04-25"),  # the latest possible
        (1954, "1954-04-18"),
        (1981, "1981-04-19"),
        (2026, "2026-04-05"),
        (2049, "2049-04-18"),
        (2076, "2076-04-19"),
    ],
)
def test_easter_falls_on_its_gregorian_date(year: int, easter: str) -> None:
    assert easter_sunday(year) == date.fromisoformat(easter)


@given(day=DAYS, number=st.integers(-300, 300))
def test_adding_working_days_agrees_with_counting_day_by_day(day: date, number: int) -> None:
    assert CALENDAR.add_working_days(day, number) == naive_add(day, number)


@given(start=DAYS, span=st.integers(0, 900))
def test_working_days_between_are_those_after_the_start_up_to_the_end(
    start: date, span: int
) -> None:
    end = start + timedelta(days=span)
    between = [start + timedelta(days=n) for n in range(1, span + 1)]
    counted = sum(day.isoweekday() < 6 and day not in POLISH_DAYS_OFF for day in between)
    assert CALENDAR.working_days_between(start, end) == counted
    assert CALENDAR.working_days_between(end, start) == -counted


@given(day=DAYS)
def test_rolling_stops_at_the_nearest_working_day(day: date) -> None:
    later, earlier = CALENDAR.next_working_day(day), CALENDAR.previous_working_day(day)
    assert earlier <= day <= later
    assert (later == day) == (earlier == day) == CALENDAR.is_working_day(day)
    assert later == naive_add(day - timedelta(days=1), 1)
    assert earlier == naive_add(day + timedelta(days=1), -1)


def test_a_later_version_adds_days_and_leaves_some_out() -> None:
    first = version(
        "1",
        fixed=[{"id": "epiphany", "day": "01-06"}, {"id": "christmas_day", "day": "12-25"}],
    )
    second = version(
        "2",
        loaded_on="2026-11-09",
        extends="1",
        without=["epiphany"],
        one_off=[{"id": "day_of_mourning", "day": "2026-11-12"}],
    )
    old, new = calendars_of([first, second])
    assert [old.version, new.version] == ["1", "2"]
    assert old.day_off_reason(date(2026, 11, 12)) is None
    assert new.day_off_reason(date(2026, 11, 12)) == "day_of_mourning"
    assert old.day_off_reason(date(2026, 1, 6)) == "epiphany"
    assert new.day_off_reason(date(2026, 1, 6)) is None
    assert new.day_off_reason(date(2026, 12, 25)) == "christmas_day"


def test_the_version_loaded_last_is_the_current_one() -> None:
    late = version("late", loaded_on="2026-11-09")
    early = version("early", loaded_on="2026-01-01")
    assert [calendar.version for calendar in calendars_of([late, early])] == ["early", "late"]


@pytest.mark.parametrize(
    ("versions", "reason"),
    [
        ([version("1"), version("1")], "version 1 is given twice"),
        ([version("2", extends="1")], "version 2 extends 1, which is not above it"),
        (
            [version("1"), version("2", extends="1", without=["epiphany"])],
            "version 2 is without epiphany, which nothing adds",
        ),
        (
            [
                version("1", easter=[{"id": "easter_monday", "offset": 1}]),
                version("2", extends="1", easter=[{"id": "easter_monday", "offset": 1}]),
            ],
            "version 2 adds easter_monday, which is there already",
        ),
    ],
)
def test_versions_that_do_not_fit_together_are_refused(
    versions: list[CalendarVersion], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        calendars_of(versions)


def test_a_day_of_the_leap_year_is_absent_in_other_years() -> None:
    leap = version("1", fixed=[{"id": "leap_day", "day": "02-29"}])
    calendar = Calendar("1", leap.added)
    assert calendar.day_off_reason(date(2028, 2, 29)) == "leap_day"
    assert calendar.working_days_between(date(2027, 2, 26), date(2027, 3, 1)) == 1


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        ("2026-11-08T22:59", "2026-11-08"),
        ("2026-11-08T23:00", "2026-11-09"),
        ("2026-07-08T21:59", "2026-07-08"),
        ("2026-07-08T22:00", "2026-07-09"),
        ("2026-03-28T23:00", "2026-03-29"),
        ("2026-03-29T22:00", "2026-03-30"),
        ("2026-10-24T22:00", "2026-10-25"),
        ("2026-10-25T22:59", "2026-10-25"),
    ],
)
def test_a_moment_falls_on_the_day_of_warsaw(utc: str, day: str) -> None:
    assert local_day(datetime.fromisoformat(utc).replace(tzinfo=UTC)) == date.fromisoformat(day)


@given(day=DAYS)
def test_a_day_lasts_from_its_start_to_the_start_of_the_next(day: date) -> None:
    following = start_of_day(day + timedelta(days=1))
    assert local_day(start_of_day(day)) == day
    assert local_day(following - timedelta(microseconds=1)) == day
    hours = (following - start_of_day(day)) / timedelta(hours=1)
    assert hours in (23, 24, 25)


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        ("2026-01-15", "09:00", "2026-01-15T08:00"),
        ("2026-07-15", "09:00", "2026-07-15T07:00"),
        ("2026-03-29", "02:30", "2026-03-29T01:30"),  # skipped: the clocks show 03:30
        ("2026-10-25", "02:30", "2026-10-25T00:30"),  # twice: the first
    ],
)
def test_a_time_of_day_is_that_of_the_clocks_in_warsaw(day: str, at: str, utc: str) -> None:
    moment = moment_at(date.fromisoformat(day), time.fromisoformat(at))
    assert moment == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert moment.astimezone(ZoneInfo("Europe/Warsaw")).date() == date.fromisoformat(day)
