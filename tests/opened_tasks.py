"""Tasks as the workflow of a case would have them opened."""

from datetime import datetime

from domain.interventions import forms
from domain.interventions.model import Intervention
from domain.ladders import rungs
from domain.rulebook import Rulebook
from domain.tasks.commands import OpenTask, TaskOrder


def task_for(case: Intervention, order: TaskOrder, at: datetime, book: Rulebook) -> OpenTask:
    """The task as the workflow would have it opened."""
    command = forms.task_for(case, order, book)
    steps = rungs(
        book.ladders[command.ladder],
        opened_at=at,
        respond_by=command.respond_by,
        complete_by=command.complete_by,
        calendar=book.deadlines.calendar,
        hour=book.limits.tasks.ladder_hour,
    )
    return command.model_copy(update={"rungs": steps})
