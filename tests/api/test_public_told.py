"""What whoever reported a matter says to its case with the code, without an account."""

from functools import partial
from typing import Any

import pytest

from api.instructions import instruction
from domain.interventions.instruction_types import sender_of
from domain.interventions.instructions import INSTRUCTIONS
from tests.api.office import Office
from tests.api.test_decisions import decide, opened
from tests.api.test_public import state_of, taken
from tests.api.test_tasks import refusal
from tests.api.test_twice_is_once import TIMES, at_once

WHY = "Sprawa jest już nieaktualna"


def say(
    office: Office,
    case: str,
    what: str,
    code: str,
    key: str | bytes = "klucz",
    body: Any = None,
) -> Any:
    headers: dict[str, Any] = {"X-Case-Code": code, "Idempotency-Key": key}
    path = f"/public/interventions/{case}/{what}"
    return office.client.post(path, json={"text": WHY} if body is None else body, headers=headers)


def test_an_anonymous_sender_withdraws_once(working: Office) -> None:
    report = taken(working, sender=None)
    case, code = report["reference"], report["code"]
    opened(working, f"{case}-triage-1")

    def withdraw(_: int = 0) -> Any:
        return say(working, case, "withdrawal", code)

    answers = at_once(TIMES, withdraw)
    assert {answer.status_code for answer in answers} == {200}, answers[0].text
    assert working.topics().count("intervention.WithdrawalReceived") == 1
    other = say(working, case, "withdrawal", code, body={"text": "Co innego"})
    assert refusal(other) == (409, "KeyUsedForAnotherRequest")
    assert other.json()["facts"] == {"key": "klucz"}
    working.follow()
    told = working.get(f"/interventions/{case}/timeline").json()["items"]
    by = {row["by"] for row in told if row["topic"] == "intervention.WithdrawalReceived"}
    assert by == {f"sender:{case}"}
    texts = working.get(f"/interventions/{case}/texts").json()["texts"]
    assert texts[-1]["text"] == WHY


def test_who_was_asked_to_supplement_does_and_asks_to_reopen_after_the_reply(
    working: Office,
) -> None:
    report = taken(working)
    case, code = report["reference"], report["code"]
    asked = decide(
        working, "clerk-a", f"{case}-triage-1", "ask_supplement", {"question": "Gdzie dokładnie?"}
    )
    assert asked.status_code == 200, asked.text
    assert say(working, case, "supplement", code, "k-1").json()["stage"] == "triage"
    assert refusal(say(working, case, "reopening", code, "k-2")) == (409, "StageForbids")
    known = {"text": "Dziura zostanie załatana w piątek"}
    reply = {"outcome": "information_given", **known}
    for by, task, outcome, fields in [
        ("clerk-a", "triage-2", "answer_at_once", known),
        ("clerk-a", "draft_reply-1", "submitted", reply),
    ]:
        answer = decide(working, by, f"{case}-{task}", outcome, fields)
        assert answer.status_code == 200, answer.text
    assert say(working, case, "reopening", code, "k-3").status_code == 200
    assert state_of(working, case, code).json()["stage"] == "replied"
    assert {"intervention.Supplemented", "intervention.ReopenRequested"} <= {*working.topics()}


@pytest.mark.parametrize("what", ["supplement", "reopening", "withdrawal"])
def test_nobody_says_anything_with_a_wrong_code(served: Office, what: str) -> None:
    report, other = taken(served, sender=None), taken(served, sender=None)
    before = served.topics()
    tell = partial(say, served, report["reference"], what)
    assert refusal(tell(other["code"])) == (404, "CodeUnknown")
    assert refusal(tell("")) == (404, "CodeUnknown")
    assert refusal(tell(report["code"], body={})) == (422, "InputInvalid")
    assert refusal(tell(report["code"], "zły klucz".encode())) == (400, "IdempotencyKeyMissing")
    assert served.topics() == before


def test_the_sender_may_tell_the_own_case_three_things_and_no_other_case_any(
    served: Office,
) -> None:
    case, other = served.register(), served.register()
    here = served.services

    def allowed(by: str) -> set[str]:
        found = here.rehearsal
        now = here.clock.now()
        said = {name: found.instruct(instruction(case, name, {}), by, now) for name in INSTRUCTIONS}
        strangers = {"InstructionNotYours", "ActorNotActive"}
        return {
            name
            for name, action in said.items()
            if not strangers.intersection(reason.refusal for reason in action.reasons)
        }

    assert allowed(sender_of(case)) == {"supplement", "reopen", "withdraw"}
    assert allowed(sender_of(other)) == set()


def test_a_code_gives_no_other_right(served: Office) -> None:
    report = taken(served, sender=None)
    for path in ("", "/texts", "/timeline", "/instructions"):
        answer = served.client.get(
            f"/interventions/{report['reference']}{path}", headers={"X-Case-Code": report["code"]}
        )
        assert refusal(answer) == (401, "KeyMissing")
    hold = say(served, report["reference"], "hold", report["code"])
    assert refusal(hold) == (404, "NothingHere")
