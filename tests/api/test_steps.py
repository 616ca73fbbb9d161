"""Single steps over HTTP: operators take them back, move them and open them again."""

from typing import Any

from tests.api.office import Office
from tests.api.test_decisions import FORWARD, decide, opened
from tests.api.test_instructions import refusal

WHY = "Trafiło do osoby, która odeszła"


def tell(office: Office, case: str, name: str, by: str = "operator-a", **fields: Any) -> Any:
    told = {"fields": {"reason": WHY, **fields}}
    return office.post(f"/interventions/{case}/instructions/{name}", told, by)


def test_a_task_is_taken_back_and_opened_again_and_the_story_says_so(working: Office) -> None:
    case = working.register()
    first = f"{case}-triage-1"
    opened(working, first)
    assert tell(working, case, "withdraw_task", task=first).status_code == 200
    assert refusal(decide(working, "clerk-a", first, "forward", FORWARD)) == (409, "TaskNotOpen")
    assert tell(working, case, "reopen_step", task=first).status_code == 200
    again = f"{first}.2"
    opened(working, again)
    assert decide(working, "clerk-a", again, "forward", FORWARD).status_code == 200
    working.follow()
    story = working.get(f"/interventions/{case}/timeline").json()["items"]
    told = [(row["topic"], row["by"]) for row in story if row["by"] == "operator-a"]
    assert told == [
        ("intervention.TaskTakenBack", "operator-a"),
        ("intervention.StepReopened", "operator-a"),
    ]
    texts = working.get(f"/interventions/{case}/texts").json()["texts"]
    assert [text["text"] for text in texts].count(WHY) == 2


def test_a_term_is_moved_with_a_reason(working: Office) -> None:
    case = working.register()
    task = f"{case}-triage-1"
    opened(working, task)
    assert tell(working, case, "move_deadline", task=task, until="2027-03-01").status_code == 200
    due = working.get(f"/tasks/{task}").json()["complete_by"]
    assert due["safe_due"] == "2027-03-01"
    missing = working.post(
        f"/interventions/{case}/instructions/move_deadline",
        {"fields": {"task": task, "until": "2027-03-02"}},
        "operator-a",
    )
    assert refusal(missing) == (422, "FieldsMissing")


def test_only_operators_may(working: Office) -> None:
    case = working.register()
    task = f"{case}-triage-1"
    opened(working, task)
    for name in ("withdraw_task", "reopen_step"):
        for person in ("clerk-a", "head-a", "director-a"):
            refused = tell(working, case, name, person, task=task)
            assert refused.status_code == 403
            assert refused.json()["refusal"] == "InstructionNotYours"


def test_what_cannot_be_done_is_named(working: Office) -> None:
    case = working.register()
    opened(working, f"{case}-triage-1")
    unknown = f"{case}-draft_reply-1"
    assert refusal(tell(working, case, "withdraw_task", task=unknown)) == (409, "TaskNotAsked")
    assert refusal(tell(working, case, "reopen_step", task=unknown)) == (409, "StepNotTakenBack")
