"""Extra tasks at the store: ordered, done, withdrawn once, whoever asks again (§ 4.18-§ 11.25)."""

from typing import Any

import pytest

from activities.assignments import AssignmentCommands
from domain.assignments import forms
from domain.assignments.commands import OrderExtraTask, RecordOrderNotice
from domain.assignments.model import Assignment
from domain.assignments.refusals import OrderNotOpen, OrderNotYours
from domain.assignments.views import AssignmentView
from domain.errors import Refusal
from domain.instructions import InstructionUnknown
from domain.interventions.refusals import NewDatePassed, TaskNotAsked
from domain.roster.commands import RecordAbsence
from domain.roster.model import ROSTER_ID
from domain.steps import DecisionStep, InstructionStep, StopStep
from domain.tasks.commands import ClaimTask, CompleteTask
from domain.tasks.model import Task
from domain.tasks.refusals import ActorNotProven, FieldsMissing, OrderNotAllowed, TaskNotOpen
from domain.working_days import local_day
from runtime.births import Born
from tests.activities.desk import Desk
from tests.builders import sealed
from tests.given import moment

ORDER = OrderExtraTask(unit="KS-06", text=sealed("Dyżur w sobotę"))
KINDS = ("assignment", "task")
WHY = {"reason": sealed("Wydarzenie odwołano")}


@pytest.fixture
def commands(desk: Desk) -> AssignmentCommands:
    return AssignmentCommands(desk.tasks)


def ordered(desk: Desk, commands: AssignmentCommands, key: str = "k-1") -> Born:
    return commands.order(ORDER, desk.act("director-a", f"director-a:{key}"), key, "digest")


def task_of(desk: Desk, reference: str) -> Task:
    return desk.task(reference, "do_extra_task")


def decision(desk: Desk, reference: str, person: str = "head-a") -> DecisionStep:
    command = CompleteTask(
        task_ref=task_of(desk, reference).task_ref,
        expected_version=task_of(desk, reference).version,
        outcome="done",
        fields={"note": sealed("Dyżur był")},
    )
    return desk.signed(command, desk.act(person))


def tell(
    desk: Desk, commands: AssignmentCommands, person: str, reference: str, name: str, **fields: Any
) -> AssignmentView:
    step = desk.instruction(person, reference, name, {**WHY, **fields})
    return commands.instruct_assignment(step).view


def order_of(desk: Desk, reference: str) -> Assignment:
    found = desk.store.find(Assignment, reference)
    assert found is not None
    return found


def test_an_order_and_its_task_stand_in_one_transaction_once(
    desk: Desk, commands: AssignmentCommands
) -> None:
    before = desk.store.position()
    born = ordered(desk, commands)
    assert ordered(desk, commands) == Born(born.reference, born.position, repeated=True)
    assert desk.topics(before, of=KINDS) == ["assignment.Ordered", "task.Opened"]
    assert ordered(desk, commands, "k-2").reference == "ORD-2026-000002"


def test_the_task_and_the_order_are_done_together_and_once(
    desk: Desk, commands: AssignmentCommands
) -> None:
    reference = ordered(desk, commands).reference
    signed = decision(desk, reference)
    before = desk.store.position()
    first = commands.decide_assignment_task(signed)
    assert commands.decide_assignment_task(signed).answer == first.answer
    done = ["assignment.Done", "task.Claimed", "task.Completed"]
    assert desk.topics(before, of=KINDS) == done
    order = order_of(desk, reference)
    assert (order.stage, order.done_by) == ("done", "head-a")
    assert (first.view.closed, first.view.open_tasks) == (True, ())


def test_a_decision_that_nobody_signed_changes_nothing(
    desk: Desk, commands: AssignmentCommands
) -> None:
    reference = ordered(desk, commands).reference
    signed = decision(desk, reference)
    forged = signed.decision.model_copy(update={"proof": "0" * 64})
    before = desk.store.position()
    with pytest.raises(ActorNotProven):
        commands.decide_assignment_task(signed.model_copy(update={"decision": forged}))
    told = desk.instruction("director-a", reference, "withdraw_order", WHY)
    unsigned = told.instruction.model_copy(update={"proof": "0" * 64})
    with pytest.raises(ActorNotProven):
        commands.instruct_assignment(InstructionStep(instruction=unsigned, at=told.at))
    assert desk.store.position() == before


