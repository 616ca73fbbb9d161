"""Tasks delegated and returned, declined for a conflict, remarked on and reprioritised."""

from typing import Any

import pytest

from domain.tasks.commands import (
    AssignTask,
    ChangePriority,
    ClaimTask,
    CommentOnTask,
    DeclareConflict,
    DelegateTask,
    ReleaseTask,
    ReturnTask,
)
from domain.tasks.model import Task
from domain.tasks.refusals import (
    ActorNotActive,
    AlreadyClaimed,
    DelegateNotEligible,
    ExcludedFromTask,
    NotYourTask,
    PriorityUnchanged,
    TaskChanged,
    TaskNotOpen,
)
from domain.tasks.rules import Hats
from tests.domain.offered import (
    ANNA,
    ANNA_OF_TWO,
    BARBARA,
    CLERKS,
    HEAD,
    HOLDERS,
    NOBODY,
    NOTE,
    REPLACING_ANNA,
    TO_BARBARA,
    UNIT,
    claimed_by_anna,
    completed_by_anna,
    deciding,
    decision,
    hats,
    offered,
)
from tests.given import Story


def delegated() -> Story[Task]:
    return claimed_by_anna().also(TO_BARBARA, ANNA_OF_TWO, by="clerk-a")


# Delegating


def test_who_holds_a_task_has_another_candidate_do_it() -> None:
    story = claimed_by_anna().when(TO_BARBARA, ANNA_OF_TWO, by="clerk-a")
    task = story.then(Task.Delegated, delegate="clerk-b", note_ref=TO_BARBARA.note).aggregate
    assert (task.state, task.assignee, task.owner) == ("delegated", "clerk-b", "clerk-a")


def test_the_delegate_decides_and_the_owner_is_still_named() -> None:
    task = deciding(delegated(), BARBARA).then(Task.Completed, by="clerk-b").aggregate
    assert (task.state, task.owner) == ("completed", "clerk-a")


def test_the_owner_decides_nothing_while_somebody_else_does_it() -> None:
    deciding(delegated(), ANNA).refused(NotYourTask, assignee="clerk-b")


def test_the_delegate_returns_the_task_to_its_owner() -> None:
    story = delegated().when(ReturnTask(note=NOTE), by="clerk-b")
    task = story.then(Task.Returned, owner="clerk-a", note_ref=NOTE).aggregate
    assert (task.state, task.assignee, task.owner) == ("claimed", "clerk-a", None)
    deciding(story, ANNA).then(Task.Completed, by="clerk-a")


def test_what_a_substitute_claimed_is_still_the_replaced_persons_after_it_came_back() -> None:
    carol = hats("clerk-c", "KS-01/clerk", acting=REPLACING_ANNA.acting, holders=HOLDERS)
    story = offered().also(ClaimTask(), carol, by="clerk-c").also(TO_BARBARA, carol, by="clerk-c")
    assert story.aggregate.assignee_for is None
    story.also(ReturnTask(), by="clerk-b")
    deciding(story, carol).then(Task.Completed, by="clerk-c", acting_for="clerk-a")


@pytest.mark.parametrize("person", ["clerk-a", "head-a", "ztp-a"])
def test_only_the_delegate_returns_a_task(person: str) -> None:
    delegated().when(ReturnTask(), by=person).refused(NotYourTask, assignee="clerk-b")


def test_what_was_not_delegated_is_not_returned() -> None:
    claimed_by_anna().when(ReturnTask(), by="clerk-a").refused(NotYourTask, owner=None)


def test_the_delegate_neither_delegates_on_nor_releases() -> None:
    barbara = hats("clerk-b", CLERKS, holders=HOLDERS)
    to_anna = DelegateTask(delegate="clerk-a", note=NOTE)
    delegated().when(to_anna, barbara, by="clerk-b").refused(NotYourTask, owner="clerk-a")
    delegated().when(ReleaseTask(), by="clerk-b").refused(NotYourTask, owner="clerk-a")


def test_a_delegated_task_is_taken_by_nobody_else() -> None:
    delegated().when(ClaimTask(), ANNA, by="clerk-a").refused(AlreadyClaimed, assignee="clerk-b")


@pytest.mark.parametrize("delegate", ["clerk-a", "ztp-a", "gone-g"])
def test_a_task_is_delegated_only_to_another_candidate(delegate: str) -> None:
    command = DelegateTask(delegate=delegate, note=NOTE)
    story = claimed_by_anna().when(command, ANNA_OF_TWO, by="clerk-a")
    story.refused(DelegateNotEligible, person=delegate)


def test_a_task_is_not_delegated_to_an_excluded_person() -> None:
    story = offered(excluded={"clerk-b": "answered R1"}).also(ClaimTask(), ANNA, by="clerk-a")
    story.when(TO_BARBARA, ANNA_OF_TWO, by="clerk-a").refused(ExcludedFromTask, person="clerk-b")


def test_who_does_not_hold_a_task_delegates_nothing() -> None:
    offered().when(TO_BARBARA, ANNA_OF_TWO, by="clerk-a").refused(NotYourTask, assignee=None)
    completed_by_anna().when(TO_BARBARA, ANNA_OF_TWO, by="clerk-a").refused(TaskNotOpen)
    gone = hats("clerk-a", holders=HOLDERS)
    claimed_by_anna().when(TO_BARBARA, gone, by="clerk-a").refused(ActorNotActive)


