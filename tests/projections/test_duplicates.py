"""Duplicates: same category, near by, at about the same time, and open to joining."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.interventions.commands import Place, Point
from domain.interventions.duplicates import WITHOUT_AN_OUTCOME
from domain.labels import Labels
from projections.duplicates import Candidate, duplicates_of
from projections.interventions import find
from runtime.read_side import ReadSide
from runtime.reference_data import load_reference_data
from runtime.store import Store
from tests.builders import Case
from tests.given import moment
from tests.projections.contents import caught_up

LIMITS = load_reference_data().limits.interventions
START = moment("2026-09-03 09:00")
METRE = 1 / 111_195
HERE = Point(lat=50.0520, lon=19.9440)
DIETLA = Place(street="Dietla", number="42", point=HERE)


class Town:
    """Cases of one category, and what stands beside one of them."""

    def __init__(self, store: Store, read_side: ReadSide, labels: Labels) -> None:
        self._store, self._read_side, self._labels = store, read_side, labels
        self._numbers = 0

    def report(self, days_before: float = 0, place: Place = DIETLA, **fields: Any) -> Case:
        self._numbers += 1
        at = START - timedelta(days=days_before)
        usual = {"category": "lighting.street", "place": place}
        return Case(self._numbers, at, store=self._store, **{**usual, **fields}).open_needed()

    def beside(self, case: Case, now: datetime = START) -> list[Candidate]:
        live = self._read_side.live()
        caught_up(self._store, live, self._labels)
        with live.reader.connect() as connection:
            row = find(connection, case.reference)
            assert row is not None
            return duplicates_of(connection, row, LIMITS, now)


@pytest.fixture
def town(store: Store, read_side: ReadSide, labels: Labels) -> Town:
    return Town(store, read_side, labels)


def metres_north(metres: float, **fields: Any) -> Place:
    return Place(point=Point(lat=HERE.lat + metres * METRE, lon=HERE.lon), **fields)


def test_a_candidate_says_how_near_and_how_long_before_it_was(town: Town) -> None:
    first = town.report(2).forward("ZDMK")
    second = town.report(place=metres_north(20))
    assert town.beside(second) == [
        Candidate(
            reference=first.reference,
            stage="with_units",
            outcome=None,
            units=("ZDMK",),
            received_at=first.case.received_at,
            days_apart=2,
            metres_apart=20,
            same_address=False,
        )
    ]


@pytest.mark.parametrize(
    ("place", "found"),
    [
        (metres_north(LIMITS.duplicate_radius_m), True),
        (metres_north(LIMITS.duplicate_radius_m + 1), False),
        (Place(street="ul. DIETLA", number=" 42"), True),
        (Place(street="Dietla", number="43"), False),
        (Place(street="Dietla"), False),
        (metres_north(5_000, street="Dietla", number="42"), True),
        (Place(), False),
    ],
)
def test_near_is_the_same_address_or_a_short_way(town: Town, place: Place, found: bool) -> None:
    town.report(1, place)
    assert bool(town.beside(town.report())) is found


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (LIMITS.duplicate_search_days, True),
        (LIMITS.duplicate_search_days + 1, False),
        (-LIMITS.duplicate_search_days, True),
    ],
)
def test_only_what_came_about_the_same_time_counts(town: Town, days: int, found: bool) -> None:
    town.report(days)
    assert bool(town.beside(town.report())) is found


def test_another_category_is_another_matter(town: Town) -> None:
    town.report(1, category="lighting.park")
    assert town.beside(town.report()) == []


def test_a_closed_case_is_a_candidate_for_as_long_as_it_may_be_joined(town: Town) -> None:
    closed = town.report(2).whole_way()
    other = town.report()
    limit = timedelta(days=LIMITS.duplicate_closed_days)
    closed_at = closed.events[-1].timestamp
    assert [each.outcome for each in town.beside(other, closed_at + limit)] == ["done"]
    assert town.beside(other, closed_at + limit + timedelta(minutes=1)) == []


def test_what_ended_without_an_outcome_to_be_told_is_not_a_candidate(town: Town) -> None:
    for outcome in sorted(WITHOUT_AN_OUTCOME):
        case = town.report(2)
        case.case.end(outcome, case._act("ks-06-head"))
        case._save(case.case)
    assert town.beside(town.report()) == []


def test_the_nearest_comes_first(town: Town) -> None:
    far, near = town.report(3, metres_north(30)), town.report(1, metres_north(3))
    found = [each.reference for each in town.beside(town.report())]
    assert found == [near.reference, far.reference]
