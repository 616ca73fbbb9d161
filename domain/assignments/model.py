"""The extra task: ordered by a superior whom the ordinance names, done by the unit (§4.18 ff.)."""

from datetime import datetime
from typing import Literal, Self

from domain.aggregates import Aggregate
from domain.assignments import events, rules
from domain.assignments.commands import OrderExtraTask, ReportDone
from domain.errors import refuse_if_any
from domain.messages import Act
from domain.organisation import Organisation
from domain.references import aggregate_id


class Assignment(Aggregate):
    """A case without a workflow: it waits for one decision, and no timer moves it."""

    TOPIC = "assignment"

    Event = events.AssignmentEvent
    Ordered = events.Ordered
    Done = events.Done

    def __init__(self) -> None:
        self.reference: str
        self.unit: str
        self.ordered_by: str
        self.ordered_as: str
        self.clause: str
        self.ordered_at: datetime
        self.text_ref: str
        self.done_by: str | None = None
        self.done_at: datetime | None = None
        self.note_ref: str | None = None

    @classmethod
    def order(
        cls,
        command: OrderExtraTask,
        act: Act,
        reference: str,
        posts: frozenset[str],
        organisation: Organisation,
    ) -> Self:
        """`posts` are all that the orderer holds that day, and stands in for."""
        refuse_if_any(rules.ordering(command, posts, organisation))
        post = rules.entitling_post(posts, command.unit, organisation)
        return cls.born(
            events.Ordered,
            aggregate_id("assignment", reference),
            act,
            reference=reference,
            unit=command.unit,
            ordered_as=post,
            clause=organisation.extra_task_clause(post, command.unit),
            text_ref=command.text,
            idempotency_key=act.command_id,
        )

    @property
    def stage(self) -> Literal["ordered", "done"]:
        return "done" if self.done_at else "ordered"

    def report_done(self, command: ReportDone, act: Act) -> None:
        """Its task is decided once, and so is this."""
        self.record(events.Done, act, reference=self.reference, note_ref=command.note)
