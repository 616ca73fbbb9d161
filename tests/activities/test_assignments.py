"""Extra tasks at the store: ordered and done once, whoever asks again; lost numbers come back."""

import pytest

from activities.assignments import AssignmentCommands
from domain.assignments.commands import OrderExtraTask
from domain.assignments.model import Assignment
from domain.tasks.commands import CompleteTask, Decision
from domain.tasks.model import Task
from domain.tasks.refusals import ActorNotProven, OrderNotAllowed
from runtime.births import Born
from tests.activities.desk import Desk
from tests.builders import sealed

ORDER = OrderExtraTask(unit="KS-06", text=sealed("Dyżur w sobotę"))


@pytest.fixture
def commands(desk: Desk) -> AssignmentCommands:
    return AssignmentCommands(desk.tasks)


def ordered(desk: Desk, commands: AssignmentCommands, key: str = "k-1") -> Born:
    return commands.order(ORDER, desk.act("director-a", f"director-a:{key}"), key, "digest")


def decision(desk: Desk, task: str) -> Decision:
    command = CompleteTask(
        task_ref=task, expected_version=1, outcome="done", fields={"note": sealed("Dyżur był")}
    )
    return desk.signed(command, desk.act("head-a")).decision


def test_an_order_and_its_task_stand_in_one_transaction_once(
    desk: Desk, commands: AssignmentCommands
) -> None:
    kinds = ("assignment", "task")
    before = desk.store.position()
    born = ordered(desk, commands)
    assert ordered(desk, commands) == Born(born.reference, born.position, repeated=True)
    assert desk.topics(before, of=kinds) == ["assignment.Ordered", "task.Opened"]
    assert ordered(desk, commands, "k-2").reference == "ORD-2026-000002"


def test_the_task_and_the_order_are_done_together_and_once(
    desk: Desk, commands: AssignmentCommands
) -> None:
    reference = ordered(desk, commands).reference
    signed = decision(desk, f"{reference}-do_extra_task-1")
    before = desk.store.position()
    first = commands.complete(signed)
    assert commands.complete(signed) == first
    done = ["assignment.Done", "task.Claimed", "task.Completed"]
    assert desk.topics(before, of=("assignment", "task")) == done
    assignment = desk.store.find(Assignment, reference)
    assert assignment is not None
    assert (assignment.stage, assignment.done_by) == ("done", "head-a")


def test_a_decision_that_nobody_signed_changes_nothing(
    desk: Desk, commands: AssignmentCommands
) -> None:
    reference = ordered(desk, commands).reference
    forged = decision(desk, f"{reference}-do_extra_task-1").model_copy(update={"proof": "0" * 64})
    before = desk.store.position()
    with pytest.raises(ActorNotProven):
        commands.complete(forged)
    assert desk.store.position() == before


def test_what_may_not_be_ordered_takes_no_number(desk: Desk, commands: AssignmentCommands) -> None:
    with pytest.raises(OrderNotAllowed):
        commands.order(ORDER, desk.act("deputy-media", "deputy-media:k"), "k", "digest")
    assert ordered(desk, commands).reference == "ORD-2026-000001"


def test_the_task_of_an_order_is_the_heads_and_has_a_term(
    desk: Desk, commands: AssignmentCommands
) -> None:
    reference = ordered(desk, commands).reference
    task = desk.store.find(Task, f"{reference}-do_extra_task-1")
    assert task is not None
    assert task.candidates == ("KS-06/head",)
    assert task.complete_by is not None
    assert task.complete_by.rule == "asg.extra_task"


def test_lost_numbers_of_orders_are_filled_in_from_the_log(
    desk: Desk, commands: AssignmentCommands
) -> None:
    ordered(desk, commands)
    desk.opened()
    assert desk.store.rebuild_births() == 2
