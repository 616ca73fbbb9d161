"""Interventions over HTTP: taken in once, listed and read by whoever may."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.interventions import referrals
from domain.interventions.commands import ForwardIntervention, ReferralOrder
from domain.interventions.model import Intervention
from domain.messages import Act
from runtime.store import UnitOfWork
from runtime.text_store import seal_texts
from tests.api.office import REPORT, Office


def forwarded(office: Office, *units: str) -> str:
    """A case that was forwarded to these units; each was asked a question of its own."""
    here = office.services
    reference = office.register()
    act = Act(command_id=f"forward:{reference}", at=datetime.now(UTC), by="clerk-a")
    command = ForwardIntervention(
        referrals=tuple(
            ReferralOrder(unit=unit, question=f"Pytanie do {unit}", lead=not place, redacted=True)
            for place, unit in enumerate(units)
        )
    )
    sealed = seal_texts(
        command, key_ref=f"case:{reference}", command_id=act.command_id, texts=here.texts
    )

    def work(unit: UnitOfWork) -> None:
        case = unit.find(Intervention, reference)
        assert case is not None
        referrals.forward(case, sealed, act, here.data)

    here.store.carry_out(work)
    office.open_tasks(reference)
    office.follow()
    return reference


def references(page: Any) -> list[str]:
    return [row["reference"] for row in page["items"]]


def test_a_report_is_answered_with_its_reference_and_where_to_read_on(office: Office) -> None:
    answer = office.post("/interventions", REPORT, "web-form")
    assert answer.status_code == 201
    taken = answer.json()
    assert taken["reference"] == "INT-2026-000001"
    office.follow()
    case = office.get(taken["links"]["case"]).json()
    assert (case["stage"], case["street"], case["reach"]) == ("triage", "Długa", "email")
    assert case["log_position"] == taken["position"]
    story = office.get(taken["links"]["timeline"]).json()
    assert [row["topic"] for row in story["items"]] == ["intervention.Registered"]


def test_who_may_read_texts_reads_them_and_the_sender(office: Office) -> None:
    reference = office.register()
    office.follow()
    read = office.get(f"/interventions/{reference}/texts").json()
    assert read["sender"]["data"]["name"] == "Żaneta Wójcik"
    assert read["texts"][0]["text"] == REPORT["text"]


def test_an_erased_sender_and_text_are_shown_as_erased(office: Office) -> None:
    reference = office.register()
    office.follow()
    case = office.services.store.find(Intervention, reference)
    assert case is not None
    assert case.sender is not None
    office.services.vault.erase(case.sender, datetime.now(UTC))
    read = office.get(f"/interventions/{reference}/texts").json()
    assert read["sender"] == {"state": "erased", "data": None}
    assert [(text["state"], text["text"]) for text in read["texts"]] == [("erased", None)]


def test_a_report_repeated_after_the_sender_was_erased_is_answered_as_the_first(
    office: Office,
) -> None:
    first = office.post("/interventions", REPORT, "web-form", key="formularz-1").json()
    case = office.services.store.find(Intervention, first["reference"])
    assert case is not None
    assert case.sender is not None
    office.services.vault.erase(case.sender, datetime.now(UTC))
    again = office.post("/interventions", REPORT, "web-form", key="formularz-1")
    assert (again.status_code, again.json()) == (200, first)


def test_an_anonymous_report_has_no_sender_and_cannot_be_answered(office: Office) -> None:
    reference = office.register(sender=None)
    office.follow()
    assert office.get(f"/interventions/{reference}").json()["reach"] == "none"
    read = office.get(f"/interventions/{reference}/texts").json()
    assert read["sender"]["state"] == "anonymous"
    assert read["texts"][0]["text"] == REPORT["text"]


def test_a_sender_about_whom_nothing_is_said_is_anonymous(office: Office) -> None:
    reference = office.register(sender={})
    office.follow()
    read = office.get(f"/interventions/{reference}/texts").json()
    assert read["sender"]["state"] == "anonymous"


def test_operators_and_auditors_read_a_case_without_its_texts(office: Office) -> None:
    reference = office.register()
    office.follow()
    for person in ("operator-a", "auditor-a"):
        assert office.get(f"/interventions/{reference}", person).status_code == 200
        read = office.get(f"/interventions/{reference}/texts", person).json()
        assert read["sender"] == {"state": "masked", "data": None}
        assert [(text["state"], text["text"]) for text in read["texts"]] == [("masked", None)]


def test_a_unit_sees_its_referral_and_what_it_was_asked_and_nothing_else(office: Office) -> None:
    reference = forwarded(office, "ZDMK", "ZTP")
    case = office.get(f"/interventions/{reference}", "ztp-a").json()
    assert [row["unit"] for row in case["referrals"]] == ["ZTP"]
    assert "channel" not in case
    assert "units" not in case
    read = office.get(f"/interventions/{reference}/texts", "ztp-a").json()
    assert read["sender"] == {"state": "withheld", "data": None}
    assert [text["text"] for text in read["texts"]] == ["Pytanie do ZTP"]
    story = office.get(f"/interventions/{reference}/timeline", "ztp-a").json()["items"]
    assert {row["facts"].get("referral") or row["facts"]["task_ref"] for row in story} == {
        "R2",
        f"{reference}-answer_referral-R2-1",
    }


@pytest.mark.parametrize("person", ["web-form", "brand-clerk", "ztp-a", "deputy-p", "nobody"])
@pytest.mark.parametrize("part", ["", "/timeline", "/texts"])
def test_a_case_is_closed_to_those_whom_it_does_not_concern(
    office: Office, person: str, part: str
) -> None:
    reference = forwarded(office, "ZDMK")
    answer = office.get(f"/interventions/{reference}{part}", person)
    assert (answer.status_code, answer.json()["refusal"]) == (403, "NotYourCase")


def test_lists_show_each_person_only_what_concerns_them(office: Office) -> None:
    to_zdmk, to_both = forwarded(office, "ZDMK"), forwarded(office, "ZDMK", "ZTP")
    new = office.register()
    office.follow()
    seen = {who: references(office.get("/interventions", who).json()) for who in office.tokens if
            office.get("/interventions", who).status_code == 200}  # fmt: skip
    everything = [new, to_both, to_zdmk]
    assert seen == {
        "clerk-a": everything, "clerk-b": everything, "head-a": everything,
        "deputy-m": everything, "director-a": everything,
        "operator-a": everything, "auditor-a": everything,
        "zdmk-a": [to_both, to_zdmk], "zdmk-head": [to_both, to_zdmk], "ztp-a": [to_both],
    }  # fmt: skip
    assert references(office.get("/interventions", "ztp-a", unit="ZDMK").json()) == []


def test_lists_are_filtered(office: Office) -> None:
    first = forwarded(office, "ZDMK")
    second = office.register(
        category="lighting.street", place={"district": "XVIII"}, received_at="2026-11-20T08:00:00Z"
    )
    office.follow()

    def found(**query: Any) -> list[str]:
        return references(office.get("/interventions", **query).json())

    assert found(stage="with_units") == [first]
    assert found(group="lighting") == [second]
    assert found(category="roads.pothole") == [first]
    assert found(district="XVIII") == [second]
    assert found(unit="ZDMK") == [first]
    assert found(waiting="unit") == [first]
    assert found(overdue=True) == [first]
    assert found() == [second, first]


def test_pages_follow_one_another_without_gap_or_repetition(office: Office) -> None:
    registered = [office.register(received_at=f"2026-10-0{n % 3 + 1}T08:00Z") for n in range(7)]
    office.follow()
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = office.get("/interventions", limit=3, **cursor).json()
        seen += references(page)
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert len(seen) == len(set(seen))
    assert set(seen) == set(registered)


@pytest.mark.parametrize("cursor", ["%%", "xx", "bnVsbA", "WzEsMl0", "WyIyMDI2LTAxLTAxIiwgIngiXQ"])
def test_a_cursor_that_was_made_up_is_refused(office: Office, cursor: str) -> None:
    answer = office.get("/interventions", cursor=cursor)
    assert (answer.status_code, answer.json()["refusal"]) == (400, "CursorMalformed")


def test_a_list_is_never_older_than_asked_for(office: Office) -> None:
    taken = office.post("/interventions", REPORT).json()
    behind = office.get("/interventions", at_or_after=taken["position"])
    assert (behind.status_code, behind.json()["refusal"]) == (503, "ReadSideBehind")
    assert behind.headers["retry-after"]
    office.follow()
    page = office.get("/interventions", at_or_after=taken["position"]).json()
    assert references(page) == [taken["reference"]]
    assert page["log_position"] >= taken["position"]


def test_a_case_that_nobody_registered_is_unknown(office: Office) -> None:
    for path in ("/interventions/INT-2026-000999", "/interventions/x/timeline"):
        answer = office.get(path)
        assert (answer.status_code, answer.json()["refusal"]) == (404, "CaseUnknown")


@pytest.mark.parametrize("person", ["brand-clerk", "zdmk-a", "director-a", "nobody"])
def test_not_everybody_registers(office: Office, person: str) -> None:
    before = office.topics()
    answer = office.post("/interventions", REPORT, person)
    assert (answer.status_code, answer.json()["refusal"]) == (403, "RegistrationNotAllowed")
    assert office.topics() == before
