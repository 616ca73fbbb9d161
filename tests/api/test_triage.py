"""The view of triage over HTTP: the proposed unit and why, near reports, and likely categories."""

from typing import Any

import pytest

from tests.api.office import Office
from tests.api.test_interventions import forwarded

LAMP: dict[str, Any] = {
    "category": "lighting.street",
    "text": "Nie świeci latarnia, ul. Dietla 42",
    "place": {"street": "Dietla", "number": "42", "point": {"lat": 50.0520, "lon": 19.9440}},
}


def triage(office: Office, reference: str, by: str = "clerk-a") -> Any:
    office.follow()
    answer = office.get(f"/interventions/{reference}/triage", by)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_proposed_unit_is_told_with_the_rule_its_version_and_the_reason(
    office: Office,
) -> None:
    shown = triage(office, office.register(category="cleanliness.bins"))["routing"]
    assert (shown["version"], shown["hit_policy"], shown["rule"]) == (
        "1",
        "unique",
        "cleanliness.bins",
    )
    assert shown["reason"].startswith("Kategoria wskazuje proponowaną jednostkę")
    assert shown["inputs"] == {"category": "cleanliness.bins", "district": "I", "street": "Długa"}
    assert shown["unit"]["name"] == "Miejskie Przedsiębiorstwo Oczyszczania sp. z o.o."
    assert (shown["unit"]["to_be_redacted"], shown["unit"]["gives_feedback"]) == (True, True)
    assert [unit["id"] for unit in shown["alternatives"]] == ["ZZM", "ZTP"]
    assert shown["considered"] == [
        {"rule": "cleanliness.bins", "unit": "MPO", "verdict": "proposed"}
    ]


def test_what_to_know_of_the_category_stands_beside_it(office: Office) -> None:
    gas = triage(office, office.register(category="energy.gas"))
    assert gas["category"]["emergency"]
    assert (gas["routing"]["unit"]["id"], gas["routing"]["unit"]["gives_feedback"]) == (
        "EXT-GAZ",
        False,
    )
    driver = triage(office, office.register(category="transport.driver"))
    assert driver["category"]["complaint_likely"]
    pavement = triage(office, office.register(category="roads.pavement"))
    assert pavement["category"]["hint_pl"] == "teren zielony -> ZZM"


def test_a_report_of_the_same_lamp_two_days_later_names_the_first(office: Office) -> None:
    first = office.register(**LAMP, received_at="2026-09-01T10:00:00+02:00")
    near = {**LAMP["place"], "number": "44", "point": {"lat": 50.05218, "lon": 19.9440}}
    second = office.register(**{**LAMP, "place": near}, received_at="2026-09-03T09:00:00+02:00")
    (found,) = triage(office, second)["duplicates"]
    assert (found["reference"], found["days_apart"], found["metres_apart"]) == (first, 2, 20)
    assert (found["stage"], found["units"], found["same_address"]) == ("triage", [], False)
    (seen_from_there,) = triage(office, first)["duplicates"]
    assert (seen_from_there["reference"], seen_from_there["days_apart"]) == (second, -2)


def test_the_words_of_the_report_propose_its_category(office: Office) -> None:
    reference = office.register(**{**LAMP, "category": "services.other"})
    assert triage(office, reference)["categories"] == [
        {
            "id": "lighting.street",
            "name_pl": "Nie świeci latarnia uliczna",
            "words": ["świeci", "latarnia"],
        }
    ]


def test_who_may_not_read_the_report_is_told_none_of_its_words(office: Office) -> None:
    reference = office.register(**LAMP)
    for person in ("operator-a", "auditor-a"):
        shown = triage(office, reference, person)
        assert (shown["categories"], shown["routing"]["unit"]["id"]) == ([], "ZDMK")
    assert triage(office, reference, "head-a")["categories"] != []


@pytest.mark.parametrize("person", ["zdmk-a", "ztp-a", "web-form", "brand-clerk", "nobody"])
def test_triage_is_not_for_units_nor_for_others(office: Office, person: str) -> None:
    reference = forwarded(office, "ZDMK")
    answer = office.get(f"/interventions/{reference}/triage", person)
    assert (answer.status_code, answer.json()["refusal"]) == (403, "NotYourCase")


def test_the_way_to_it_is_told_with_the_case(office: Office) -> None:
    reference = office.register()
    office.follow()
    links = office.get(f"/interventions/{reference}").json()["links"]
    assert office.get(links["triage"]).json()["reference"] == reference
