"""The guards of a batch; those of its tasks are in `domain.tasks.rules`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from domain.batches.commands import MoveDeadlines, ReassignTasksOf
from domain.batches.refusals import NothingToMove, NothingToReassign, SamePerson
from domain.errors import Refusal
from domain.interventions.refusals import NewDatePassed
from domain.messages import Act
from domain.working_days import Calendar, local_day


def reassigning(command: ReassignTasksOf, tasks: Sequence[str]) -> Iterator[Refusal]:
    if command.person == command.to:
        yield SamePerson(person=command.to)
    if not tasks:
        yield NothingToReassign(person=command.person)


def moving(command: MoveDeadlines, days: Mapping[str, date], act: Act) -> Iterator[Refusal]:
    if command.until is not None and command.until < local_day(act.at):
        yield NewDatePassed(field="until", until=str(command.until))
    if not days:
        yield NothingToMove(filter=command.filter.model_dump(mode="json", exclude_none=True))


def new_days(
    command: MoveDeadlines, dues: Mapping[str, date], calendar: Calendar
) -> dict[str, date]:
    """By task the day by which it is to be done then; `dues` are the safe dues of now."""
    shift = command.working_days
    if shift is None:
        assert command.until is not None  # one of the two, says the command
        return dict.fromkeys(dues, command.until)
    return {task: calendar.add_working_days(due, shift) for task, due in dues.items()}
