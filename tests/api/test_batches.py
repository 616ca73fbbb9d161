"""Batches over HTTP: started by a head, with a result for each task, and read again (story 12)."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from domain.batches.commands import ReassignTasksOf
from domain.messages import Act
from domain.tasks.model import Task
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


MOVE = {"filter": {"process": "intervention"}, "until": "2030-03-01", "reason": "Awaria poczty"}


def at_the_unit(office: Office) -> str:
    """The task of a unit that was asked."""
    case = office.register(received_at=office.services.clock.now().isoformat())
    assert decide(office, "clerk-a", f"{case}-triage-1", "forward", FORWARD).status_code == 200
    task = f"{case}-answer_referral-R1-1"
    opened(office, task)
    return task


def at_triage(office: Office, **changes: Any) -> str:
    case = office.register(received_at=office.services.clock.now().isoformat(), **changes)
    opened(office, f"{case}-triage-1")
    return f"{case}-triage-1"


def move(office: Office, by: str = "operator-a", key: str | None = None, **changes: Any) -> Any:
    office.follow()
    return office.post("/batches/move-deadlines", MOVE | changes, by, key)


def due_of(office: Office, task: str) -> str:
    found: str = office.get(f"/tasks/{task}", "director-a").json()["complete_by"]["safe_due"]
    return found


def results(answer: Any) -> dict[str, list[str] | None]:
    assert answer.status_code == 201, answer.text
    return {each["task_ref"]: each["refusals"] for each in answer.json()["results"]}


def test_terms_are_moved_through_the_cases_and_ordered_again_nothing_changes(
    working: Office,
) -> None:
    first, second = at_triage(working), at_triage(working)
    asked = at_the_unit(working)
    answer = move(working, key="jeden", filter={"type": "triage"})
    assert results(answer) == {first: [], second: []}
    page = answer.json()
    assert (page["kind"], page["succeeded"], page["refused"]) == ("move_deadlines", 2, 0)
    assert {each["until"] for each in page["results"]} == {MOVE["until"]}
    assert due_of(working, first) == due_of(working, second) == MOVE["until"]
    assert due_of(working, asked) != MOVE["until"]
    moved = working.services.store.find(Task, first)
    assert moved is not None
    assert all(rung.fires_at.year == 2030 for rung in moved.rungs)
    texts = working.get(f"/interventions/{first[:15]}/texts", "clerk-a").json()["texts"]
    assert MOVE["reason"] in [text["text"] for text in texts]
    before = working.topics()
    working.follow()
    assert move(working, key="jeden", filter={"type": "triage"}).json() == page
    other = move(working, key="jeden", filter={"type": "triage"}, until="2030-03-02")
    assert refusal(other) == (409, "KeyUsedForAnotherRequest")
    assert working.topics() == before
    assert working.get(f"/batches/{page['id']}", "auditor-a").json() == page


def test_each_task_is_refused_by_itself(working: Office) -> None:
    """The head moves what is below, not what is her own; the law moves for nobody."""
    triage, asked = at_triage(working), at_the_unit(working)
    case = working.register(received_at=working.services.clock.now().isoformat())
    complaint = {"kind": "complaint", "reason": "Skarga na urzędnika"}
    proposed = decide(working, "clerk-a", f"{case}-triage-1", "requalify", complaint)
    assert proposed.status_code == 200, proposed.text
    own = next(each for each in opened_tasks(working, case) if "confirm_requalification" in each)
    answer = move(working, "head-a")
    assert results(answer) == {triage: [], asked: [], own: ["InstructionNotYours"]}
    assert results(move(working, "deputy-m", until="2030-03-04"))[own] == []


def opened_tasks(office: Office, case: str) -> list[str]:
    found: list[str] = list(office.get(f"/cases/{case}/actions", "director-a").json())
    return found


def test_what_is_meant_is_found_by_each_field(working: Office) -> None:
    place = {"district": "II", "street": "Mogilska", "number": "1"}
    tasks = {
        at_triage(working): "triage",
        at_triage(working, category="greenery.felling", place=place): "other",
        at_the_unit(working): "asked",
    }
    working.follow()
    before = working.topics()
    for wanted, found in (
        ({"unit": "ZDMK"}, {"asked"}),
        ({"unit": "KS-06"}, {"triage", "other"}),
        ({"category": "greenery.felling"}, {"other"}),
        ({"district": "II"}, {"other"}),
        ({"process": "intervention", "type": "triage"}, {"triage", "other"}),
        ({"due_from": "2020-01-01", "unit": "ZDMK"}, {"asked"}),
    ):
        body = MOVE | {"filter": wanted}
        answer = working.post("/batches/move-deadlines/preview", body, "operator-a").json()
        assert {tasks[each["task_ref"]] for each in answer["results"]} == found
        assert (answer["allowed"], answer["refused"]) == (len(found), 0)
    for nothing in ({"due_to": "2020-01-01"}, {"process": "assignment"}):
        body = MOVE | {"filter": nothing}
        answer = working.post("/batches/move-deadlines/preview", body, "operator-a")
        assert refusal(answer) == (422, "NothingToMove")
    assert working.topics() == before


def test_terms_of_extra_tasks_are_moved_as_well(working: Office) -> None:
    body = {"unit": "KS-03", "text": "Relacja z wernisażu"}
    task = working.post("/assignments", body, "director-a").json()["task_ref"]
    answer = move(working, filter={"process": "assignment"})
    assert results(answer) == {task: []}
    assert due_of(working, task) == MOVE["until"]


def test_by_working_days_each_moves_from_its_own_day(working: Office) -> None:
    task = at_triage(working)
    due = date.fromisoformat(due_of(working, task))
    calendar = working.services.data.deadlines.calendar
    answer = move(working, until=None, working_days=3)
    assert results(answer) == {task: []}
    assert due_of(working, task) == str(calendar.add_working_days(due, 3))


def test_a_batch_stops_while_temporal_is_away_and_goes_on_later(
    office: Office, tasks: list[str]
) -> None:
    before = office.topics()
    assert refusal(move(office, key="jeden")) == (503, "ProcessAway")
    assert refusal(move(office, key="jeden")) == (503, "ProcessAway")
    started = office.topics()[len(before) :]
    assert started == ["batch.DeadlineMoveStarted"]
    event = next(iter(office.services.store.recorder.select_notifications(1, 9_999)[-1:]))
    told: Any = office.services.store.mapper.to_domain_event(event)
    page = office.get(f"/batches/{told.batch_id}", "operator-a").json()
    assert [each["refusals"] for each in page["results"]] == [None] * len(tasks)
    assert page["finished_at"] is None


@pytest.mark.parametrize("by", ["clerk-a", "zdmk-a", "zdmk-head", "media-head", "deputy-p"])
def test_nobody_else_moves_terms(office: Office, tasks: list[str], by: str) -> None:
    before = office.topics()
    assert refusal(move(office, by)) == (403, "InstructionNotYours")
    assert office.topics() == before


@pytest.mark.parametrize(
    ("changes", "name", "field"),
    [
        ({"filter": {}}, "InputInvalid", "filter"),
        ({"filter": {"due_from": "2026-10-02", "due_to": "2026-10-01"}}, "InputInvalid", "filter"),
        ({"working_days": 2}, "InputInvalid", "body"),
        ({"until": None}, "InputInvalid", "body"),
        ({"until": "2020-01-01"}, "NewDatePassed", "until"),
        ({"filter": {"type": "triaż"}}, "FilterUnknown", "filter.type"),
        ({"filter": {"process": "kampania"}}, "FilterUnknown", "filter.process"),
        ({"filter": {"unit": "ZDM"}}, "FilterUnknown", "filter.unit"),
        ({"filter": {"district": "XX"}}, "FilterUnknown", "filter.district"),
        ({"filter": {"category": "dziury"}}, "FilterUnknown", "filter.category"),
    ],
)
def test_what_is_wrong_with_an_order_is_named_with_its_field(
    office: Office, tasks: list[str], changes: dict[str, Any], name: str, field: str
) -> None:
    answer = move(office, **changes)
    assert refusal(answer) == (422, name)
    assert field in {error["field"] for error in answer.json()["errors"]}
