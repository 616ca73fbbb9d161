"""A generated year of interventions, as a register of the Department would hold it (§ 9 pt 1-3).

The same seed, number and end of the year make the same rows. Nobody in them exists.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from activities.registers.ingredients import Chance, ingredients, weight_in
from activities.registers.past_story import Cells, PastStory
from runtime.reference_data import ReferenceData

_DAY: Final = timedelta(days=1)
_BY_WEEKDAY: Final = (15, 14, 13, 13, 12, 5, 4)


def past_year(seed: int, number: int, until: date, data: ReferenceData) -> Iterator[Cells]:
    """So many rows received in the year before `until`, told as they stood on that day."""
    chance = Chance(seed)
    received = sorted(_receipts(chance, number, until))
    numbers: dict[int, int] = {}
    for at in received:
        numbers[at.year] = numbers.get(at.year, 0) + 1
        story = PastStory(chance, at, until, data)
        story.cells["numer"] = f"KS-06.{numbers[at.year]:05d}.{at.year}"
        yield story.told()


def _receipts(chance: Chance, number: int, until: date) -> Iterator[datetime]:
    """More come in months that have more to complain of, and on Mondays."""
    months = _months_before(until)
    busy = {first: _busy(first.month) for first in months}
    for _ in range(number):
        first = chance.of(busy)
        days = [first + n * _DAY for n in range(31) if (first + n * _DAY).month == first.month]
        day = chance.of({day: _BY_WEEKDAY[day.weekday()] for day in days})
        yield datetime.combine(day, time(6 + chance.within(17), chance.within(60)))


def _months_before(until: date) -> list[date]:
    """The first days of the twelve months before the one in which `until` is."""
    places = [until.year * 12 + until.month - 1 - back for back in range(12, 0, -1)]
    return [date(place // 12, place % 12 + 1, 1) for place in places]


def _busy(month: int) -> float:
    return sum(weight_in(kind, month) for kind in ingredients().categories.values())
