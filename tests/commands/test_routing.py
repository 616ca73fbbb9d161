"""`ks routing try`: what a changed table would move, and nothing is changed."""

import csv
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from domain.interventions.commands import Place
from runtime.settings import Settings
from runtime.store import Store
from tests.builders import Case
from tests.commands.conftest import Ks
from tests.given import moment

SHIPPED = Path(__file__).parents[2] / "domain" / "data" / "routing_tables.yaml"
START = moment("2026-10-05 10:20")
ALEJA = Place(district="XVIII", street="al. Pokoju", number="44")
ROADSIDE = {
    "id": "greenery.roadside",
    "when": {"category": "greenery.mowing", "streets": ["al. Pokoju"]},
    "unit": "ZDMK",
    "reason": "Pas drogowy według mapy zarządców.",
}
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A file with the table of the package as it is to be, with these rows above its own."""

    def written(*above: dict[str, Any], **fields: Any) -> Path:
        (table,) = yaml.safe_load(SHIPPED.read_text("utf-8"))
        usual = {"version": "2", "valid_from": "2026-12-01", "hit_policy": "first"}
        table |= usual | {"rules": [*above, *table["rules"]]} | fields
        path = tmp_path / "changed.yaml"
        path.write_text(yaml.safe_dump([table], allow_unicode=True), "utf-8")
        return path

    return written


def mowing(number: int, store: Store, days: int = 0, **fields: Any) -> Case:
    usual: dict[str, Any] = {"category": "greenery.mowing", "place": ALEJA}
    at = START + timedelta(days=days)
    return Case(number, at, store=store, **{**usual, **fields}).open_needed()


def the_log(store: Store) -> None:
    """One case went its way, one ended with the other unit, one waits; the last is elsewhere."""
    mowing(1, store).forward("ZZM")
    mowing(2, store, 1).forward("ZZM").misroute("R1", "ZDMK").send_on("R1", "ZDMK")
    mowing(3, store, 30)
    mowing(4, store, 2, place=Place(street="os. Widok")).forward("ZZM")
    Case(5, START, store=store, category="roads.pothole", place=ALEJA).open_needed()


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_it_shows_what_would_move_by_rule_and_unit_and_case_by_case(
    ks: Ks, store: Store, write: Write
) -> None:
    the_log(store)
    shown = ks("routing", "try", str(write(ROADSIDE)))
    assert shown.returncode == 0, shown.stderr
    said = lines(shown.stdout)
    assert said[0] == "version 2 (first): 3 of 5 cases would move"
    assert said[1] == (
        "the unit that led at last was proposed in 2 of 3 decided cases, and would be in 2"
    )
    for line in (
        "greenery.roadside 3 3",
        "roads.pothole 1 0",
        "greenery.mowing 1 0",
        "ZDMK 1 4 +3",
        "ZZM 4 1 -3",
        "INT-2026-000001 2026-10-05 greenery.mowing XVIII al. Pokoju ZZM greenery.mowing of 1"
        " ZDMK greenery.roadside ZZM",
        "INT-2026-000002 2026-10-06 greenery.mowing XVIII al. Pokoju ZZM greenery.mowing of 1"
        " ZDMK greenery.roadside ZDMK",
        "INT-2026-000003 2026-11-04 greenery.mowing XVIII al. Pokoju ZZM greenery.mowing of 1"
        " ZDMK greenery.roadside",
    ):
        assert line in said
    assert said[-1] == "nothing was changed"


def test_only_the_cases_of_the_days_asked_for_are_looked_at(
    ks: Ks, store: Store, write: Write
) -> None:
    the_log(store)
    path = str(write(ROADSIDE))
    shown = ks("routing", "try", path, "--from", "2026-10-06", "--to", "2026-11-04")
    assert lines(shown.stdout)[0] == "version 2 (first): 1 of 2 cases would move"
    none = ks("routing", "try", path, "--from", "2027-01-01")
    assert lines(none.stdout)[0] == "version 2 (first): 0 of 0 cases would move"


def test_all_that_would_move_goes_into_a_file(
    ks: Ks, store: Store, write: Write, tmp_path: Path
) -> None:
    the_log(store)
    out = tmp_path / "moved.csv"
    shown = ks("routing", "try", str(write(ROADSIDE)), "--most", "1", "--out", str(out))
    assert "and 2 more: see --most and --out" in lines(shown.stdout)
    heading, *rows = csv.reader(out.read_text("utf-8").splitlines())
    assert heading[0] == "case"
    assert [row[0] for row in rows] == [f"INT-2026-00000{n}" for n in (1, 2, 3)]


def test_it_changes_nothing(ks: Ks, store: Store, write: Write, settings: Settings) -> None:
    the_log(store)
    position = store.position()
    files = {path for path in settings.var.rglob("*") if path.is_file()}
    assert ks("routing", "try", str(write(ROADSIDE))).returncode == 0
    assert store.position() == position
    left = {path for path in settings.var.rglob("*") if path.is_file()}
    assert {path for path in left ^ files if path.suffix == ".db"} == set()


def test_a_table_that_is_wrong_is_refused_by_row_and_field(
    ks: Ks, store: Store, write: Write
) -> None:
    unknown = {**ROADSIDE, "unit": "ZZZ"}
    path = write(unknown, version="1")
    refused = ks("routing", "try", str(path))
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        f"ks: {path}, row 1 (1), rules row 1 (greenery.roadside): unit: ZZZ is not in routing.yaml",
        f"{path}, row 1 (1): version: another table has it already",
    ]


def test_a_table_of_the_wrong_form_is_refused_by_row_and_field(ks: Ks, write: Write) -> None:
    path = write({**ROADSIDE, "unit": None})
    refused = ks("routing", "try", str(path))
    assert refused.returncode == 1
    assert refused.stderr == (
        f"ks: {path}, row 1 (2), rules row 1 (greenery.roadside): unit:"
        " Input should be a valid string\n"
    )


def test_a_file_that_is_not_there_is_named(ks: Ks, tmp_path: Path) -> None:
    refused = ks("routing", "try", str(tmp_path / "nowhere.yaml"))
    assert (refused.returncode, refused.stderr) == (
        1,
        f"ks: {tmp_path / 'nowhere.yaml'}: No such file or directory\n",
    )
