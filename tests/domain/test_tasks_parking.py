"""Tasks put aside until a day: by whom, how long, and what stays quiet meanwhile (story 7)."""

from datetime import date
from typing import Any

import pytest

from domain.ladders import DueRung, due, rungs
from domain.messages import SYSTEM, Act, Message
from domain.tasks.commands import (
    AssignTask,
    ChangePriority,
    ClaimTask,
    CommentOnTask,
    DeclareConflict,
    ParkTask,
    ReleaseTask,
    ReturnTask,
    UnparkTask,
    WithdrawTask,
)
from domain.tasks.model import Task
from domain.tasks.refusals import (
    NotParked,
    NotYourTask,
    ParkedTooLong,
    ParkInThePast,
    ParkPastDue,
    TaskNotOpen,
)
from domain.tasks.rules import Hats
from tests.domain.offered import (
    ANNA,
    ANNA_OF_TWO,
    BARBARA,
    DATA,
    HEAD,
    MONDAY,
    NOTE,
    TO_BARBARA,
    completed_by_anna,
    deciding,
    offered,
    rung,
)
from tests.given import Story, moment, rebuilt

PARKING = (DATA.deadlines.calendar, DATA.limits.tasks)


def due_on(day: date, opened: str, **fields: Any) -> Story[Task]:
    """A task that Anna holds, with the ladder of the Department."""
    opened_at = moment(opened)
    term = DATA.deadlines.extend(DATA.deadlines.term("int.check_feedback", opened_at), day)
    steps = rungs(
        DATA.ladders["standard"],
        opened_at=opened_at,
        respond_by=None,
        complete_by=term,
        calendar=PARKING[0],
        hour=PARKING[1].ladder_hour,
    )
    story = offered(complete_by=term, rungs=steps, **fields)
    return story.also(ClaimTask(), ANNA, by="clerk-a", at=opened_at)


def christmas_task() -> Story[Task]:
    """Due Wed 2026-12-23, as in story 7."""
    return due_on(date(2026, 12, 23), "2026-12-14 10:00")


def parking(story: Story[Task], until: str, at: str, who: Hats = ANNA) -> Story[Task]:
    command = ParkTask(until=date.fromisoformat(until), note=NOTE)
    return story.when(command, who, *PARKING, by=who.actor, at=moment(at))


def fires(task: Task, at: str) -> DueRung | None:
    calendar, limits = PARKING
    return due(task.live_rungs, task.fired, moment(at), calendar, limits.ladder_hour)


def test_story_7_a_parked_task_is_quiet_until_its_day() -> None:
    parking(christmas_task(), "2026-12-30", "2026-12-17 12:00").refused(
        ParkPastDue, until=date(2026, 12, 30), safe_due=date(2026, 12, 23)
    )
    assert fires(christmas_task().aggregate, "2026-12-21 09:00") is not None
    story = parking(christmas_task(), "2026-12-22", "2026-12-17 12:00")
    task = story.then(Task.Parked, until=moment("2026-12-22 09:00"), note_ref=NOTE).aggregate
    assert fires(task, "2026-12-21 09:00") is None
    assert task.is_parked(moment("2026-12-22 08:59"))
    assert not task.is_parked(moment("2026-12-22 09:00"))
    assert fires(task, "2026-12-22 09:00") is None
    [last] = [fires(task, "2026-12-23 09:00")]
    assert last is not None
    assert (last.rung.step, last.skipped) == (0, ())


def test_an_escalation_is_never_kept_quiet_and_ends_the_parking() -> None:
    term = DATA.deadlines.extend(
        DATA.deadlines.term("int.check_feedback", MONDAY), date(2026, 10, 9)
    )
    story = offered(complete_by=term, rungs=(rung(1, "escalate", "head"),))
    story.also(ClaimTask(), ANNA, by="clerk-a")
    parking(story, "2026-10-08", "2026-10-05 12:00").then(Task.Parked)
    step = fires(story.aggregate, "2026-10-07 09:00")
    assert step is not None
    act = Act(command_id="ladder:1", at=moment("2026-10-07 09:00"), by=SYSTEM)
    story.aggregate.climb_ladder(step, ("KS-06/head",), act)
    story.events += story.aggregate.collect_events()
    assert not story.aggregate.is_parked(act.at)
    assert rebuilt(story.events) == story.aggregate


def test_who_takes_a_task_up_early_is_reminded_after_all() -> None:
    story = parking(christmas_task(), "2026-12-22", "2026-12-17 12:00")
    before = moment("2026-12-18 12:00")
    assert [r.step for r in story.aggregate.live_rungs] == [0, 1, 3, 5]
    assert [r.step for r in story.aggregate.watched_rungs(before)] == [-2, 0, 1, 3, 5]
    story.also(UnparkTask(), by="clerk-a", at=before)
    task = story.then(Task.Unparked).aggregate
    assert not task.is_parked(before)
    assert fires(task, "2026-12-21 09:00") is not None


def test_a_reminder_that_fell_into_a_parking_is_not_made_up_for() -> None:
    story = parking(christmas_task(), "2026-12-22", "2026-12-17 12:00")
    story.also(UnparkTask(), by="clerk-a", at=moment("2026-12-21 12:00"))
    assert fires(story.aggregate, "2026-12-21 12:00") is None
    after = moment("2026-12-21 12:00")
    assert [r.step for r in story.aggregate.watched_rungs(after)] == [0, 1, 3, 5]


