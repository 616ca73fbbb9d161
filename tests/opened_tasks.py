"""Tasks as the workflow of a case would have them opened."""

from datetime import date, datetime

from domain.interventions import forms
from domain.interventions.model import Intervention
from domain.ladders import Rung, rungs
from domain.messages import SYSTEM, Act
from domain.rulebook import Rulebook
from domain.tasks.commands import MoveTaskDeadline, OpenTask, TaskOrder
from domain.tasks.model import Task
from domain.tasks.standstill import in_step
from domain.terms import Term


def task_for(case: Intervention, order: TaskOrder, at: datetime, book: Rulebook) -> OpenTask:
    """The task as the workflow would have it opened."""
    command = forms.task_for(case, order, book)
    return command.model_copy(update={"rungs": steps_of(command, command.complete_by, at, book)})


def stands_still(task: Task) -> bool:
    return forms.TASK_TYPES[task.type].stands_still


def keep_in_step(task: Task, case: Intervention, act: Act, book: Rulebook) -> None:
    """Its terms stand still or go on with those of its case, as the workflow would have it."""
    for which, term, cause in in_step(task, case.on_hold, act.at, book.deadlines):
        complete_by = term if which == "complete_by" else task.complete_by
        steps = steps_of(task, complete_by, task.term_given_at, book)
        _move(task, MoveTaskDeadline(which=which, term=term, cause=cause, rungs=steps), act)


def give_until(task: Task, until: date, act: Act, book: Rulebook) -> None:
    """An operator gave it another day."""
    assert task.complete_by is not None
    term = book.deadlines.extend(task.complete_by, until)
    steps = steps_of(task, term, act.at, book)
    given = MoveTaskDeadline(which="complete_by", term=term, cause="new_date", rungs=steps)
    _move(task, given, act)


def _move(task: Task, command: MoveTaskDeadline, act: Act) -> None:
    name = f"move:{task.task_ref}:{task.version}"
    task.move_deadline(command, act.model_copy(update={"command_id": name, "by": SYSTEM}))


def steps_of(
    task: Task | OpenTask, complete_by: Term | None, since: datetime, book: Rulebook
) -> tuple[Rung, ...]:
    return rungs(
        book.ladders[task.ladder],
        opened_at=since,
        respond_by=None,
        complete_by=complete_by,
        calendar=book.deadlines.calendar,
        hour=book.limits.tasks.ladder_hour,
    )
