"""Decision tables of routing: which one is in force, which row decides, and what is wrong."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.interventions.referrals import addressable
from domain.interventions.refusals import UnitNotActive
from domain.routing import RoutingTable
from domain.routing_checks import faults_of
from domain.routing_tables import DecisionTable, Matter, RoutingTables, Rule
from runtime.reference_data import load_reference_data

DATA = load_reference_data()
ROUTING = DATA.routing
DAY = date(2026, 10, 5)

GREENERY = Matter(category="greenery.mowing", district="XVIII", street="al. Pokoju")


def shipped_rules() -> list[dict[str, Any]]:
    table = DATA.routing_tables.in_force(DAY)
    assert table is not None
    return [rule.model_dump() for rule in table.rules]


def rule(id: str, unit: str = "ZDMK", **fields: Any) -> dict[str, Any]:
    when = {name: fields.pop(name) for name in [*fields] if name in CONDITIONS}
    return {"id": id, "when": when, "unit": unit, **fields}


CONDITIONS = ("category", "group", "districts", "streets")


def table(*above: dict[str, Any], **fields: Any) -> DecisionTable:
    """The table of the package with these rows above its own."""
    usual = {"version": "2", "valid_from": "2026-07-01", "hit_policy": "first"}
    return DecisionTable.model_validate({**usual, "rules": [*above, *shipped_rules()], **fields})


ROADSIDE = rule(
    "greenery.roadside",
    category="greenery.mowing",
    streets=["al. Pokoju", "Nowohucka"],
    reason="Pas drogowy według mapy zarządców.",
)


def tables(*versions: DecisionTable) -> RoutingTables:
    first = DATA.routing_tables.in_force(date(2026, 6, 30))
    assert first is not None
    return RoutingTables([first, *versions], ROUTING)


def test_a_proposal_says_by_what_rule_of_which_version_from_what_and_why() -> None:
    proposed = tables(table(ROADSIDE)).propose(GREENERY, DAY)
    assert proposed.model_dump() == {
        "version": "2",
        "rule": "greenery.roadside",
        "unit": "ZDMK",
        "alternatives": (),
        "inputs": {
            "category": "greenery.mowing",
            "district": "XVIII",
            "street": "al. Pokoju",
        },
        "hit_policy": "first",
        "reason": "Pas drogowy według mapy zarządców.",
    }


@pytest.mark.parametrize(
    ("category", "unit", "alternatives", "reason"),
    [
        ("energy.gas", "EXT-GAZ", (), "Kategoria z emergency: true"),
        ("services.complaint", "UMK-WK", (), "Treść decyduje, nie forma"),
        ("transport.driver", "MPK", (), "Kategoria wskazuje"),
        ("cleanliness.dumping", "SM", ("MPO", "ZZM"), "Kategoria wskazuje"),
        ("safety_social.homeless", "MOPS", ("SM",), "Kategoria wskazuje"),
    ],
)
def test_each_category_has_its_unit(
    category: str, unit: str, alternatives: tuple[str, ...], reason: str
) -> None:
    proposed = DATA.routing_tables.propose(Matter(category=category), DAY)
    assert (proposed.rule, proposed.unit, proposed.alternatives) == (category, unit, alternatives)
    assert proposed.reason.startswith(reason)


@pytest.mark.parametrize(
    ("day", "version"),
    [
        ("2025-12-31", ""),
        ("2026-01-01", "1"),
        ("2026-06-30", "1"),
        ("2026-07-01", "2"),
        ("2026-11-14", "2"),
        ("2026-11-15", "winter"),
        ("2027-03-31", "winter"),
        ("2027-04-01", "2"),
    ],
)
def test_the_table_of_the_day_decides_and_one_that_ended_steps_back(day: str, version: str) -> None:
    winter = table(version="winter", valid_from="2026-11-15", valid_to="2027-03-31")
    book = tables(winter, table(ROADSIDE))
    assert book.propose(GREENERY, date.fromisoformat(day)).version == version


def test_without_a_table_nobody_is_proposed() -> None:
    proposed = DATA.routing_tables.propose(GREENERY, date(2018, 11, 12))
    assert (proposed.rule, proposed.unit, proposed.alternatives) == ("no_table", None, ())
    assert DATA.routing_tables.consider(GREENERY, date(2018, 11, 12)) == ()


@pytest.mark.parametrize(
    ("street", "unit"),
    [
        ("al. Pokoju", "ZDMK"),
        ("AL.  POKOJU", "ZDMK"),
        ("ul. Nowohucka", "ZDMK"),
        ("os. Pokoju", "ZZM"),
        (None, "ZZM"),
    ],
)
def test_a_row_for_streets_knows_them_however_they_are_written(
    street: str | None, unit: str
) -> None:
    matter = Matter(category="greenery.mowing", street=street)
    assert tables(table(ROADSIDE)).propose(matter, DAY).unit == unit


def test_a_row_for_a_group_and_a_district_holds_for_all_of_them() -> None:
    north = rule("roads.north", "ZIM", group="roads", districts=["IV", "XVIII"])
    book = tables(table(north))
    here = Matter(category="roads.cycle", district="IV")
    assert book.propose(here, DAY).rule == "roads.north"
    assert book.propose(here.model_copy(update={"district": "I"}), DAY).rule == "roads.cycle"
    lamp = here.model_copy(update={"category": "lighting.street"})
    assert book.propose(lamp, DAY).rule == "lighting.street"


def test_every_row_about_the_category_says_why_it_was_or_was_not_proposed() -> None:
    elsewhere = rule("greenery.north", "ZIS", category="greenery.mowing", districts=["IV"])
    book = tables(table(elsewhere, ROADSIDE))
    assert [(each.rule.id, each.verdict) for each in book.consider(GREENERY, DAY)] == [
        ("greenery.north", "another_place"),
        ("greenery.roadside", "proposed"),
        ("greenery.mowing", "after_the_first"),
    ]


def until_september(unit: str) -> RoutingTable:
    """The units of the package, one of which ends."""
    units = [
        row.model_copy(update={"valid_to": date(2026, 9, 30)}) if row.id == unit else row
        for row in ROUTING.units
    ]
    return RoutingTable.model_validate({**ROUTING.model_dump(), "units": units})


def test_a_unit_that_does_not_exist_that_day_is_not_proposed() -> None:
    routing = until_september("ZDMK")
    book = RoutingTables([table(ROADSIDE)], routing)
    assert book.propose(GREENERY, date(2026, 9, 30)).rule == "greenery.roadside"
    assert book.propose(GREENERY, date(2026, 10, 1)).rule == "greenery.mowing"
    assert [each.verdict for each in book.consider(GREENERY, DAY)] == [
        "unit_not_active",
        "proposed",
    ]
    hole = Matter(category="roads.pothole")
    assert (book.propose(hole, DAY).rule, book.propose(hole, DAY).unit) == ("no_rule", None)
    park = Matter(category="lighting.park")
    assert book.propose(park, DAY).alternatives == ()


def test_nobody_sends_a_matter_to_a_unit_that_does_not_exist_that_day() -> None:
    book = replace(DATA, routing=until_september("ZDMK"))
    assert list(addressable("", "ZDMK", False, date(2026, 9, 30), book)) == []
    (refusal,) = addressable("", "ZDMK", False, date(2026, 10, 1), book)
    assert isinstance(refusal, UnitNotActive)
    assert refusal.facts == {"field": "unit", "unit": "ZDMK"}


def test_the_tables_of_the_package_are_in_order() -> None:
    shipped = DATA.routing_tables.in_force(DAY)
    assert shipped is not None
    assert list(faults_of([shipped, table(ROADSIDE)], ROUTING)) == []


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (rule("x", "ZZZ", category="roads.cycle", districts=["I"]), "unit: ZZZ is not in"),
        (
            rule("x", category="roads.cycle", streets=["Długa"], alternatives=["QQQ"]),
            "alternatives: QQQ is not in",
        ),
        (rule("x", category="road.cycle"), "when: category: road.cycle is not in"),
        (rule("x", group="road"), "when: group: road is not in"),
        (rule("x", group="roads", districts=["XIX"]), "when: districts: XIX is not in"),
        (
            rule("x", group="roads", districts=["I"], principle="custom"),
            "principle: custom is not in",
        ),
    ],
)
def test_what_is_not_known_is_named_by_row_and_field(row: dict[str, Any], fault: str) -> None:
    assert list(faults_of([table(row)], ROUTING)) == [
        f"row 1 (2), rules row 1 (x): {fault} routing.yaml"
    ]


def test_rows_that_are_in_each_others_way_are_named() -> None:
    everywhere = rule("greenery", "ZZM", group="greenery")
    names = [each["id"] for each in shipped_rules()]
    hidden = [name for name in names if name.startswith("greenery.")]
    assert list(faults_of([table(everywhere)], ROUTING)) == [
        f"row 1 (2), rules row {names.index(name) + 2} ({name}): when:"
        " never comes to its turn after row 1 (greenery)"
        for name in hidden
    ]
    place = names.index("greenery.mowing") + 2
    assert list(faults_of([table(ROADSIDE, hit_policy="unique")], ROUTING)) == [
        f"row 1 (2), rules row {place} (greenery.mowing): when:"
        " fits together with row 1 (greenery.roadside)"
    ]


def test_rows_for_other_places_are_not_in_each_others_way() -> None:
    here = rule("x", category="roads.cycle", districts=["I"])
    there = rule("y", category="roads.cycle", districts=["II"])
    street = rule("z", category="roads.cycle", streets=["Długa"])
    assert list(faults_of([table(here, there, street)], ROUTING)) == []


def test_a_category_that_no_row_is_for_is_named() -> None:
    rules = [each for each in shipped_rules() if each["id"] != "roads.cycle"]
    only_there = rule("x", category="roads.cycle", districts=["I"])
    assert list(faults_of([table(rules=[only_there, *rules])], ROUTING)) == [
        "row 1 (2): rules: no row is for roads.cycle wherever it is"
    ]


def test_what_is_there_twice_is_named() -> None:
    twice = [rule("x", group="roads", districts=[d]) for d in ("I", "II")]
    assert list(faults_of([table(*twice), table(version="3"), table(version="3")], ROUTING)) == [
        "row 1 (2): valid_from: another version begins on 2026-07-01 too",
        "row 1 (2), rules row 1 (x): id: is there twice",
        "row 1 (2), rules row 2 (x): id: is there twice",
        "row 2 (3): version: 3 is there twice",
        "row 2 (3): valid_from: another version begins on 2026-07-01 too",
        "row 3 (3): version: 3 is there twice",
        "row 3 (3): valid_from: another version begins on 2026-07-01 too",
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"valid_to": "2026-06-30"},
        {"hit_policy": "any"},
        {"rules": []},
        {"rules": [rule("x", category="roads.cycle", group="roads")]},
        {"rules": [{**rule("x", category="roads.cycle"), "when": {"weekday": 1}}]},
    ],
)
def test_a_table_of_the_wrong_form_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        table(**fields)


def test_rules_are_named_by_what_can_stand_in_a_log() -> None:
    with pytest.raises(ValidationError):
        Rule.model_validate(rule("dziura w jezdni", category="roads.pothole"))