def test_what_is_told_to_all_candidates_is_not_kept_quiet() -> None:
    story = offered(rungs=(rung(0, "remind", "coordinator"),))
    story.also(ClaimTask(), ANNA, by="clerk-a")
    parking(story, "2026-10-06", "2026-10-05 12:00").then(Task.Parked)
    assert len(story.aggregate.live_rungs) == 1


@pytest.mark.parametrize(
    ("until", "at", "allowed"),
    [
        ("2026-10-19", "2026-10-05 12:00", True),  # the tenth working day
        ("2026-10-20", "2026-10-05 12:00", False),
        ("2026-11-16", "2026-10-30 12:00", True),  # 11 November is off
        ("2026-11-17", "2026-10-30 12:00", False),
    ],
)
def test_a_task_is_parked_for_ten_working_days_at_most(until: str, at: str, allowed: bool) -> None:
    story = parking(due_on(date(2026, 12, 23), "2026-10-05 10:00"), until, at)
    if allowed:
        story.then(Task.Parked)
    else:
        story.refused(ParkedTooLong, working_days=10)


def test_a_day_beyond_all_calendars_is_refused_without_counting_up_to_it() -> None:
    story = due_on(date(2026, 12, 23), "2026-10-05 10:00")
    parking(story, "9999-12-31", "2026-10-05 12:00").refused(ParkPastDue, ParkedTooLong)
    parking(story, "0001-01-01", "2026-10-05 12:00").refused(ParkInThePast)


def test_a_task_may_be_parked_until_the_morning_of_its_last_day() -> None:
    parking(christmas_task(), "2026-12-23", "2026-12-17 12:00").then(Task.Parked)
    parking(christmas_task(), "2026-12-24", "2026-12-17 12:00").refused(ParkPastDue)


def test_a_term_in_hours_that_ends_before_nine_is_not_slept_through() -> None:
    term = DATA.deadlines.term("int.press_proof", moment("2026-11-13 03:00"))
    story = offered(complete_by=term).also(ClaimTask(), ANNA, by="clerk-a")
    parking(story, "2026-11-13", "2026-11-13 05:00").refused(ParkPastDue)


def test_a_task_is_parked_only_until_what_is_still_to_come() -> None:
    parking(christmas_task(), "2026-12-17", "2026-12-17 08:59").then(Task.Parked)
    parking(christmas_task(), "2026-12-17", "2026-12-17 09:00").refused(ParkInThePast)
    parking(christmas_task(), "2026-12-15", "2026-12-17 12:00").refused(ParkInThePast)


def test_only_who_holds_a_task_parks_it_or_takes_it_up() -> None:
    parking(christmas_task(), "2026-12-22", "2026-12-17 12:00", BARBARA).refused(NotYourTask)
    story = parking(christmas_task(), "2026-12-22", "2026-12-17 12:00")
    story.when(UnparkTask(), by="clerk-b", at=moment("2026-12-18 12:00")).refused(NotYourTask)


def test_what_is_not_parked_any_more_cannot_be_taken_up() -> None:
    story = parking(christmas_task(), "2026-12-22", "2026-12-17 12:00")
    at = moment("2026-12-22 09:00")
    story.when(UnparkTask(), by="clerk-a", at=at).refused(NotParked, parked_until=at)
    christmas_task().when(UnparkTask(), by="clerk-a", at=at).refused(NotParked, parked_until=None)


def test_a_finished_task_is_neither_parked_nor_taken_up() -> None:
    parking(completed_by_anna(), "2026-10-06", "2026-10-05 12:00").refused(TaskNotOpen)
    completed_by_anna().when(UnparkTask(), by="clerk-a").refused(TaskNotOpen, NotParked)


@pytest.mark.parametrize(
    ("command", "known", "by"),
    [
        (AssignTask(assignee="clerk-b", reason=NOTE), (HEAD,), "head-a"),
        (TO_BARBARA, (ANNA_OF_TWO,), "clerk-a"),
        (ReleaseTask(), (), "clerk-a"),
        (DeclareConflict(), (ANNA,), "clerk-a"),
        (WithdrawTask(reason="case_closed"), (), SYSTEM),
    ],
)
def test_parking_ends_when_the_task_leaves_the_hands_it_was_in(
    command: Message, known: tuple[Any, ...], by: str
) -> None:
    story = parking(christmas_task(), "2026-12-22", "2026-12-17 12:00")
    story.also(command, *known, by=by, at=moment("2026-12-18 12:00"))
    task = story.aggregate
    assert (task.parked_until, task.quiet_until) == (None, moment("2026-12-18 12:00"))


def test_completing_ends_a_parking() -> None:
    story = parking(christmas_task(), "2026-12-22", "2026-12-17 12:00")
    task = deciding(story, ANNA).then(Task.Completed).aggregate
    assert task.parked_until is None


def test_housekeeping_leaves_the_term_where_it_is() -> None:
    story = christmas_task()
    term = story.aggregate.complete_by
    parking(story, "2026-12-22", "2026-12-17 12:00").then(Task.Parked)
    later = {"at": moment("2026-12-18 12:00")}
    story.also(CommentOnTask(text=NOTE), BARBARA, by="clerk-b", **later)
    story.also(TO_BARBARA, ANNA_OF_TWO, by="clerk-a", **later)
    story.also(ReturnTask(), by="clerk-b", **later)
    story.also(ChangePriority(priority="urgent", note=NOTE), HEAD, by="head-a", **later)
    story.also(DeclareConflict(), ANNA, by="clerk-a", **later)
    assert story.aggregate.complete_by == term
    assert rebuilt(story.events) == story.aggregate
