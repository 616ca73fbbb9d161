"""What time alone does to a case: one row for each thing that happens when nobody acts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from domain.interventions import supplements
from domain.messages import SYSTEM, Act
from domain.rulebook import Rulebook

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

Lapsed = tuple[Act, Callable[[], None]]
Occasions = Callable[["Intervention", Rulebook], Iterator[tuple[datetime, str]]]


@dataclass(frozen=True)
class Lapse:
    """One row. What has happened, or cannot happen any more, has no occasion."""

    name: str
    occasions: Occasions
    """When it happens, and to what in the case: a round or a referral, say."""
    why: str
    """What an operator reads of the moment."""
    carry_out: Callable[["Intervention", str, Act, Rulebook], None]
    """Given to what it happens."""


LAPSES = (
    Lapse(
        "supplement",
        occasions=supplements.ends,
        why="the time for a supplement ends",
        carry_out=lambda case, subject, act, book: supplements.lapse(case, act, book),
    ),
)


def moments(case: "Intervention", book: Rulebook) -> Iterator[tuple[datetime, str]]:
    """When something happens by itself, also in the past."""
    for row in LAPSES:
        for at, _ in row.occasions(case, book):
            yield at, row.why


def due(case: "Intervention", at: datetime, book: Rulebook) -> Lapsed | None:
    """The earliest thing that has to happen by now, with its act; ask until there is none.

    The act is the same however often it is asked for, so that what happened is not repeated.
    """
    found = [
        (moment, row, subject)
        for row in LAPSES
        for moment, subject in row.occasions(case, book)
        if moment <= at
    ]
    if not found:
        return None
    _, row, subject = min(found, key=lambda each: each[0])
    key = f"lapse:{case.reference}:{row.name}:{subject}"
    act = Act(command_id=key, at=at, by=SYSTEM)
    return act, lambda: row.carry_out(case, subject, act, book)
