"""Decisions over HTTP, carried out by the workflow of the case on a real Temporal server."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from temporalio.client import Client

from domain.references import workflow_id
from tests.api.office import REPORT, Office, eventually
from tests.api.test_twice_is_once import TIMES, at_once

FORWARD = {"referrals": [{"unit": "ZDMK", "question": "Co z dziurą na Długiej?", "lead": True}]}


def opened(office: Office, task: str) -> dict[str, Any]:
    """The task, as soon as the workflow has opened it."""

    def look() -> dict[str, Any] | None:
        answer = office.get(f"/tasks/{task}", "director-a")
        return answer.json() if answer.status_code == 200 else None

    found = eventually(look, f"{task} is open")
    assert found is not None
    return found


def decide(
    office: Office, by: str, task: str, outcome: str, fields: Any, key: str | None = None
) -> Any:
    body = {
        "outcome": outcome,
        "expected_version": opened(office, task)["version"],
        "fields": fields,
    }
    return office.post(f"/tasks/{task}/complete", body, by, key)


def test_a_case_goes_from_triage_to_its_reply(working: Office) -> None:
    case = working.register()
    for by, task, outcome, fields, stage in [
        ("clerk-a", "triage-1", "forward", FORWARD, "with_units"),
        ("zdmk-a", "answer_referral-R1-1", "done", {"text": "Załatano w piątek"}, "with_units"),
        ("clerk-b", "check_feedback-R1-1", "accept", {}, "drafting"),
        ("clerk-a", "draft_reply-1", "submitted",
         {"outcome": "done", "text": "Dziura została załatana", "sensitive": ["media"]},
         "approval"),
        ("director-a", "approve_reply-1", "approve", {}, "replied"),
    ]:  # fmt: skip
        answer = decide(working, by, f"{case}-{task}", outcome, fields)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["state"], answer.json()["case_stage"]) == ("completed", stage)
    working.follow()
    read = working.get(f"/interventions/{case}/texts").json()
    assert [text["text"] for text in read["texts"]] == [
        REPORT["text"], "Co z dziurą na Długiej?", "Załatano w piątek", "Dziura została załatana",
    ]  # fmt: skip


def test_a_decision_sent_eight_times_at_once_is_one(working: Office) -> None:
    case = working.register()
    version = opened(working, f"{case}-triage-1")["version"]
    body = {"outcome": "forward", "expected_version": version, "fields": FORWARD}

    def send(_: int = 0) -> Any:
        return working.post(f"/tasks/{case}-triage-1/complete", body, "clerk-a", "klucz")

    answers = at_once(TIMES, send)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    counted = Counter(working.topics())
    assert (counted["intervention.Forwarded"], counted["task.Completed"]) == (1, 1)
    assert send().text == answers[0].text

    other = body | {"fields": {"referrals": [FORWARD["referrals"][0] | {"question": "Co innego?"}]}}
    again = working.post(f"/tasks/{case}-triage-1/complete", other, "clerk-a", "klucz")
    assert (again.status_code, again.json()["refusal"]) == (409, "KeyUsedForAnotherRequest")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_case_whose_workflow_was_never_started_is_started_by_the_decision(
    working: Office,
) -> None:
    here = working.services
    here.processes.start_soon = lambda *_: None  # type: ignore[method-assign]  # the API died here
    case = working.register()
    working.open_tasks(case)
    answer = decide(working, "clerk-a", f"{case}-triage-1", "forward", FORWARD)
    assert (answer.status_code, answer.json()["case_stage"]) == (200, "with_units")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_decision_repeated_to_a_run_that_forgot_it_gets_the_first_answer(
    working: Office,
) -> None:
    case = working.register()
    task = f"{case}-triage-1"
    first = decide(working, "clerk-a", task, "forward", FORWARD, "klucz")
    _terminate(working, case)
    again = decide(working, "clerk-a", task, "forward", FORWARD, "klucz")
    assert again.text == first.text
    late = decide(working, "clerk-b", task, "forward", FORWARD)
    assert (late.status_code, late.json()["refusal"]) == (409, "TaskNotOpen")
    assert late.json()["facts"]["by"] == "clerk-a"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_the_case_refuses_comes_back_with_all_its_facts(working: Office) -> None:
    case = working.register()
    orders = [{"unit": unit, "question": "Co dalej?", "lead": True} for unit in ("ZDMK", "MPO")]
    answer = decide(working, "clerk-a", f"{case}-triage-1", "forward", {"referrals": orders})
    assert answer.status_code == 422
    assert [each["refusal"] for each in answer.json()["refusals"]] == [
        "TextNotRedacted", "LeadUnitMissing",
    ]  # fmt: skip
    assert {"field": "referrals.1.redacted", "problem": answer.json()["title"]} in answer.json()[
        "errors"
    ]


def _terminate(office: Office, case: str) -> None:
    settings = office.services.settings

    async def terminate() -> None:
        client = await Client.connect(
            settings.temporal_address, namespace=settings.temporal_namespace
        )
        await client.get_workflow_handle(workflow_id("intervention", case)).terminate()

    asyncio.run(terminate())
