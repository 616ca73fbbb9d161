"""Cases that may be about the same matter as another one: listed at triage (A1, A11)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select

from domain.interventions.duplicates import WITHOUT_AN_OUTCOME
from domain.limits import InterventionLimits
from domain.places import metres_between, number_key, street_key
from domain.working_days import local_day
from projections.rows import Row
from projections.tables import interventions


@dataclass(frozen=True)
class Candidate:
    """Another case of the same category, near by and received about the same time."""

    reference: str
    stage: str
    outcome: str | None
    units: tuple[str, ...]
    received_at: datetime
    days_apart: int
    """Between the days of receipt; negative when the other one came later."""
    metres_apart: int | None
    """None when one of them has no point."""
    same_address: bool


def duplicates_of(
    connection: Connection, case: Row, limits: InterventionLimits, now: datetime
) -> list[Candidate]:
    """The nearest first; of those equally near the one that came first."""
    found = (_compared(case, other) for other in _others(connection, case, limits, now))
    near = (each for each in found if _is_near(each, limits))
    return sorted(near, key=lambda each: (each.metres_apart or 0, each.received_at))


def _others(
    connection: Connection, case: Row, limits: InterventionLimits, now: datetime
) -> Iterator[Row]:
    """Of the same category and about the same time; places are compared by who asks."""
    columns = interventions.c
    span = timedelta(days=limits.duplicate_search_days)
    ended_since = now - timedelta(days=limits.duplicate_closed_days)
    query = select(interventions).where(
        columns.category == case["category"],
        columns.received_at.between(case["received_at"] - span, case["received_at"] + span),
        columns.reference != case["reference"],
        or_(columns.closed_at.is_(None), columns.closed_at >= ended_since),
        or_(columns.outcome.is_(None), columns.outcome.not_in(WITHOUT_AN_OUTCOME)),
    )
    yield from (dict(row) for row in connection.execute(query).mappings())


def _compared(case: Row, other: Row) -> Candidate:
    received = local_day(case["received_at"]) - local_day(other["received_at"])
    return Candidate(
        reference=other["reference"],
        stage=other["stage"],
        outcome=other["outcome"],
        units=tuple(other["units"]),
        received_at=other["received_at"],
        days_apart=received.days,
        metres_apart=_metres_apart(case, other),
        same_address=_address(case) is not None and _address(case) == _address(other),
    )


def _is_near(candidate: Candidate, limits: InterventionLimits) -> bool:
    metres = candidate.metres_apart
    return candidate.same_address or (metres is not None and metres <= limits.duplicate_radius_m)


def _metres_apart(case: Row, other: Row) -> int | None:
    points = [case["lat"], case["lon"], other["lat"], other["lon"]]
    if any(degrees is None for degrees in points):
        return None
    return round(metres_between(*points))


def _address(row: Row) -> tuple[str, str] | None:
    """A street alone is too long to be a place."""
    if row["street"] is None or row["number"] is None:
        return None
    return street_key(row["street"]), number_key(row["number"])