def test_what_may_not_be_ordered_takes_no_number(desk: Desk, commands: AssignmentCommands) -> None:
    with pytest.raises(OrderNotAllowed):
        commands.order(ORDER, desk.act("deputy-media", "deputy-media:k"), "k", "digest")
    assert ordered(desk, commands).reference == "ORD-2026-000001"


def test_the_task_of_an_order_is_the_heads_and_has_a_term_and_a_ladder(
    desk: Desk, commands: AssignmentCommands
) -> None:
    task = task_of(desk, ordered(desk, commands).reference)
    assert task.candidates == ("KS-06/head",)
    assert task.complete_by is not None
    assert task.complete_by.rule == "asg.extra_task"
    assert str(task.complete_by.safe_due) == "2026-10-19"
    # Nobody is told of what the head does but the posts above.
    assert [(rung.step, rung.to) for rung in task.rungs] == [
        (-2, "assignee_or_candidates"),
        (0, "assignee_or_candidates"),
        (3, "deputy"),
        (5, "director"),
    ]


def test_the_ladder_climbs_and_stops_when_it_is_done(
    desk: Desk, commands: AssignmentCommands
) -> None:
    reference = ordered(desk, commands).reference
    before = desk.store.position()
    for day in ("2026-10-15", "2026-10-19", "2026-10-22"):
        desk.at = moment(f"{day} 09:00")
        commands.climb_assignment_ladders(desk.step(reference))
        commands.climb_assignment_ladders(desk.step(reference))
    assert desk.topics(before, of=KINDS) == ["task.Escalated", *["task.Reminded"] * 2]
    commands.decide_assignment_task(decision(desk, reference))
    position = desk.store.position()
    desk.at = moment("2026-11-30 09:00")
    commands.climb_assignment_ladders(desk.step(reference))
    assert desk.store.position() == position


