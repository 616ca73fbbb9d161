"""What happened to an extra task."""

from datetime import date
from typing import TYPE_CHECKING

from eventsourcing.domain import AggregateCreated

from domain.aggregates import Aggregate

if TYPE_CHECKING:
    from domain.assignments.model import Assignment


class AssignmentEvent(Aggregate.Event):
    """Base of the events of an extra task."""

    reference: str


class Ordered(AssignmentEvent, AggregateCreated):
    TOPIC = "assignment.Ordered"
    unit: str
    ordered_as: str
    """The post that gave the right to order it."""
    clause: str
    text_ref: str
    idempotency_key: str

    def apply(self, assignment: "Assignment") -> None:
        assignment.reference = self.reference
        assignment.unit = self.unit
        assignment.ordered_by = self.by
        assignment.ordered_as = self.ordered_as
        assignment.clause = self.clause
        assignment.ordered_at = self.timestamp
        assignment.text_ref = self.text_ref


class Done(AssignmentEvent):
    TOPIC = "assignment.Done"
    note_ref: str

    def apply(self, assignment: "Assignment") -> None:
        assignment.done_by = self.by
        assignment.done_at = self.timestamp
        assignment.note_ref = self.note_ref
        assignment.closed = True


class TermMoved(AssignmentEvent):
    """It is to be done by another day; its task follows in the same save."""

    TOPIC = "assignment.TermMoved"
    task_ref: str
    until: date
    reason_ref: str

    def apply(self, assignment: "Assignment") -> None:
        assignment.until = self.until


class Withdrawn(AssignmentEvent):
    """Taken back before it was done; `told` are those who were to do it."""

    TOPIC = "assignment.Withdrawn"
    reason_ref: str
    told: tuple[str, ...]
    """Who held its task, or the posts that it was offered to."""

    def apply(self, assignment: "Assignment") -> None:
        assignment.withdrawn_by = self.by
        assignment.withdrawn_at = self.timestamp
        assignment.reason_ref = self.reason_ref
        assignment.notices_owed = self.told


class NoticeSent(AssignmentEvent):
    """What became of telling one of the doers that the order was withdrawn."""

    TOPIC = "assignment.NoticeSent"
    recipient: str
    channel: str
    message_id: str
    result: str
    code: int | None

    def apply(self, assignment: "Assignment") -> None:
        owed = assignment.notices_owed
        assignment.notices_owed = tuple(each for each in owed if each != self.recipient)


class Closed(AssignmentEvent):
    """Withdrawn, and everybody concerned was told."""

    TOPIC = "assignment.Closed"

    def apply(self, assignment: "Assignment") -> None:
        assignment.closed = True


class WorkflowStopped(AssignmentEvent):
    """A run was cancelled, which decides nothing: another one goes on."""

    TOPIC = "assignment.WorkflowStopped"
    number: int

    def apply(self, assignment: "Assignment") -> None:
        assignment.stops = self.number
