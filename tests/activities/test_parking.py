"""What the ladders do with a parked task, and when its workflow looks at it again."""

from domain.tasks.commands import UnparkTask
from domain.tasks.model import Task
from tests.activities.desk import Desk
from tests.domain.test_tasks_parking import christmas_task, parking
from tests.given import Story, moment

DURING = moment("2026-12-21 09:00")
"""When Anna would be reminded, had she not put the task aside until the next morning."""


def parked() -> Story[Task]:
    return parking(christmas_task(), "2026-12-22", "2026-12-17 12:00")


def topics(task: Task) -> list[str]:
    return [type(event).__name__ for event in task.collect_events()]


def test_the_reminder_of_a_parked_task_leaves_no_event(desk: Desk) -> None:
    task = christmas_task().aggregate
    desk.tasks.climb(task, DURING)
    assert topics(task) == ["Reminded"]
    task = parked().aggregate
    desk.tasks.climb(task, DURING)
    assert topics(task) == []


def test_a_workflow_does_not_wake_for_ever_over_a_reminder_that_is_dropped(desk: Desk) -> None:
    row = desk.tasks.row(parked().aggregate, DURING)
    assert row.next_moment == moment("2026-12-23 09:00")
    assert row.next_step == "standard +0: assignee_or_candidates"


def test_a_workflow_still_looks_at_the_moment_of_a_reminder_that_may_come_back(
    desk: Desk,
) -> None:
    story = parked()
    row = desk.tasks.row(story.aggregate, moment("2026-12-18 12:00"))
    assert row.next_moment == DURING
    story.also(UnparkTask(), by="clerk-a", at=moment("2026-12-18 13:00"))
    desk.tasks.climb(story.aggregate, DURING)
    assert topics(story.aggregate) == ["Reminded"]


def test_an_outage_over_the_whole_parking_is_made_up_for_by_the_highest_step(desk: Desk) -> None:
    task = parked().aggregate
    desk.tasks.climb(task, moment("2026-12-28 10:00"))
    (event,) = task.collect_events()
    assert isinstance(event, Task.Escalated)
    assert (event.step, event.skipped) == (1, (0,))
    assert task.parked_until is None
