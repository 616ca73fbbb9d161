"""New tables are loaded: cases that are looked at count what is waited for anew, once."""

from datetime import date
from typing import Any

from domain.rulebook import Rulebook
from domain.tasks.commands import ClaimTask
from domain.tasks.model import Task
from domain.working_days import WARSAW
from tests.activities.desk import Desk
from tests.given import moment
from tests.term_rows import book_with_a_day_off

WEDNESDAY_OFF = book_with_a_day_off(date(2026, 10, 7))
TUESDAY_OFF = book_with_a_day_off(date(2026, 10, 6))


def load(desk: Desk, book: Rulebook) -> None:
    """As another process would be started."""
    for part in (desk, desk.tasks, desk.commands):
        part.book = book


def moves(desk: Desk, task: Task) -> list[tuple[str, str, str]]:
    events: list[Any] = list(desk.store.events.get(task.id))
    found = [event for event in events if isinstance(event, Task.DeadlineMoved)]
    return [(event.which, str(event.new.safe_due), event.cause) for event in found]


def steps(task: Task) -> list[str]:
    return [f"{rung.fires_at.astimezone(WARSAW):%m-%d} {rung.step:+d}" for rung in task.rungs]


def test_a_case_that_is_looked_at_moves_its_terms_and_those_of_its_tasks(desk: Desk) -> None:
    reference = desk.opened()
    triage = desk.task(reference, "triage")
    assert steps(triage) == ["10-07 +0", "10-08 +1", "10-12 +3", "10-14 +5"]
    steps_by_thursday = ["10-08 +0", "10-09 +1", "10-13 +3", "10-15 +5"]
    load(desk, WEDNESDAY_OFF)
    before = desk.store.position()
    desk.view(reference)
    assert desk.topics(before) == ["intervention.TermRecounted", "task.DeadlineMoved"]
    assert moves(desk, triage) == [("complete_by", "2026-10-08", "calendar")]
    assert steps(desk.task(reference, "triage")) == steps_by_thursday
    desk.view(reference)
    desk.commands.climb_intervention_ladders(desk.step(reference))
    assert len(desk.topics(before)) == 2


def test_a_wake_up_counts_anew_before_it_fires_anything(desk: Desk) -> None:
    reference = desk.opened()
    triage = desk.task(reference, "triage")
    load(desk, WEDNESDAY_OFF)
    desk.commands.climb_intervention_ladders(desk.step(reference, moment("2026-10-07 09:00")))
    fired = [e for e in desk.store.events.get(triage.id) if isinstance(e, Task.Reminded)]
    assert fired == []
    assert moves(desk, triage) == [("complete_by", "2026-10-08", "calendar")]


def test_whoever_took_the_task_has_met_the_term_for_taking_it(desk: Desk) -> None:
    taken, waiting = desk.forwarded("k-1"), desk.forwarded("k-2")
    for reference in (taken, waiting):
        assert desk.task(reference, "answer_referral", "R1").respond_by is not None
    task = desk.task(taken, "answer_referral", "R1")
    desk.handle(task, ClaimTask(), desk.act("zdmk-a"))
    load(desk, TUESDAY_OFF)
    desk.view(taken)
    desk.view(waiting)
    assert moves(desk, task) == []
    other = desk.task(waiting, "answer_referral", "R1")
    assert moves(desk, other) == [("respond_by", "2026-10-07", "calendar")]


def test_a_step_that_was_fired_is_not_repeated_by_the_new_term(desk: Desk) -> None:
    reference = desk.opened()
    triage = desk.task(reference, "triage")
    at_nine = desk.step(reference, moment("2026-10-07 09:00"))
    desk.commands.climb_intervention_ladders(at_nine)
    load(desk, WEDNESDAY_OFF)
    for day in ("2026-10-07 10:00", "2026-10-08 09:00", "2026-10-09 09:00"):
        desk.commands.climb_intervention_ladders(desk.step(reference, moment(day)))
    fired: list[Any] = [
        event
        for event in desk.store.events.get(triage.id)
        if isinstance(event, Task.Reminded | Task.Escalated)
    ]
    assert [(event.step, event.skipped) for event in fired] == [(0, ()), (1, ())]


def test_a_closed_case_is_left_alone(desk: Desk) -> None:
    reference = desk.replied()
    desk.commands.close_intervention(desk.step(reference))
    load(desk, book_with_a_day_off(date(2026, 11, 5)))
    before = desk.store.position()
    desk.view(reference)
    assert desk.topics(before) == []