def test_the_head_takes_a_delegated_task_from_both() -> None:
    command = AssignTask(assignee="clerk-a", reason=NOTE)
    task = delegated().also(command, HEAD, by="head-a").aggregate
    assert (task.state, task.assignee, task.owner) == ("claimed", "clerk-a", None)


# Conflict


def test_who_declares_a_conflict_is_excluded_and_what_they_held_is_offered_again() -> None:
    story = claimed_by_anna().when(DeclareConflict(), ANNA, by="clerk-a")
    task = story.then(
        Task.ExclusionAdded, person="clerk-a", reason="declared conflict", offered_again=True
    ).aggregate
    assert (task.state, task.assignee, task.responded) == ("offered", None, True)
    assert task.excluded == {"zdmk-a": "answered R1", "clerk-a": "declared conflict"}
    story.when(ClaimTask(), ANNA, by="clerk-a").refused(ExcludedFromTask)
    story.also(ClaimTask(), BARBARA, by="clerk-b")


def test_a_conflict_of_somebody_else_leaves_the_task_where_it_is() -> None:
    story = claimed_by_anna().when(DeclareConflict(), BARBARA, by="clerk-b")
    task = story.then(Task.ExclusionAdded, person="clerk-b", offered_again=False).aggregate
    assert (task.state, task.assignee) == ("claimed", "clerk-a")
    command = AssignTask(assignee="clerk-b", reason=NOTE)
    story.when(command, HEAD, by="head-a").refused(ExcludedFromTask, person="clerk-b")


@pytest.mark.parametrize("person", [ANNA, BARBARA])
def test_a_conflict_of_owner_or_delegate_takes_the_task_from_both(person: Hats) -> None:
    task = delegated().also(DeclareConflict(), person, by=person.actor).aggregate
    assert (task.state, task.assignee, task.owner) == ("offered", None, None)


def test_a_conflict_of_the_person_replaced_takes_the_task_from_the_substitute() -> None:
    story = offered().also(ClaimTask(), REPLACING_ANNA, by="clerk-c")
    story.when(DeclareConflict(), ANNA, by="clerk-a").then(Task.ExclusionAdded, offered_again=True)
    story.when(ClaimTask(), REPLACING_ANNA, by="clerk-c").refused(ExcludedFromTask)


def test_the_head_who_declared_a_conflict_overrides_nothing() -> None:
    story = claimed_by_anna().also(DeclareConflict(), HEAD, by="head-a")
    command = decision(version=story.aggregate.version, note=NOTE)
    deciding(story, HEAD, command).refused(ExcludedFromTask, person="head-a")


def test_a_conflict_is_declared_once_and_by_those_whom_the_task_concerns() -> None:
    story = offered().also(DeclareConflict(), ANNA, by="clerk-a")
    story.when(DeclareConflict(), ANNA, by="clerk-a").refused(ExcludedFromTask)
    offered().when(DeclareConflict(), UNIT, by="ztp-a").refused(NotYourTask)
    offered().when(DeclareConflict(), NOBODY, by="gone-g").refused(ActorNotActive, NotYourTask)
    completed_by_anna().when(DeclareConflict(), BARBARA, by="clerk-b").refused(TaskNotOpen)


# Comments and priority


@pytest.mark.parametrize("story", [offered, claimed_by_anna, completed_by_anna])
def test_a_comment_is_possible_on_the_open_and_on_the_finished_task(story: Any) -> None:
    told: Story[Task] = story()
    before = told.aggregate.state
    told.when(CommentOnTask(text=NOTE), BARBARA, by="clerk-b")
    assert told.then(Task.Commented, text_ref=NOTE).aggregate.state == before


def test_a_comment_does_not_outdate_what_others_see() -> None:
    story = claimed_by_anna().also(CommentOnTask(text=NOTE), BARBARA, by="clerk-b")
    deciding(story, ANNA, decision(version=2)).then(Task.Completed)


def test_who_holds_nothing_today_comments_on_nothing() -> None:
    offered().when(CommentOnTask(text=NOTE), NOBODY, by="gone-g").refused(ActorNotActive)


def test_the_head_changes_the_priority_with_a_note() -> None:
    story = claimed_by_anna().when(ChangePriority(priority="high", note=NOTE), HEAD, by="head-a")
    task = story.then(Task.PriorityChanged, old="normal", new="high", note_ref=NOTE).aggregate
    assert task.priority == "high"
    deciding(story, ANNA, decision(version=2)).refused(TaskChanged)


def test_a_priority_is_changed_by_a_superior_and_to_another_one() -> None:
    command = ChangePriority(priority="high", note=NOTE)
    claimed_by_anna().when(command, ANNA, by="clerk-a").refused(NotYourTask)
    completed_by_anna().when(command, HEAD, by="head-a").refused(TaskNotOpen)
    same = ChangePriority(priority="normal", note=NOTE)
    offered().when(same, HEAD, by="head-a").refused(PriorityUnchanged, priority="normal")
