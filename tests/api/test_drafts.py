"""Drafts over HTTP: private to whoever holds the task, and told when a superior reads them."""

from typing import Any

import pytest

from tests.api.office import Office
from tests.api.test_tasks import refusal

BEGUN: dict[str, Any] = {
    "outcome": "forward",
    "fields": {"referrals": [{"unit": "ZDMK", "question": "Pani Wójcik pisze, że"}]},
}


@pytest.fixture
def task(office: Office) -> str:
    reference = office.triage_task()
    office.post(f"/tasks/{reference}/claim", by="clerk-a")
    return reference


def save(office: Office, task: str, draft: Any = BEGUN, by: str = "clerk-a", key: str = "") -> Any:
    return office.put(f"/tasks/{task}/draft", draft, by, key or None)


def test_a_draft_is_read_as_it_was_saved_last(office: Office, task: str) -> None:
    assert refusal(office.get(f"/tasks/{task}/draft")) == (404, "DraftUnknown")
    for words in ("Pani", "Pani Wójcik", "Pani Wójcik pisze"):
        answer = save(office, task, {"fields": {"reason": words}})
        assert answer.status_code == 200, answer.text
    draft = office.get(f"/tasks/{task}/draft").json()
    assert draft == {
        "outcome": None,
        "fields": {"reason": "Pani Wójcik pisze"},
        "author": "clerk-a",
        "read_by": [],
    }
    assert office.topics().count("task.DraftSaved") == 1
    events = office.services.store.recorder.select_notifications(1, 1_000)
    assert not any(b"jcik" in event.state for event in events)


def test_a_superior_reads_it_and_the_author_sees_who_did(office: Office, task: str) -> None:
    save(office, task)
    assert office.get(f"/tasks/{task}/draft", "head-a").json()["fields"] == BEGUN["fields"]
    office.get(f"/tasks/{task}/draft", "head-a")
    assert office.get(f"/tasks/{task}/draft", "clerk-a").json()["read_by"] == ["head-a"]
    assert office.topics().count("task.DraftRead") == 1
    office.follow()
    last = office.get(f"/interventions/{task[:15]}/timeline").json()["items"][-1]
    assert (last["topic"], last["facts"]["author"]) == ("task.DraftRead", "clerk-a")


@pytest.mark.parametrize("by", ["clerk-b", "zdmk-a", "operator-a", "auditor-a", "nobody"])
def test_a_draft_is_closed_to_everybody_else(office: Office, task: str, by: str) -> None:
    save(office, task)
    assert office.get(f"/tasks/{task}/draft", by).status_code == 403
    assert save(office, task, by=by).status_code == 403
    texts = office.get(f"/tasks/{task}/texts", by)
    assert texts.status_code == 403 or texts.json() == []


def test_a_draft_that_could_never_be_submitted_is_too_long(office: Office, task: str) -> None:
    answer = save(office, task, {"fields": {"reason": "x" * 100_001}})
    assert refusal(answer) == (422, "DraftTooLong")


def test_a_key_that_did_something_else_saves_nothing(office: Office, task: str) -> None:
    office.post(f"/tasks/{task}/comments", {"text": "Dzwonił radny"}, "clerk-a", "jeden")
    assert refusal(save(office, task, key="jeden")) == (409, "KeyUsedForAnotherRequest")
    assert refusal(office.get(f"/tasks/{task}/draft")) == (404, "DraftUnknown")
