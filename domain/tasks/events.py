"""What happened to a task."""

from typing import TYPE_CHECKING

from eventsourcing.domain import AggregateCreated

from domain.aggregates import Aggregate
from domain.ladders import Rung
from domain.tasks.commands import OpenTask
from domain.terms import Term

if TYPE_CHECKING:
    from domain.tasks.model import Task


class TaskEvent(Aggregate.Event):
    """Base of the events of a task."""

    task_ref: str


class Opened(TaskEvent, AggregateCreated):
    TOPIC = "task.Opened"
    workflow_id: str
    case_ref: str
    process: str
    type: str
    subject: str
    round: int
    candidates: tuple[str, ...]
    excluded: dict[str, str]
    outcomes: tuple[str, ...]
    respond_by: Term | None
    complete_by: Term | None
    ladder: str
    rungs: tuple[Rung, ...]
    priority: str
    on_lapse: str
    form: str
    form_version: int

    def apply(self, task: "Task") -> None:
        for name in OpenTask.model_fields:
            setattr(task, name, getattr(self, name))
        task.excluded = dict(self.excluded)
        task.state = "offered"
        task.opened_at = self.timestamp
        task.settled_version = self.originator_version


class Claimed(TaskEvent):
    TOPIC = "task.Claimed"
    acting_for: str | None = None

    def apply(self, task: "Task") -> None:
        task.state = "claimed"
        task.assignee = self.by
        task.assignee_for = self.acting_for
        task.responded = True
        task.settled_version = self.originator_version


class Released(TaskEvent):
    TOPIC = "task.Released"

    def apply(self, task: "Task") -> None:
        task.state = "offered"
        task.assignee = None
        task.assignee_for = None
        task.settled_version = self.originator_version


class Assigned(TaskEvent):
    TOPIC = "task.Assigned"
    assignee: str
    reason_ref: str

    def apply(self, task: "Task") -> None:
        task.state = "claimed"
        task.assignee = self.assignee
        task.assignee_for = None
        task.responded = True
        task.settled_version = self.originator_version


class Reminded(TaskEvent):
    TOPIC = "task.Reminded"
    ladder: str
    step: int
    recipients: tuple[str, ...]
    skipped: tuple[int, ...]

    def apply(self, task: "Task") -> None:
        task.climb(self.ladder, self.step, self.skipped)


class Escalated(TaskEvent):
    TOPIC = "task.Escalated"
    ladder: str
    step: int
    recipients: tuple[str, ...]
    level: int
    skipped: tuple[int, ...]

    def apply(self, task: "Task") -> None:
        task.climb(self.ladder, self.step, self.skipped)
        task.escalation_level = self.level


class Completed(TaskEvent):
    TOPIC = "task.Completed"
    outcome: str
    fields: dict[str, object]
    acting_for: str | None
    override_note_ref: str | None
    late_by: int
    """Working days after the safe due; 0 in time."""

    def apply(self, task: "Task") -> None:
        task.state = "completed"
        task.outcome = self.outcome
        task.finished_by = self.by
        task.finished_at = self.timestamp
        task.settled_version = self.originator_version


class Withdrawn(TaskEvent):
    TOPIC = "task.Withdrawn"
    reason: str

    def apply(self, task: "Task") -> None:
        task.state = "withdrawn"
        task.finished_by = self.by
        task.finished_at = self.timestamp
        task.settled_version = self.originator_version
