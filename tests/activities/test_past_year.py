"""The generated year: the same again for a seed, all of the town in it, each row a real case."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from activities.registers.generate import generate
from domain.working_days import local_day
from projections.reports.command import rendered
from projections.reports.parameters import Parameters
from projections.reports.periods import Period
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.store import Store
from tests.activities.registers import imported
from tests.installation import settings_of
from tests.projections.test_reports import LATE, assert_like_the_second_computation

REFERENCE = load_reference_data()
UNTIL = date(2026, 11, 1)
OCTOBER = Period(date(2026, 10, 1), UNTIL)


def made(path: Path, seed: int = 7, number: int = 1_500) -> Path:
    generate(path, seed, number, UNTIL, REFERENCE)
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    return rows(made(tmp_path_factory.mktemp("year") / "rok.csv"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """On SQLite; what the year does on PostgreSQL it does row by row, as any register."""
    return settings_of(tmp_path / "var")


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    one, other = made(tmp_path / "1.csv"), made(tmp_path / "2.csv")
    assert one.read_bytes() == other.read_bytes()
    assert made(tmp_path / "3.csv", seed=8).read_bytes() != one.read_bytes()


def test_all_groups_and_districts_are_in_it(year: list[dict[str, str]]) -> None:
    groups = {row["kategoria"].partition(".")[0] for row in year}
    assert groups == {group.id for group in REFERENCE.routing.groups}
    assert {row.id for row in REFERENCE.routing.districts} <= {row["dzielnica"] for row in year}


def test_each_season_has_its_own_troubles(year: list[dict[str, str]]) -> None:
    months = {
        category: Counter(int(row["wpłynęło"][5:7]) for row in year if row["kategoria"] == category)
        for category in ("cleanliness.winter", "greenery.mowing")
    }
    winter, mowing = months["cleanliness.winter"], months["greenery.mowing"]
    assert sum(winter[month] for month in (12, 1, 2)) > sum(winter.values()) * 0.6
    assert winter[7] == 0
    assert sum(mowing[month] for month in range(4, 9)) > sum(mowing.values()) * 0.5


def test_nothing_in_it_is_dated_after_the_year(year: list[dict[str, str]]) -> None:
    steps = ("wpłynęło", "zarejestrowano", "przekazano", "odpowiedziano", "załatwiono", "zamknięto")
    dates = [row[step] for row in year for step in steps if row[step]]
    assert "2025-11-01" <= min(dates) <= max(dates) < "2026-11-01"


def test_units_are_late_give_back_and_are_asked_again(year: list[dict[str, str]]) -> None:
    for column in ("zwrócono", "odpowiedź zwrócono", "obiecano na", "uzasadnienie"):
        assert 0.02 < sum(bool(row[column]) for row in year) / len(year) < 0.2
    assert any(row["wynik"] == "registered_in_error" for row in year)
    assert any("ł" in row["treść"] and "ż" in row["treść"] for row in year)


def test_every_row_becomes_a_case_and_r1_counts_it(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    path = made(tmp_path / "rok.csv", number=250)
    assert imported(settings, path).imported == 250
    received = sum(row["wpłynęło"].startswith("2026-10") for row in rows(path))
    report = rendered("R1", Parameters(OCTOBER, LATE), store, REFERENCE)
    assert report.table("R1.1").column("period")["received"] == received
    assert local_day(LATE) > UNTIL
    assert_like_the_second_computation(store, LATE)
