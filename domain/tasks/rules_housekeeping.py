"""Who may hand a task on, put it aside, stay out of it and remark on it (§ 4, § 6 of tasks)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from domain.errors import Refusal
from domain.limits import TaskLimits
from domain.messages import Act
from domain.tasks.commands import ChangePriority, DelegateTask, ParkTask
from domain.tasks.refusals import (
    DelegateNotEligible,
    NotParked,
    NotYourTask,
    ParkedTooLong,
    ParkInThePast,
    ParkPastDue,
    PriorityUnchanged,
)
from domain.tasks.rules import (
    Hats,
    must_be_above,
    must_be_active,
    must_be_open,
    must_not_be_excluded,
)
from domain.working_days import Calendar, local_day, moment_at

if TYPE_CHECKING:
    from domain.tasks.model import Task

CONFLICT: Final = "declared conflict"
"""The reason of an exclusion that the person asked for; what the conflict is stays untold."""


def delegating(task: "Task", command: DelegateTask, act: Act, hats: Hats) -> Iterator[Refusal]:
    """Once only: what somebody holds by delegation is not delegated on."""
    yield from must_be_open(task)
    yield from must_be_active(hats)
    if task.state == "delegated" or task.assignee != act.by:
        yield NotYourTask(assignee=task.assignee, owner=task.owner)
    if command.delegate == act.by or command.delegate not in hats.eligible(task):
        yield DelegateNotEligible(person=command.delegate)
    yield from must_not_be_excluded(task, command.delegate)


def returning(task: "Task", act: Act) -> Iterator[Refusal]:
    yield from must_be_open(task)
    if task.owner is None or task.assignee != act.by:
        yield NotYourTask(assignee=task.assignee, owner=task.owner)


def parking(
    task: "Task",
    command: ParkTask,
    act: Act,
    hats: Hats,
    calendar: Calendar,
    limits: TaskLimits,
) -> Iterator[Refusal]:
    yield from must_be_open(task)
    yield from must_be_active(hats)
    if task.assignee != act.by:
        yield NotYourTask(assignee=task.assignee, owner=task.owner)
    yield from _until(task, command.until, act.at, calendar, limits)


def _until(
    task: "Task", until: date, at: datetime, calendar: Calendar, limits: TaskLimits
) -> Iterator[Refusal]:
    moment, term = parked_until(until, limits), task.complete_by
    if moment <= at:
        yield ParkInThePast(until=until)
    if term is not None and _is_past(moment, until, term.safe_due, term.due_at):
        yield ParkPastDue(until=until, safe_due=term.safe_due)
    most = limits.max_park_working_days
    if _is_longer(local_day(at), until, most, calendar):
        yield ParkedTooLong(until=until, working_days=most)


def _is_past(moment: datetime, day: date, safe_due: date, due_at: datetime | None) -> bool:
    # A term in hours may end on its day before the parking does.
    return day > safe_due or (due_at is not None and moment > due_at)


def _is_longer(today: date, until: date, most: int, calendar: Calendar) -> bool:
    days = (until - today).days
    # A calendar works its years out one by one: never for whatever year somebody types.
    return days > 7 * most or (days > 0 and calendar.working_days_between(today, until) > most)


def parked_until(day: date, limits: TaskLimits) -> datetime:
    """The moment of the day at which a parked task comes back."""
    return moment_at(day, limits.ladder_hour)


def unparking(task: "Task", act: Act) -> Iterator[Refusal]:
    yield from must_be_open(task)
    if task.assignee != act.by:
        yield NotYourTask(assignee=task.assignee, owner=task.owner)
    if not task.is_parked(act.at):
        yield NotParked(parked_until=task.parked_until)


def declaring_conflict(task: "Task", act: Act, hats: Hats) -> Iterator[Refusal]:
    """Whoever could come to decide the task; it holds for good, under any hat."""
    yield from must_be_open(task)
    yield from must_be_active(hats)
    if not hats.concerns(task):
        yield NotYourTask(assignee=task.assignee, candidates=list(task.candidates))
    yield from must_not_be_excluded(task, act.by)


def commenting(hats: Hats) -> Iterator[Refusal]:
    """Whoever may see the task, open or finished; seeing is judged where it is read."""
    yield from must_be_active(hats)


def changing_priority(task: "Task", command: ChangePriority, hats: Hats) -> Iterator[Refusal]:
    yield from must_be_open(task)
    yield from must_be_active(hats)
    yield from must_be_above(task, hats)
    if command.priority == task.priority:
        yield PriorityUnchanged(priority=task.priority)


def in_the_hands_of(task: "Task", person: str) -> bool:
    """Whether the person holds it, gets it back, or is acted for by whoever does."""
    return person in (task.assignee, task.assignee_for, task.owner, task.owner_for)
