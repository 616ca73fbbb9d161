"""The guards of a batch; those of its tasks are in `domain.tasks.rules`."""

from collections.abc import Iterator, Sequence

from domain.batches.commands import ReassignTasksOf
from domain.batches.refusals import NothingToReassign, SamePerson
from domain.errors import Refusal


def reassigning(command: ReassignTasksOf, tasks: Sequence[str]) -> Iterator[Refusal]:
    if command.person == command.to:
        yield SamePerson(person=command.to)
    if not tasks:
        yield NothingToReassign(person=command.person)
