"""What people do with tasks besides deciding them, to be asked twice."""

from datetime import date

from activities.batches import Batches
from activities.tasks import TaskCommand
from domain.batches.commands import BatchPage, ReassignTasksOf
from domain.tasks.commands import (
    AssignTask,
    ChangePriority,
    ClaimTask,
    CommentOnTask,
    DeclareConflict,
    DelegateTask,
    ParkTask,
    ReleaseTask,
    ReturnTask,
    SaveDraft,
    UnparkTask,
)
from domain.tasks.model import Task
from tests.activities.deeds import Ask, Deed
from tests.activities.desk import TO_ZDMK, Desk
from tests.builders import sealed

TO_CLERK_B = DelegateTask(delegate="clerk-b", note=sealed("znasz ulicę"))
UNTIL_TUESDAY = ParkTask(until=date(2026, 10, 6))
BEGUN = SaveDraft(author="clerk-a", draft=sealed("Dziura"), size=6)
BATCH = f"batch:{'1' * 32}"
HIGH = ChangePriority(priority="high", note=sealed("radny pyta"))


def claiming(desk: Desk) -> Ask:
    task, act = desk.task(desk.opened(), "triage"), desk.act("clerk-a")
    return lambda: desk.handle(task, ClaimTask(expected_version=1), act)


def releasing(desk: Desk) -> Ask:
    task = desk.task(desk.opened(), "triage")
    desk.handle(task, ClaimTask(), desk.act("clerk-a"))
    act = desk.act("clerk-a")
    return lambda: desk.handle(task, ReleaseTask(), act)


def assigning(desk: Desk) -> Ask:
    task, act = desk.task(desk.opened(), "triage"), desk.act("head-a")
    command = AssignTask(assignee="clerk-b", reason=sealed("pilne"))
    return lambda: desk.handle(task, command, act)


def held_by_clerk_a(desk: Desk) -> Task:
    task = desk.task(desk.opened(), "triage")
    desk.handle(task, ClaimTask(), desk.act("clerk-a"))
    return task


def handing(desk: Desk, command: TaskCommand, person: str = "clerk-a") -> Ask:
    task, act = held_by_clerk_a(desk), desk.act(person)
    return lambda: desk.handle(task, command, act)


def handing_back(desk: Desk) -> Ask:
    task = held_by_clerk_a(desk)
    desk.handle(task, TO_CLERK_B, desk.act("clerk-a"))
    act = desk.act("clerk-b")
    return lambda: desk.handle(task, ReturnTask(), act)


def unparking(desk: Desk) -> Ask:
    task = held_by_clerk_a(desk)
    desk.handle(task, UNTIL_TUESDAY, desk.act("clerk-a"))
    act = desk.act("clerk-a")
    return lambda: desk.handle(task, UnparkTask(), act)


def commenting_on_a_finished_task(desk: Desk) -> Ask:
    task = held_by_clerk_a(desk)
    desk.decide("clerk-a", desk.task(task.case_ref, "triage"), "forward", TO_ZDMK)
    act = desk.act("head-a")
    return lambda: desk.handle(task, CommentOnTask(text=sealed("dobrze")), act)


def declaring_as_the_last(desk: Desk) -> Ask:
    task = held_by_clerk_a(desk)
    desk.handle(task, ReleaseTask(), desk.act("clerk-a"))
    desk.handle(task, DeclareConflict(), desk.act("clerk-b"))
    act = desk.act("clerk-a")
    return lambda: desk.handle(task, DeclareConflict(), act)


def reading_a_draft(desk: Desk) -> Ask:
    task = held_by_clerk_a(desk)
    desk.handle(task, BEGUN, desk.act("clerk-a"))
    act = desk.act("head-a")
    return lambda: desk.tasks.read_draft(task.task_ref, act).ref


def reassigning(desk: Desk) -> Ask:
    task, act = held_by_clerk_a(desk), desk.act("head-a")
    batches = Batches(desk.tasks)
    command = ReassignTasksOf(person="clerk-a", to="clerk-b", reason=sealed("odchodzi"))

    def start_and_run() -> BatchPage:
        batches.start(BATCH, command, (task.task_ref,), act)
        return batches.run(BATCH, act.at)

    return start_and_run


DEEDS_OF_TASKS = (
    Deed("claim", claiming, ("task.Claimed",)),
    Deed("release", releasing, ("task.Released",)),
    Deed("assign", assigning, ("task.Assigned",)),
    Deed("delegate", lambda desk: handing(desk, TO_CLERK_B), ("task.Delegated",)),
    Deed("return a delegated task", handing_back, ("task.Returned",)),
    Deed("park", lambda desk: handing(desk, UNTIL_TUESDAY), ("task.Parked",)),
    Deed("unpark", unparking, ("task.Unparked",)),
    Deed(
        "declare a conflict",
        lambda desk: handing(desk, DeclareConflict()),
        ("task.ExclusionAdded",),
    ),
    Deed(
        "declare a conflict as the last candidate",
        declaring_as_the_last,
        ("task.CandidatesChanged", "task.ExclusionAdded"),
    ),
    Deed("comment", commenting_on_a_finished_task, ("task.Commented",)),
    Deed("reassign in a batch", reassigning, ("task.Assigned",)),
    Deed("save a draft", lambda desk: handing(desk, BEGUN), ("task.DraftSaved",)),
    Deed("read a draft", reading_a_draft, ("task.DraftRead",)),
    Deed(
        "change the priority", lambda desk: handing(desk, HIGH, "head-a"), ("task.PriorityChanged",)
    ),
)
