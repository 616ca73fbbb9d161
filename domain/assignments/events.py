"""What happened to an extra task."""

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
