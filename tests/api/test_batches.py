"""Batches over HTTP: started by a head, answered with a result for each task, and read again."""

from typing import Any

import pytest

from tests.api.office import Office
from tests.api.test_tasks import refusal

ORDER = {"person": "clerk-a", "to": "clerk-b", "reason": "Pani Wójcik odchodzi z pracy"}


@pytest.fixture
def tasks(office: Office) -> list[str]:
    now = office.services.clock.now().isoformat()
    found = [office.triage_task(received_at=now) for _ in range(3)]
    for task in found:
        office.post(f"/tasks/{task}/claim", by="clerk-a")
    office.follow()
    return found


def reassign(office: Office, by: str = "head-a", key: str | None = None, **changes: Any) -> Any:
    return office.post("/batches/reassign-tasks", ORDER | changes, by, key)


def test_a_head_reassigns_all_tasks_of_a_person_and_reads_what_became_of_them(
    office: Office, tasks: list[str]
) -> None:
    office.post(f"/tasks/{tasks[1]}/conflict", by="clerk-b")
    office.follow()
    answer = reassign(office)
    assert answer.status_code == 201, answer.text
    page = answer.json()
    assert [(each["task_ref"], each["refusals"]) for each in page["results"]] == [
        (tasks[0], []),
        (tasks[1], ["ExcludedFromTask"]),
        (tasks[2], []),
    ]
    for by in ("head-a", "operator-a", "auditor-a"):
        assert office.get(f"/batches/{page['id']}", by).json() == page
    assert refusal(office.get(f"/batches/{page['id']}", "clerk-a")) == (403, "NotYourBatch")
    told = office.get(f"/tasks/{tasks[0]}/texts", "clerk-b").json()
    assert [each["text"] for each in told] == [ORDER["reason"]]
    stored = office.services.store.recorder.select_notifications(1, 1_000)
    assert not any(b"odchodzi" in event.state for event in stored)


def test_a_batch_ordered_again_changes_nothing(office: Office, tasks: list[str]) -> None:
    first = reassign(office, key="jeden")
    before = office.topics()
    office.follow()
    assert reassign(office, key="jeden").json() == first.json()
    assert refusal(reassign(office)) == (422, "NothingToReassign")
    assert refusal(reassign(office, key="jeden", reason="Urlop")) == (
        409,
        "KeyUsedForAnotherRequest",
    )
    assert office.topics() == before


@pytest.mark.parametrize("by", ["clerk-b", "zdmk-head", "operator-a", "nobody"])
def test_nobody_else_starts_one(office: Office, tasks: list[str], by: str) -> None:
    assert refusal(reassign(office, by)) == (403, "NotYourTask")
    assert refusal(office.get("/batches/batch:0", by)) == (404, "BatchUnknown")