def test_an_order_from_before_there_were_ladders_gets_its_own(
    desk: Desk, commands: AssignmentCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(desk.tasks, "rungs", lambda *_: ())
        reference = ordered(desk, commands).reference
    assert task_of(desk, reference).rungs == ()
    commands.take_up_assignment(desk.step(reference))
    task = task_of(desk, reference)
    assert len(task.rungs) == 4
    commands.take_up_assignment(desk.step(reference))
    assert task_of(desk, reference).version == task.version


def test_who_ordered_it_withdraws_it_and_whoever_does_it_is_told(
    desk: Desk, commands: AssignmentCommands
) -> None:
    reference = ordered(desk, commands).reference
    desk.handle(task_of(desk, reference), ClaimTask(), desk.act("head-a"))
    step = desk.instruction("director-a", reference, "withdraw_order", WHY)
    before = desk.store.position()
    first = commands.instruct_assignment(step)
    assert commands.instruct_assignment(step).answer == first.answer
    assert desk.topics(before, of=KINDS) == ["assignment.Withdrawn", "task.Withdrawn"]
    assert first.view.notices_due == ("head-a",)
    assert (first.answer.stage, first.view.closed) == ("withdrawn", False)
    with pytest.raises(TaskNotOpen):
        commands.decide_assignment_task(decision(desk, reference))
    with pytest.raises(OrderNotOpen):
        tell(desk, commands, "director-a", reference, "withdraw_order")


def test_it_closes_when_everybody_is_told(desk: Desk, commands: AssignmentCommands) -> None:
    reference = ordered(desk, commands).reference
    view = tell(desk, commands, "director-a", reference, "withdraw_order")
    assert view.notices_due == ("KS-06/head",)
    order = order_of(desk, reference)
    told = RecordOrderNotice(recipient="KS-06/head", message_id="<m@ks>", result="delivered")
    order.record_notice(told, desk.act())
    assert (order.closed, order.notices_owed) == (True, ())
    version = order.version
    order.record_notice(told, desk.act())
    assert order.version == version


def test_what_is_done_cannot_be_withdrawn(desk: Desk, commands: AssignmentCommands) -> None:
    reference = ordered(desk, commands).reference
    commands.decide_assignment_task(decision(desk, reference))
    with pytest.raises(OrderNotOpen) as refused:
        tell(desk, commands, "director-a", reference, "withdraw_order")
    assert refused.value.facts["by"] == "head-a"


@pytest.mark.parametrize("person", ["head-a", "clerk-a", "deputy-media", "operator-a", "zdmk-a"])
def test_nobody_else_withdraws_it(desk: Desk, commands: AssignmentCommands, person: str) -> None:
    """Not the operator either: whether it is to be done is a matter of the merits."""
    reference = ordered(desk, commands).reference
    with pytest.raises(OrderNotYours):
        tell(desk, commands, person, reference, "withdraw_order")


def test_a_post_above_withdraws_what_a_deputy_ordered(
    desk: Desk, commands: AssignmentCommands
) -> None:
    command = ORDER.model_copy(update={"unit": "KS-03"})
    act = desk.act("deputy-media", "deputy-media:k-1")
    reference = commands.order(command, act, "k-1", "digest").reference
    assert tell(desk, commands, "director-a", reference, "withdraw_order").stage == "withdrawn"


@pytest.mark.parametrize("person", ["director-a", "operator-a"])
def test_its_term_is_moved_and_the_ladder_begins_anew(
    desk: Desk, commands: AssignmentCommands, person: str
) -> None:
    reference = ordered(desk, commands).reference
    desk.at = moment("2026-10-15 09:00")
    commands.climb_assignment_ladders(desk.step(reference))
    task = task_of(desk, reference).task_ref
    tell(desk, commands, person, reference, "move_deadline", task=task, until="2026-10-30")
    moved = task_of(desk, reference)
    assert moved.complete_by is not None
    assert (str(moved.complete_by.safe_due), moved.fired) == ("2026-10-30", frozenset())
    assert str(order_of(desk, reference).until) == "2026-10-30"


@pytest.mark.parametrize(
    ("name", "fields", "refusal"),
    [
        ("move_deadline", {"task": "ORD-2026-000009-do_extra_task-1"}, TaskNotAsked),
        ("move_deadline", {"until": "2026-10-01"}, NewDatePassed),
        ("move_deadline", {"until": "jutro"}, FieldsMissing),
        ("forget_it", {}, InstructionUnknown),
    ],
)
def test_what_cannot_be_told_it_is_named(
    desk: Desk,
    commands: AssignmentCommands,
    name: str,
    fields: dict[str, str],
    refusal: type[Refusal],
) -> None:
    reference = ordered(desk, commands).reference
    task = task_of(desk, reference).task_ref
    asked = {"task": task, "until": "2026-10-30"} | fields
    before = desk.store.position()
    with pytest.raises(refusal):
        tell(desk, commands, "director-a", reference, name, **asked)
    assert desk.store.position() == before


def test_a_run_that_is_cancelled_decides_nothing(desk: Desk, commands: AssignmentCommands) -> None:
    reference = ordered(desk, commands).reference
    before = desk.store.position()
    for _ in range(2):
        stop = StopStep(reference=reference, at=desk.at, run_id="run-1")
        assert commands.note_assignment_stop(stop).stage == "ordered"
    assert desk.topics(before, of=KINDS) == ["assignment.WorkflowStopped"]


def test_it_is_raised_when_its_unit_has_nobody_left(
    desk: Desk, commands: AssignmentCommands
) -> None:
    reference = ordered(desk, commands).reference
    roster, today = desk.store.load(ROSTER_ID), local_day(desk.at)
    away = RecordAbsence(person="head-a", valid_from=today, valid_to=today)
    roster.record_absence(away, desk.act("head-a"))
    desk.store.save_all([roster])
    commands.take_up_assignment(desk.step(reference))
    assert task_of(desk, reference).candidates == ("deputy_media",)


def test_lost_numbers_of_orders_are_filled_in_from_the_log(
    desk: Desk, commands: AssignmentCommands
) -> None:
    ordered(desk, commands)
    desk.opened()
    assert desk.store.rebuild_births() == 2


def test_a_section_of_one_person_has_no_head_to_be_told(desk: Desk) -> None:
    """§ 2 pt 7: the editor is KS-07; the Director stands above, through the deputy."""
    task = forms.task_for("ORD-2026-000001", "KS-07", desk.at, desk.book)
    told = [rung.to for rung in desk.tasks.rungs(task, desk.at)]
    assert (task.candidates, "head" in told) == (("KS-07/editor",), False)
