"""The batch: one order about many tasks, with a result for each (§ 7 of tasks)."""

from datetime import datetime
from typing import Self

from domain.aggregates import Aggregate
from domain.batches import events, rules
from domain.batches.commands import ReassignTasksOf
from domain.errors import refuse_if_any
from domain.messages import Act
from domain.references import aggregate_id


class Batch(Aggregate):
    """Each task is asked by a command of its own, with the guards of that task; the batch only
    remembers. Interrupted, it goes on where it stopped."""

    TOPIC = "batch"

    Event = events.BatchEvent
    ReassignmentStarted = events.ReassignmentStarted
    ItemDone = events.ItemDone
    Finished = events.Finished

    def __init__(self) -> None:
        self.batch_id: str
        self.person: str
        self.to: str
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
