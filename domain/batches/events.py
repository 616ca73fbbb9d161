"""What happened in a batch."""

from datetime import date
from typing import TYPE_CHECKING

from eventsourcing.domain import AggregateCreated

from domain.aggregates import Aggregate
from domain.batches.commands import TaskFilter

if TYPE_CHECKING:
    from domain.batches.model import Batch


class BatchEvent(Aggregate.Event):
    """Base of the events of a batch."""

    batch_id: str


class ReassignmentStarted(BatchEvent, AggregateCreated):
    TOPIC = "batch.ReassignmentStarted"
    person: str
    to: str
    reason_ref: str
    tasks: tuple[str, ...]

    def apply(self, batch: "Batch") -> None:
        batch.kind = "reassign_tasks"
        batch.batch_id = self.batch_id
        batch.person = self.person
        batch.to = self.to
        batch.reason_ref = self.reason_ref
        batch.started_by = self.by
        batch.started_at = self.timestamp
        batch.results = dict.fromkeys(self.tasks)


class DeadlineMoveStarted(BatchEvent, AggregateCreated):
    """`days` are those to which the terms of `tasks` are to be moved, one for each."""

    TOPIC = "batch.DeadlineMoveStarted"
    filter: TaskFilter
    until: date | None
    working_days: int | None
    reason_ref: str
    tasks: tuple[str, ...]
    days: tuple[date, ...]

    def apply(self, batch: "Batch") -> None:
        batch.kind = "move_deadlines"
        batch.batch_id = self.batch_id
        batch.filter = self.filter
        batch.until = self.until
        batch.working_days = self.working_days
        batch.reason_ref = self.reason_ref
        batch.started_by = self.by
        batch.started_at = self.timestamp
        batch.results = dict.fromkeys(self.tasks)
        batch.days = dict(zip(self.tasks, self.days, strict=True))


class ItemDone(BatchEvent):
    """One task had its turn; `refusals` are names, and none when what was ordered was done."""

    TOPIC = "batch.ItemDone"
    task_ref: str
    refusals: tuple[str, ...]

    def apply(self, batch: "Batch") -> None:
        batch.results = {**batch.results, self.task_ref: self.refusals}


class Finished(BatchEvent):
    TOPIC = "batch.Finished"

    def apply(self, batch: "Batch") -> None:
        batch.finished_at = self.timestamp
