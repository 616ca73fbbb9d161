"""Terms of tasks that move: what the ladders make of it, and what stays as it was (section 6)."""

from datetime import date
from typing import Any

from domain.ladders import Rung, rungs
from domain.messages import SYSTEM
from domain.tasks.commands import ClaimTask, MoveTaskDeadline, WithdrawTask
from domain.tasks.model import Task
from domain.tasks.refusals import TaskNotOpen, TermMissing
from domain.terms import Term
from tests.domain.offered import ANNA, DATA, MONDAY, NOTE, an_order, offered, remind
from tests.given import Story, moment

DUE = DATA.deadlines.term("int.check_feedback", MONDAY)
FRIDAY = DATA.deadlines.extend(DUE, date(2026, 10, 9))


def steps(term: Term) -> tuple[Rung, ...]:
    return rungs(
        DATA.ladders["standard"],
        opened_at=MONDAY,
        respond_by=None,
        complete_by=term,
        calendar=DATA.deadlines.calendar,
        hour=DATA.limits.tasks.ladder_hour,
    )


def move(story: Story[Task], term: Term, cause: str, **fields: Any) -> Story[Task]:
    told = {"which": "complete_by", "term": term, "cause": cause, "rungs": steps(term)} | fields
    command = MoveTaskDeadline.model_validate(told)
    return story.when(command, by=SYSTEM, at=moment("2026-10-07 10:00"))


def test_a_term_that_moves_says_from_where_to_where_and_why() -> None:
    story = move(offered(rungs=steps(DUE)), FRIDAY, "new_date", reason=NOTE)
    moved = {"old": DUE, "new": FRIDAY, "cause": "new_date", "anew": True, "reason_ref": NOTE}
    story.then(Task.DeadlineMoved, which="complete_by", **moved).then_nothing_more()
    assert story.aggregate.complete_by == FRIDAY
    assert story.aggregate.rungs == steps(FRIDAY)


def test_a_term_that_a_decision_gave_has_a_ladder_of_its_own() -> None:
    task = move(climbed(), FRIDAY, "extension").aggregate
    assert task.fired == frozenset()
    assert (task.terms_given, task.term_given_at) == (1, moment("2026-10-07 10:00"))


def test_a_term_that_was_counted_again_repeats_no_step() -> None:
    task = move(climbed(), FRIDAY, "calendar").aggregate
    assert task.fired == {("standard", 0), ("standard", -2)}
    assert (task.terms_given, task.term_given_at) == (0, MONDAY)


def test_a_new_term_for_the_work_leaves_the_steps_of_the_answer_done() -> None:
    story = climbed(respond_by=DUE)
    story.aggregate.climb("respond", 0, ())
    assert move(story, FRIDAY, "extension").aggregate.fired == {("respond", 0)}


def test_the_steps_of_a_term_that_stands_still_wait() -> None:
    still = DATA.deadlines.suspend(DUE, MONDAY)
    story = move(offered(rungs=steps(DUE)), still, "hold")
    story.then(Task.DeadlineMoved, safe_due=None, anew=False, rungs=())
    assert story.aggregate.live_rungs == ()


def test_moving_a_term_changes_nothing_that_a_decision_depends_on() -> None:
    story = offered().also(ClaimTask(), ANNA, by="clerk-a")
    before = story.aggregate.settled_version
    assert move(story, FRIDAY, "calendar").aggregate.settled_version == before


def test_no_term_of_a_finished_task_moves() -> None:
    story = offered().also(WithdrawTask(reason="case_closed"), by=SYSTEM)
    move(story, FRIDAY, "calendar").refused(TaskNotOpen, state="withdrawn")


def test_a_term_that_the_task_has_not_got_does_not_move() -> None:
    move(offered(), FRIDAY, "calendar", which="respond_by").refused(TermMissing, which="respond_by")


def climbed(**fields: Any) -> Story[Task]:
    """It was due on Tuesday, and its holder was reminded on that day."""
    story = offered(**{**an_order().model_dump(include={"complete_by"}), **fields})
    remind(story.aggregate)
    story.events += story.aggregate.collect_events()
    return story
