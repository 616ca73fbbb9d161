"""Batches: one order about many tasks, each asked by itself."""

import pytest

from activities.batches import Batches
from domain.batches.commands import BatchPage, ReassignTasksOf
from domain.batches.model import Batch
from domain.batches.refusals import NothingToReassign, SamePerson
from domain.messages import Act
from domain.tasks.commands import ClaimTask, ReleaseTask
from domain.tasks.model import Task
from domain.tasks.refusals import NotYourTask
from tests.activities.desk import Desk
from tests.builders import sealed

BATCH = f"batch:{'1' * 32}"
TO_CLERK_B = ReassignTasksOf(person="clerk-a", to="clerk-b", reason=sealed("odchodzi z pracy"))


def held_by_clerk_a(desk: Desk, number: int) -> list[Task]:
    tasks = []
    for key in range(number):
        task = desk.task(desk.opened(f"k-{key}", received_at=desk.at), "triage")
        desk.handle(task, ClaimTask(), desk.act("clerk-a"))
        tasks.append(task)
    return tasks


def start(desk: Desk, tasks: list[Task]) -> Batches:
    batches = Batches(desk.tasks)
    batches.start(BATCH, TO_CLERK_B, tuple(task.task_ref for task in tasks), desk.act("head-a"))
    return batches


def results(page: BatchPage) -> dict[str, tuple[str, ...] | None]:
    return {each.task_ref: each.refusals for each in page.results}


def test_each_task_has_a_command_of_its_own_that_can_be_asked_again(desk: Desk) -> None:
    tasks = held_by_clerk_a(desk, 2)
    start(desk, tasks).run(BATCH, desk.at)
    for task in tasks:
        fresh = desk.task(task.case_ref, "triage")
        assert fresh.answered(f"{BATCH}:{task.task_ref}") == fresh.version


def test_an_interrupted_batch_goes_on_where_it_stopped(desk: Desk) -> None:
    tasks = held_by_clerk_a(desk, 3)
    batches = start(desk, tasks)
    batch = desk.store.find(Batch, BATCH)
    assert batch is not None
    done = Act(command_id=f"{BATCH}:{tasks[0].task_ref}", at=desk.at, by="head-a")
    batch.note(tasks[0].task_ref, (), done)
    desk.store.save_all([batch])
    page = batches.run(BATCH, desk.at)
    assert page.succeeded == 3
    assert page.finished_at is not None
    assert desk.task(tasks[0].case_ref, "triage").assignee == "clerk-a"  # not asked again


def test_nobody_loses_a_task_that_was_taken_meanwhile(desk: Desk) -> None:
    tasks = held_by_clerk_a(desk, 2)
    batches = start(desk, tasks)
    desk.handle(tasks[0], ReleaseTask(), desk.act("clerk-a"))
    desk.handle(tasks[0], ClaimTask(), desk.act("clerk-b"))
    assert list(results(batches.run(BATCH, desk.at)).values()) == [("HolderChanged",), ()]


def test_only_somebody_above_orders_it_and_only_for_another_person(desk: Desk) -> None:
    tasks = held_by_clerk_a(desk, 1)
    batches, refs = Batches(desk.tasks), (tasks[0].task_ref,)
    for person in ("clerk-b", "zdmk-head", "zdmk-a"):
        with pytest.raises(NotYourTask):
            batches.start(BATCH, TO_CLERK_B, refs, desk.act(person))
    with pytest.raises(NothingToReassign):
        batches.start(BATCH, TO_CLERK_B, (), desk.act("head-a"))
    to_herself = TO_CLERK_B.model_copy(update={"to": "clerk-a"})
    with pytest.raises(SamePerson):
        batches.start(BATCH, to_herself, refs, desk.act("head-a"))
