"""What is asked of many tasks at once; each of them is then asked by itself."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from domain.messages import Message, Moment
from domain.people import PersonId, Text
from domain.references import TaskRef

Kind = Literal["reassign_tasks", "move_deadlines"]

BatchId = Annotated[str, StringConstraints(pattern=r"^batch:[0-9a-f]{32}$")]


class ReassignTasksOf(Message):
    """Give every open task that a person holds to another (a leaving, a long absence)."""

    person: PersonId
    to: PersonId
    reason: Text


Code = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class TaskFilter(Message):
    """Which open tasks are meant: those that have all of what is named."""

    process: Code | None = None
    type: Code | None = None
    unit: Code | None = None
    """Of one of the posts that it is offered to."""
    district: Code | None = None
    category: Code | None = None
    """Of the case, if it is an intervention."""
    due_from: date | None = None
    due_to: date | None = None
    """The safe due, both days included."""

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if not self.model_dump(exclude_none=True):
            raise ValueError("name at least one of the fields")
        if self.due_from and self.due_to and self.due_to < self.due_from:
            raise ValueError("due_to lies before due_from")
        return self


class MoveDeadlines(Message):
    """Give many open tasks another day by which they are to be done (an outage, a day off).

    All of them the same day, or each so many working days after its own.
    """

    filter: TaskFilter
    until: date | None = None
    working_days: Annotated[int, Field(ge=1, le=60)] | None = None
    reason: Text

    @model_validator(mode="after")
    def _to_a_day_or_by_days(self) -> Self:
        if (self.until is None) == (self.working_days is None):
            raise ValueError("name either until or working_days")
        return self


class ItemResult(Message):
    """What became of one task: done, or refused by these names."""

    task_ref: TaskRef
    until: date | None = None
    """Where its term is to be moved to, in a batch that moves terms."""
    refusals: tuple[str, ...] | None
    """None while it waits for its turn."""


class BatchPage(Message):
    """A batch as it stands."""

    id: BatchId
    kind: Kind
    person: PersonId | None = None
    to: PersonId | None = None
    filter: TaskFilter | None = None
    started_by: PersonId
    started_at: Moment
    finished_at: Moment | None
    succeeded: int
    refused: int
    results: tuple[ItemResult, ...]


class MovePreview(Message):
    """What would become of each task, had the batch its turn now; nothing was changed."""

    results: tuple[ItemResult, ...]
    allowed: int
    refused: int
