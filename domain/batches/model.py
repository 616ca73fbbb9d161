"""The batch: one order about many tasks, with a result for each (§ 7 of tasks)."""

from datetime import date, datetime
from typing import Self

from domain.aggregates import Aggregate
from domain.batches import events, rules
from domain.batches.commands import Kind, MoveDeadlines, ReassignTasksOf, TaskFilter
from domain.errors import refuse_if_any
from domain.messages import Act
from domain.references import aggregate_id


class Batch(Aggregate):
    """Each task is asked by a command of its own, with the guards of that task; the batch only
    remembers. Interrupted, it goes on where it stopped."""

    TOPIC = "batch"

    Event = events.BatchEvent
    ReassignmentStarted = events.ReassignmentStarted
    DeadlineMoveStarted = events.DeadlineMoveStarted
    ItemDone = events.ItemDone
    Finished = events.Finished

    def __init__(self) -> None:
        self.batch_id: str
        self.kind: Kind
        self.person: str | None = None
        self.to: str | None = None
        self.filter: TaskFilter | None = None
        self.until: date | None = None
        self.working_days: int | None = None
        self.days: dict[str, date] = {}
        """By task, where its term is to be moved to."""
        self.reason_ref: str
        self.started_by: str
        self.started_at: datetime
        self.finished_at: datetime | None = None
        self.results: dict[str, tuple[str, ...] | None] = {}
        """By task, in the order in which they have their turn; None before it."""

    @classmethod
    def reassign(
        cls, batch_id: str, command: ReassignTasksOf, tasks: tuple[str, ...], act: Act
    ) -> Self:
        refuse_if_any(rules.reassigning(command, tasks))
        return cls.born(
            events.ReassignmentStarted,
            aggregate_id("batch", batch_id),
            act,
            batch_id=batch_id,
            person=command.person,
            to=command.to,
            reason_ref=command.reason,
            tasks=tasks,
        )

    @classmethod
    def move(cls, batch_id: str, command: MoveDeadlines, days: dict[str, date], act: Act) -> Self:
        """`days` are the tasks that it is about, each with its new day."""
        refuse_if_any(rules.moving(command, days, act))
        return cls.born(
            events.DeadlineMoveStarted,
            aggregate_id("batch", batch_id),
            act,
            batch_id=batch_id,
            filter=command.filter,
            until=command.until,
            working_days=command.working_days,
            reason_ref=command.reason,
            tasks=tuple(days),
            days=tuple(days.values()),
        )

    @property
    def waiting(self) -> tuple[str, ...]:
        return tuple(task for task, result in self.results.items() if result is None)

    def note(self, task_ref: str, refusals: tuple[str, ...], act: Act) -> None:
        """Remember what became of one task; a second time changes nothing."""
        if self.results[task_ref] is None:
            self.record(
                events.ItemDone, act, batch_id=self.batch_id, task_ref=task_ref, refusals=refusals
            )

    def finish(self, act: Act) -> None:
        if self.finished_at is None and not self.waiting:
            self.record(events.Finished, act, batch_id=self.batch_id)
