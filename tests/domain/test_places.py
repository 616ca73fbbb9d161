"""Places: the same street and number however they are written, and ways between points."""

import pytest

from domain.places import metres_between, number_key, street_key

ONE_METRE_NORTH = 1 / 111_195


@pytest.mark.parametrize("written", ["Długa", "ul. Długa", "UL.DŁUGA", " ulica  długa "])
def test_a_street_is_one_street_however_it_is_written(written: str) -> None:
    assert street_key(written) == "długa"


def test_other_kinds_of_streets_are_other_streets() -> None:
    names = ["Pokoju", "al. Pokoju", "os. Pokoju", "pl. Pokoju"]
    assert len({street_key(name) for name in names}) == 4
    assert street_key("Ulicka") == "ulicka"


def test_a_number_is_one_number_however_it_is_written() -> None:
    assert number_key("12 A") == number_key("12a") != number_key("12")


@pytest.mark.parametrize("metres", [0, 1, 20, 50, 5_000])
def test_ways_to_the_north_are_measured_in_metres(metres: int) -> None:
    there = 50.067 + metres * ONE_METRE_NORTH
    assert metres_between(50.067, 19.937, there, 19.937) == pytest.approx(metres, rel=1e-3)


def test_a_degree_to_the_east_is_shorter_here_than_at_the_equator() -> None:
    assert metres_between(50.0, 19.0, 50.0, 20.0) == pytest.approx(71_474, rel=1e-3)
    assert metres_between(0.0, 19.0, 0.0, 20.0) == pytest.approx(111_195, rel=1e-3)
