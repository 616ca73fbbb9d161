"""Days as they are written out in Polish."""

from datetime import date
from typing import Final

_WEEKDAYS: Final = (
    "poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela",
)  # fmt: skip
_MONTHS: Final = (
    "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca",
    "lipca", "sierpnia", "września", "października", "listopada", "grudnia",
)  # fmt: skip


def long_date(day: date) -> str:
    """`9 października 2026 r.`"""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year} r."


def with_weekday(day: date) -> str:
    """`piątek, 9 października 2026 r.`"""
    return f"{_WEEKDAYS[day.weekday()]}, {long_date(day)}"
