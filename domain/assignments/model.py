"""The extra task: ordered by a superior whom the ordinance names, done by the unit (§4.18 ff.)."""

from datetime import date, datetime
from typing import Self

from domain.aggregates import Aggregate
from domain.assignments import events, rules
from domain.assignments.commands import (
    MoveTerm,
    OrderExtraTask,
    RecordOrderNotice,
    ReportDone,
    Stage,
    WithdrawOrder,
)
from domain.errors import refuse_if_any
from domain.messages import Act
from domain.organisation import Organisation
from domain.references import aggregate_id
from domain.rulebook import Rulebook


class Assignment(Aggregate):
    """It waits for one decision of the unit, or for the order to be withdrawn."""

    TOPIC = "assignment"

    Event = events.AssignmentEvent
    Ordered = events.Ordered
    Done = events.Done
    TermMoved = events.TermMoved
    Withdrawn = events.Withdrawn
    NoticeSent = events.NoticeSent
    Closed = events.Closed
    WorkflowStopped = events.WorkflowStopped

    def __init__(self) -> None:
        self.reference: str
        self.unit: str
        self.ordered_by: str
        self.ordered_as: str
        self.clause: str
        self.ordered_at: datetime
        self.text_ref: str
        self.until: date | None = None
        """The day that was given instead of the one that the rule gives."""
        self.done_by: str | None = None
        self.done_at: datetime | None = None
        self.note_ref: str | None = None
        self.withdrawn_by: str | None = None
        self.withdrawn_at: datetime | None = None
        self.reason_ref: str | None = None
        self.notices_owed: tuple[str, ...] = ()
        """Posts or persons who are still to be told that the order was withdrawn."""
        self.closed = False
        self.stops = 0
        """How often a run was cancelled."""

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
    def stage(self) -> Stage:
        if self.withdrawn_at:
            return "withdrawn"
        return "done" if self.done_at else "ordered"

    def report_done(self, command: ReportDone, act: Act) -> None:
        """Its task is decided once, and so is this."""
        self.record(events.Done, act, reference=self.reference, note_ref=command.note)

    def move_term(self, command: MoveTerm, act: Act, book: Rulebook) -> None:
        refuse_if_any(rules.moving_term(self, command, act, book))
        self.record(
            events.TermMoved,
            act,
            reference=self.reference,
            task_ref=command.task,
            until=command.until,
            reason_ref=command.reason,
        )

    def withdraw(self, command: WithdrawOrder, act: Act, told: tuple[str, ...]) -> None:
        """`told` are those who hold its task, or the posts that it is offered to."""
        refuse_if_any(rules.must_be_ordered(self))
        self.record(
            events.Withdrawn, act, reference=self.reference, reason_ref=command.reason, told=told
        )

    def record_notice(self, command: RecordOrderNotice, act: Act) -> None:
        """Note what became of a notice; the last one closes. A second record changes nothing."""
        if command.recipient in self.notices_owed:
            self.record(
                events.NoticeSent,
                act,
                reference=self.reference,
                recipient=command.recipient,
                channel="email",
                message_id=command.message_id,
                result=command.result,
                code=command.code,
            )
            if not self.notices_owed:
                self.record(events.Closed, act, reference=self.reference)

    def note_stop(self, act: Act) -> None:
        number = self.stops + 1
        self.record(events.WorkflowStopped, act, reference=self.reference, number=number)
