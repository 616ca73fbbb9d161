"""Instructions over HTTP: what people tell a case outside its tasks."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from domain.references import aggregate_id
from tests.api.office import Office, eventually
from tests.api.test_decisions import FORWARD, decide, opened
from tests.api.test_twice_is_once import TIMES, at_once

LATER = {"referral": "R1", "text": "Czekamy na części", "expected_on": "2026-10-20"}


def forwarded(office: Office) -> str:
    case = office.register()
    assert decide(office, "clerk-a", f"{case}-triage-1", "forward", FORWARD).status_code == 200
    opened(office, f"{case}-answer_referral-R1-1")
    return case


def tell(office: Office, case: str, fields: Any, by: str = "zdmk-a", key: str | None = None) -> Any:
    path = f"/interventions/{case}/instructions/interim_information"
    return office.post(path, {"fields": fields}, by, key)


def tell_again(office: Office, case: str, _: int = 0) -> Any:
    return tell(office, case, LATER, key="klucz")


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["refusal"]


def test_a_unit_tells_what_it_knows_before_it_answers(working: Office) -> None:
    case = forwarded(working)
    answer = tell(working, case, LATER)
    assert answer.status_code == 200, answer.text
    assert answer.json()["stage"] == "with_units"
    working.follow()
    told = working.get(f"/interventions/{case}/timeline").json()["items"][-1]
    assert told["topic"] == "intervention.InterimInformationGiven"
    assert told["facts"] == {"referral": "R1", "expected_on": "2026-10-20"}
    texts = working.get(f"/interventions/{case}/texts").json()["texts"]
    assert texts[-1]["text"] == "Czekamy na części"


def test_an_instruction_sent_eight_times_at_once_is_one(working: Office) -> None:
    case = forwarded(working)
    answers = at_once(TIMES, partial(tell_again, working, case))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert working.topics().count("intervention.InterimInformationGiven") == 1
    another = tell(working, case, LATER | {"expected_on": "2026-10-21"}, key="klucz")
    assert refusal(another) == (409, "KeyUsedForAnotherRequest")


def test_what_is_refused_is_named_and_leaves_nothing(working: Office) -> None:
    case = forwarded(working)
    before = working.topics()
    assert refusal(tell(working, case, LATER, "ztp-a")) == (403, "InstructionNotYours")
    assert refusal(tell(working, case, {"referral": "R1"})) == (422, "FieldsMissing")
    assert refusal(tell(working, case, LATER | {"referral": "R7"}, "clerk-a")) == (
        409,
        "ReferralNotOpen",
    )
    unknown = working.post(f"/interventions/{case}/instructions/dance", {"fields": {}})
    assert refusal(unknown) == (404, "InstructionUnknown")
    assert working.topics() == before


def test_why_not_says_what_then_happens(working: Office) -> None:
    case = forwarded(working)

    def offered(by: str) -> Any:
        told = working.get(f"/interventions/{case}/instructions", by).json()
        return next(each for each in told if each["command"] == "interim_information")

    own = offered("zdmk-a")
    assert (own["allowed"], own["needs"]) == (True, ["referral", "text"])
    assert offered("auditor-a")["reasons"][0]["refusal"] == "InstructionNotYours"
    assert "referral" in own["form"]["properties"]


def test_a_closed_duplicate_is_parted_without_a_workflow_and_begins_anew(working: Office) -> None:
    first, second = working.register(), working.register(sender=None)
    joined = decide(working, "clerk-a", f"{second}-triage-1", "duplicate", {"target": first})
    assert joined.status_code == 200, joined.text

    def is_closed() -> bool:
        working.follow()
        return bool(working.get(f"/interventions/{second}").json()["stage"] == "closed")

    eventually(is_closed, f"{second} is closed")
    path = f"/interventions/{second}/instructions/unlink_duplicate"
    reason = {"fields": {"reason": "To sąsiednia latarnia."}}
    answers = [working.post(path, reason, "clerk-a", "klucz") for _ in range(2)]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.text for answer in answers} == {answers[0].text}
    assert answers[0].json()["stage"] == "triage"
    assert working.topics().count("intervention.DuplicateUnlinked") == 1
    again = decide(working, "clerk-a", f"{second}-triage-2", "forward", FORWARD)
    assert again.status_code == 200, again.text
    other = working.post(f"/interventions/{second}/instructions/mark_duplicate",
                         {"fields": {"target": second}}, "clerk-a")  # fmt: skip
    assert refusal(other) == (422, "NotADuplicate")


def test_ks_06_writes_down_what_a_unit_said_in_a_letter(working: Office) -> None:
    case = forwarded(working)

    def mode(by: str) -> str:
        told = working.get(f"/interventions/{case}/instructions", by).json()
        return str(next(each["mode"] for each in told if each["command"] == "request_extension"))

    assert (mode("zdmk-a"), mode("clerk-a")) == ("yourself", "recording")
    assert tell(working, case, LATER, "clerk-a").status_code == 200
    in_a_month = datetime.now(UTC) + timedelta(days=30)
    path = f"/interventions/{case}/instructions/request_extension"
    wanted = {"referral": "R1", "until": f"{in_a_month:%Y-%m-%d}", "reason": "Czekamy na części"}
    assert working.post(path, {"fields": wanted}, "clerk-a").status_code == 200
    assert tell(working, case, LATER).status_code == 200
    story: list[Any] = list(working.services.store.events.get(aggregate_id("intervention", case)))
    written = [event.recorded_by for event in story if hasattr(event, "recorded_by")]
    assert written == ["clerk-a", "clerk-a", None]
