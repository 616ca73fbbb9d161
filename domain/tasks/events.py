"""What happened to a task."""

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from eventsourcing.domain import AggregateCreated

from domain.aggregates import Aggregate
from domain.attachments import AttachedFile
from domain.ladders import Rung
from domain.tasks.commands import OpenTask
from domain.tasks.rules_drafts import Draft
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
        task.opened_at = task.term_given_at = self.timestamp
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
        task.offer_again(self.timestamp)
        task.settled_version = self.originator_version


class Assigned(TaskEvent):
    TOPIC = "task.Assigned"
    assignee: str
    reason_ref: str

    def apply(self, task: "Task") -> None:
        task.state = "claimed"
        task.end_parking(self.timestamp)
        task.assignee = self.assignee
        task.assignee_for = None
        task.owner = None
        task.owner_for = None
        task.responded = True
        task.settled_version = self.originator_version


class Delegated(TaskEvent):
    TOPIC = "task.Delegated"
    delegate: str
    note_ref: str

    def apply(self, task: "Task") -> None:
        task.state = "delegated"
        task.end_parking(self.timestamp)
        task.owner, task.owner_for = task.assignee, task.assignee_for
        task.assignee = self.delegate
        task.assignee_for = None
        task.settled_version = self.originator_version


class Returned(TaskEvent):
    TOPIC = "task.Returned"
    owner: str
    note_ref: str | None

    def apply(self, task: "Task") -> None:
        task.state = "claimed"
        task.end_parking(self.timestamp)
        task.assignee, task.assignee_for = self.owner, task.owner_for
        task.owner = None
        task.owner_for = None
        task.settled_version = self.originator_version


class Parked(TaskEvent):
    TOPIC = "task.Parked"
    until: datetime
    """The moment of that day at which it ends by itself."""
    note_ref: str | None

    def apply(self, task: "Task") -> None:
        task.end_parking(self.timestamp)
        task.parked_until = task.quiet_until = self.until
        task.settled_version = self.originator_version


class Unparked(TaskEvent):
    TOPIC = "task.Unparked"

    def apply(self, task: "Task") -> None:
        task.end_parking(self.timestamp)
        task.settled_version = self.originator_version


class ExclusionAdded(TaskEvent):
    TOPIC = "task.ExclusionAdded"
    person: str
    reason: str
    offered_again: bool
    """Whether it was in the hands of that person, or of somebody acting for them."""

    def apply(self, task: "Task") -> None:
        task.excluded = {**task.excluded, self.person: self.reason}
        if self.offered_again:
            task.offer_again(self.timestamp)
        task.settled_version = self.originator_version


class CandidatesChanged(TaskEvent):
    """Nobody of the old ones may decide it any more."""

    TOPIC = "task.CandidatesChanged"
    old: tuple[str, ...]
    new: tuple[str, ...]
    reason: str
    offered_again: bool
    """Whether somebody held it, who is not there to decide it."""

    def apply(self, task: "Task") -> None:
        task.candidates = self.new
        if self.offered_again:
            task.offer_again(self.timestamp)
        task.settled_version = self.originator_version


class Commented(TaskEvent):
    TOPIC = "task.Commented"
    text_ref: str
    attachments: tuple[AttachedFile, ...] = ()

    def apply(self, task: "Task") -> None:
        """No decision depends on a comment."""


class DraftSaved(TaskEvent):
    """At most one a minute and person: saves in between overwrite the text alone."""

    TOPIC = "task.DraftSaved"
    author: str
    draft_ref: str
    size: int

    def apply(self, task: "Task") -> None:
        before = task.drafts.get(self.author)
        noted = {**(before.noted if before else {}), self.by: self.timestamp}
        task.drafts = {**task.drafts, self.author: Draft(self.draft_ref, noted)}


class DraftRead(TaskEvent):
    """A superior has read it; the author is told."""

    TOPIC = "task.DraftRead"
    author: str

    def apply(self, task: "Task") -> None:
        draft = task.drafts[self.author]
        read = replace(draft, read_by=draft.read_by | {self.by})
        task.drafts = {**task.drafts, self.author: read}


class PriorityChanged(TaskEvent):
    TOPIC = "task.PriorityChanged"
    old: str
    new: str
    note_ref: str

    def apply(self, task: "Task") -> None:
        task.priority = self.new
        task.settled_version = self.originator_version


class DeadlineMoved(TaskEvent):
    """One of its terms has another value, and the steps of its ladders follow."""

    TOPIC = "task.DeadlineMoved"
    which: str
    old: Term
    new: Term
    cause: str
    anew: bool
    """A decision gave the term: steps fired for the old one may be fired again."""
    rungs: tuple[Rung, ...]
    reason_ref: str | None

    @property
    def safe_due(self) -> date | None:
        """None while the clock stands still."""
        return self.new.safe_due if self.new.due_at is not None else None

    def apply(self, task: "Task") -> None:
        setattr(task, self.which, self.new)
        task.rungs = self.rungs
        if self.anew:
            task.begin_term(self.which, self.timestamp)


class Reminded(TaskEvent):
    TOPIC = "task.Reminded"
    ladder: str
    step: int
    recipients: tuple[str, ...]
    skipped: tuple[int, ...]
    by_mail: bool = False
    """Whether the recipients are written to; at first they were not."""

    def apply(self, task: "Task") -> None:
        task.climb(self.ladder, self.step, self.skipped)
        if self.by_mail:
            task.owe_notices(self.ladder, self.step, self.recipients)


class Escalated(TaskEvent):
    TOPIC = "task.Escalated"
    ladder: str
    step: int
    recipients: tuple[str, ...]
    level: int
    skipped: tuple[int, ...]
    by_mail: bool = False

    def apply(self, task: "Task") -> None:
        task.climb(self.ladder, self.step, self.skipped)
        if self.by_mail:
            task.owe_notices(self.ladder, self.step, self.recipients)
        task.escalation_level = self.level
        task.end_parking(self.timestamp)


class NoticeSent(TaskEvent):
    """What became of the message that a step of a ladder owed to one of its recipients."""

    TOPIC = "task.NoticeSent"
    kind: str
    ladder: str
    step: int
    term: int
    recipient: str
    channel: str
    message_id: str
    result: str
    code: int | None

    def apply(self, task: "Task") -> None:
        task.notices_owed = frozenset(
            notice
            for notice in task.notices_owed
            if (notice.ladder, notice.step, notice.term, notice.recipient)
            != (self.ladder, self.step, self.term, self.recipient)
        )


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
        task.end_parking(self.timestamp)
        task.outcome = self.outcome
        task.finished_by = self.by
        task.finished_at = self.timestamp
        task.settled_version = self.originator_version


class Expired(TaskEvent):
    """Its term lapsed, and that decided."""

    TOPIC = "task.Expired"
    outcome: str

    def apply(self, task: "Task") -> None:
        task.state = "expired"
        task.end_parking(self.timestamp)
        task.outcome = self.outcome
        task.finished_by = self.by
        task.finished_at = self.timestamp
        task.settled_version = self.originator_version


class Withdrawn(TaskEvent):
    TOPIC = "task.Withdrawn"
    reason: str

    def apply(self, task: "Task") -> None:
        task.state = "withdrawn"
        task.end_parking(self.timestamp)
        task.finished_by = self.by
        task.finished_at = self.timestamp
        task.settled_version = self.originator_version
