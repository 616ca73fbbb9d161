"""Why a case stands where it stands, over HTTP: as `ks explain` tells it."""

from typing import Any

import pytest

from tests.api.office import REPORT, Office
from tests.api.test_interventions import forwarded


def explained(office: Office, reference: str, by: str = "clerk-a") -> Any:
    answer = office.get(f"/cases/{reference}/explain", by)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_it_tells_where_the_case_stands_and_what_would_unblock_it(office: Office) -> None:
    told = explained(office, forwarded(office, "ZDMK", "ZTP"))
    assert told["stage"] == {"code": "with_units", "label_pl": "u jednostek"}
    assert told["waiting"]["code"] == "unit"
    decisions = {
        each["about"]: each["offered"] for each in told["unblocks"] if each["kind"] == "decision"
    }
    for referral in ("R1", "R2"):
        offered = decisions[f"INT-2026-000001-answer_referral-{referral}-1"]
        assert {"code": "done", "label_pl": "załatwiono"} in offered
    assert {each["about"] for each in told["unblocks"] if each["kind"] == "letter"} == {
        "N1.1.sender",
        "N2.1.sender",
        "N2.1.R1",
        "N2.1.R2",
    }
    assert [each["topic"] for each in told["events"]][:2] == [
        "intervention.Registered",
        "intervention.Forwarded",
    ]


def test_it_tells_why_each_part_went_where_it_went(office: Office) -> None:
    as_proposed, otherwise = explained(office, forwarded(office, "ZDMK", "ZTP"))["referrals"]
    assert (as_proposed["unit"], as_proposed["as_proposed"]) == ("ZDMK", True)
    assert (otherwise["unit"], otherwise["as_proposed"]) == ("ZTP", False)
    assert otherwise["proposed"] == {
        "version": "1",
        "hit_policy": "unique",
        "rule": "roads.pothole",
        "unit": "ZDMK",
        "alternatives": [],
        "inputs": {"category": "roads.pothole", "district": "I", "street": "Długa"},
        "reason": as_proposed["proposed"]["reason"],
    }


def test_it_tells_how_each_term_was_counted_and_what_comes_next(office: Office) -> None:
    told = explained(office, forwarded(office, "ZDMK"))
    settlement = next(term for term in told["terms"] if term["term"]["code"] == "settlement")
    assert (settlement["rule"], settlement["safe_due"]) == ("kpa.settle_motion", "2026-11-05")
    assert "The nominal end is Thu 2026-11-05." in settlement["sentences"]
    assert [each["at"] for each in told["moments"]] == sorted(
        each["at"] for each in told["moments"]
    )
    about = {step["task_ref"] for step in told["steps"]}
    assert "INT-2026-000001-answer_referral-R1-1" in about
    moments = [step["at"] for step in told["steps"]]
    assert moments == sorted(moments)


def test_a_case_that_is_only_registered_waits_for_a_task_to_be_opened(office: Office) -> None:
    told = explained(office, office.register())
    about = [each for each in told["unblocks"] if each["kind"] == "task_to_be_opened"]
    assert "INT-2026-000001-triage-1" in [each["about"] for each in about]


def test_operators_and_auditors_read_it_and_it_holds_no_text_and_nobody(office: Office) -> None:
    reference = forwarded(office, "ZDMK")
    for person in ("operator-a", "auditor-a", "head-a", "director-a"):
        answer = office.get(f"/cases/{reference}/explain", person)
        assert answer.status_code == 200
        for word in ("Żaneta", "wojcik", "600 100 200", REPORT["text"], "text:", "person:"):
            assert word not in answer.text


@pytest.mark.parametrize("person", ["zdmk-a", "web-form", "brand-clerk", "nobody"])
def test_it_is_not_for_units_nor_for_others(office: Office, person: str) -> None:
    reference = forwarded(office, "ZDMK")
    answer = office.get(f"/cases/{reference}/explain", person)
    assert (answer.status_code, answer.json()["refusal"]) == (403, "NotYourCase")


def test_an_unknown_case_is_unknown(office: Office) -> None:
    answer = office.get("/cases/INT-2026-000999/explain")
    assert (answer.status_code, answer.json()["refusal"]) == (404, "CaseUnknown")
