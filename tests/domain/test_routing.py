"""Routing: categories and districts, kinds of units, and the outline of the city."""

from datetime import date

import pytest
from pydantic import ValidationError

from domain.routing import RoutingTable, Unit
from runtime.reference_data import load_reference_data

ROUTING = load_reference_data().routing


def test_categories_and_districts_are_known_by_their_ids() -> None:
    assert ROUTING.has_category("roads.pothole")
    assert not ROUTING.has_category("safety.crime")
    assert ROUTING.category("safety_social.crime").emergency
    assert [district.id for district in ROUTING.districts][:3] == ["I", "II", "III"]
    assert len(ROUTING.districts) == 18
    assert ROUTING.has_district("XVIII")
    assert not ROUTING.has_district("XIX")


@pytest.mark.parametrize(
    ("unit", "separate", "feedback"),
    [
        ("ZDMK", False, True),
        ("UMK-IR", False, True),
        ("ZCK", False, True),
        ("MPO", True, True),
        ("KBF", True, True),
        ("EXT-GAZ", True, False),
    ],
)
def test_the_kind_of_a_unit_decides_what_it_gets_and_gives(
    unit: str, separate: bool, feedback: bool
) -> None:
    row = ROUTING.unit(unit)
    assert (row.is_separate_controller, row.gives_feedback) == (separate, feedback)


def test_a_unit_is_active_in_its_span() -> None:
    unit = Unit(
        id="NEW",
        name="Nowa jednostka",
        kind="budget_unit",
        subject="-",
        source="test",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
    )
    table = ROUTING.model_copy(update={"units": (unit,)}, deep=True)
    table = RoutingTable.model_validate({**table.model_dump(), "groups": []})
    assert not table.unit_active("NEW", date(2025, 12, 31))
    assert table.unit_active("NEW", date(2026, 1, 1))
    assert table.unit_active("NEW", date(2026, 12, 31))
    assert not table.unit_active("NEW", date(2027, 1, 1))
    assert not table.unit_active("ZDMK", date(2026, 6, 1))
    assert ROUTING.unit_active("ZDMK", date(2018, 11, 12))


@pytest.mark.parametrize(
    ("lat", "lon", "inside"),
    [
        (50.0617, 19.9373, True),  # Rynek Główny
        (50.0210, 19.8000, True),  # Tyniec
        (50.0700, 20.2100, True),  # Wolica, the far east
        (49.9750, 19.9500, True),  # Swoszowice, the far south
        (50.1200, 20.0000, True),  # the northern edge
        (19.9373, 50.0617, False),  # exchanged
        (52.2297, 21.0122, False),  # Warszawa
        (50.2649, 19.0238, False),  # Katowice
        (49.8300, 19.9400, False),  # Myślenice
        (50.0617, 20.9000, False),
        (0.0, 0.0, False),
    ],
)
def test_the_outline_holds_the_city_and_not_its_neighbours(
    lat: float, lon: float, inside: bool
) -> None:
    assert ROUTING.city_contains(lat, lon) is inside


def test_a_table_whose_rows_do_not_fit_is_refused() -> None:
    data = ROUTING.model_dump()
    data["rules"] = [rule for rule in data["rules"] if rule["id"] != "emergency"]
    data["groups"][0]["categories"][0]["id"] = "road.pothole"
    data["districts"][1]["id"] = "I"
    with pytest.raises(ValidationError) as fault:
        RoutingTable.model_validate(data)
    for reason in (
        "rule emergency is missing",
        "category road.pothole does not begin with its group roads",
        "district I is there twice",
    ):
        assert reason in str(fault.value)
