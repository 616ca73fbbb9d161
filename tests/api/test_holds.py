"""Holds over HTTP: who may, who is told why not, and where it is seen."""

from typing import Any

from tests.api.office import Office
from tests.api.test_decisions import decide
from tests.api.test_instructions import forwarded, refusal

WHY = {"reason": "Sprawdzamy, czy nie chodzi o inną ulicę"}
DONE = {"text": "Ubytek naprawiono"}


def tell(office: Office, case: str, name: str, by: str = "operator-a") -> Any:
    return office.post(f"/interventions/{case}/instructions/{name}", {"fields": WHY}, by)


def test_a_case_on_hold_is_seen_as_one_everywhere(working: Office) -> None:
    case = forwarded(working)
    assert tell(working, case, "hold").status_code == 200
    working.follow()
    assert working.get(f"/interventions/{case}").json()["on_hold"] is True
    assert working.get(f"/interventions/{case}", "zdmk-a").json()["on_hold"] is True
    listed = working.get("/interventions?on_hold=true").json()["items"]
    assert [row["reference"] for row in listed] == [case]
    [task] = working.get("/inbox?view=offered", "zdmk-a").json()["items"]
    assert (task["on_hold"], task["due_at"]) == (True, None)
    story = working.get(f"/interventions/{case}/timeline").json()["items"]
    held = next(row for row in story if row["topic"] == "intervention.Held")
    assert (held["by"], held["facts"]) == ("operator-a", {"number": 1})
    texts = working.get(f"/interventions/{case}/texts").json()["texts"]
    assert WHY["reason"] in [text["text"] for text in texts]


def test_nobody_decides_on_hold_and_everybody_does_afterwards(working: Office) -> None:
    case = forwarded(working)
    tell(working, case, "hold")
    task = f"{case}-answer_referral-R1-1"
    refused = decide(working, "zdmk-a", task, "done", DONE)
    assert refusal(refused) == (409, "CaseOnHold")
    assert tell(working, case, "resume").status_code == 200
    assert decide(working, "zdmk-a", task, "done", DONE).status_code == 200


def test_only_an_operator_may_and_the_others_are_told_why(working: Office) -> None:
    case = forwarded(working)
    for person in ("clerk-a", "head-a", "zdmk-a", "director-a"):
        assert refusal(tell(working, case, "hold", person)) == (403, "InstructionNotYours")
        offered = working.get(f"/interventions/{case}/instructions", person).json()
        hold = next(each for each in offered if each["command"] == "hold")
        assert [reason["refusal"] for reason in hold["reasons"]] == ["InstructionNotYours"]


def test_a_case_is_held_once_and_resumed_once(working: Office) -> None:
    case = forwarded(working)
    assert refusal(tell(working, case, "resume")) == (409, "NotOnHold")
    tell(working, case, "hold")
    assert refusal(tell(working, case, "hold")) == (409, "HeldAlready")
