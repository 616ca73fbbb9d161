"""Batches over HTTP: started by a head, with a result for each task, and read again (story 12)."""

from collections import Counter
from typing import Any

import pytest

from domain.batches.commands import ReassignTasksOf
from domain.messages import Act
from runtime.text_store import seal_texts
from tests.api.office import Office, WorkingOn
from tests.api.test_decisions import FORWARD, decide, opened
from tests.api.test_tasks import refusal

KEY = "klucz"
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


def test_story_12_the_tasks_of_a_leaving_clerk_are_reassigned(working_on: WorkingOn) -> None:
    """The request dies between fixing the list and the first task; it is sent again."""
    with working_on("2026-09-14 09:00") as office:
        cases = [office.register_now() for _ in range(37)]
        tasks = [f"{case}-triage-1" for case in cases]
        for task in tasks:
            opened(office, task)
            assert office.post(f"/tasks/{task}/claim", by="clerk-a").status_code == 200
        conflict, completed = tasks[4], tasks[20]
        office.post(f"/tasks/{conflict}/conflict", by="clerk-b")
        batch = begun(office, tasks)
        assert decide(office, "clerk-a", completed, "forward", FORWARD).status_code == 200

        office.follow()
        page = reassign(office, key=KEY).json()
        assert (page["id"], page["succeeded"], page["refused"]) == (batch, 35, 2)
        results = {each["task_ref"]: each["refusals"] for each in page["results"]}
        assert [*results] == tasks
        assert {task: names for task, names in results.items() if names} == {
            conflict: ["ExcludedFromTask"],
            completed: ["TaskNotOpen"],
        }
        assert office.get(f"/batches/{batch}", "head-a").json() == page
        holders = Counter(opened(office, task)["assignee"] for task in tasks)
        assert holders == {"clerk-b": 35, "clerk-a": 2}

        before = office.services.store.position()
        office.follow()
        assert reassign(office, key=KEY).json() == page
        assert office.services.store.position() == before

        # Its workflow takes the decision of whoever holds the task now.
        done = decide(office, "clerk-b", tasks[0], "forward", FORWARD)
        assert (done.status_code, done.json()["case_stage"]) == (200, "with_units")


def begun(office: Office, tasks: list[str]) -> str:
    """The head's order, fixed for these tasks and no more."""
    here = office.services
    act = Act(command_id=f"head-a:{KEY}", at=here.clock.now(), by="head-a")
    batch: str = here.vault.references.make("batch", act.command_id)
    command = seal_texts(
        ReassignTasksOf.model_validate(ORDER),
        key_ref=batch,
        command_id=act.command_id,
        texts=here.texts,
    )
    here.batches.start(batch, command, tuple(tasks), act)
    return batch


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
