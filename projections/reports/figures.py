"""Figures of reports: shares, ranks, changes and spans of time, exact and rounded once."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, TypeVar

V = TypeVar("V", int, Decimal)

NOTHING: Final = Decimal("0.0")
_TENTH: Final = Decimal("0.1")
_DAY: Final = timedelta(days=1)


def shares(counts: Sequence[int]) -> tuple[Decimal, ...]:
    """Per cent of the total with one decimal; by the largest remainder they make 100.0 in all.

    What is left over goes to the largest remainders, of equal ones to the first.
    """
    total = sum(counts)
    if not total:
        return (NOTHING,) * len(counts)
    tenths = [1000 * count // total for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda n: -(1000 * counts[n] % total))
    for place in by_remainder[: 1000 - sum(tenths)]:
        tenths[place] += 1
    return tuple(rounded(Decimal(each) / 10) for each in tenths)


def share(part: int, whole: int) -> Decimal | None:
    return rounded(Decimal(100 * part) / whole) if whole else None


def change(now: int, then: int) -> Decimal | None:
    """In per cent; None when there was nothing to compare with."""
    return rounded(Decimal(100 * (now - then)) / then) if then else None


def nearest_rank(values: Collection[V], percent: int) -> V | None:
    """The smallest value that so many per cent of all values do not exceed."""
    if not values:
        return None
    rank = -(-percent * len(values) // 100)
    return sorted(values)[rank - 1]


def days_from(start: datetime, end: datetime) -> Decimal:
    """Calendar days that passed, with one decimal."""
    return rounded(
        Decimal((end - start) // timedelta(microseconds=1)) / (_DAY // timedelta.resolution)
    )


def rounded(value: Decimal) -> Decimal:
    """To one decimal, a half away from zero."""
    return value.quantize(_TENTH, ROUND_HALF_UP)
