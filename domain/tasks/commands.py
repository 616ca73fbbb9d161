"""What people and workflows ask of a task (zadanie)."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from domain.attachments import Attachments
from domain.ladders import Rung
from domain.messages import Act, Message, Moment
from domain.people import PersonId, Text, TextRef
from domain.references import CaseRef, TaskRef
from domain.tasks.notices import TaskNotice
from domain.tasks.types import Priority
from domain.terms import Term

Version = Annotated[int, Field(ge=1)]
Post = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{2,40}(/[a-z_]{2,40})?$")]


class TaskOrder(Message):
    """Which task of a case is meant: the same order always names the same task."""

    type: str
    subject: str
    round: int


class OpenTask(Message):
    """Everything about a task that is fixed when the workflow opens it."""

    task_ref: TaskRef
    workflow_id: str
    case_ref: CaseRef
    process: str
    type: str
    subject: str
    round: int
    candidates: tuple[Post, ...]
    excluded: dict[PersonId, str]
    """Persons who may not decide, with the reason (four eyes)."""
    outcomes: tuple[str, ...]
    respond_by: Term | None
    complete_by: Term | None
    ladder: str
    rungs: tuple[Rung, ...]
    """The steps of the ladders with the moments at which they fire."""
    priority: Priority
    on_lapse: str = "none"
    form: str
    form_version: int = 1


class ClaimTask(Message):
    """Take an offered task."""

    expected_version: Version | None = None


class ReleaseTask(Message):
    """Give a claimed task back to those it was offered to."""


class AssignTask(Message):
    """Give a task to a certain person."""

    assignee: PersonId
    reason: Text


class DelegateTask(Message):
    """Have a claimed task done by another candidate, and get it back afterwards."""

    delegate: PersonId
    note: Text


class ReturnTask(Message):
    """Give a delegated task back to the person who delegated it."""

    note: Text | None = None


class ParkTask(Message):
    """Put a task aside until a day; no term moves."""

    until: date
    note: Text | None = None


class UnparkTask(Message):
    """Take a parked task up again before its day."""


class DeclareConflict(Message):
    """Say that one may not decide this task (a relative, an interest of one's own)."""


class CommentOnTask(Message):
    """Add a remark, also to a finished task."""

    text: Text
    attachments: Attachments = ()


class SaveDraft(Message):
    """Keep what was filled in so far; the text itself is in the text store."""

    author: PersonId
    """Who holds the task: whose draft it is, whoever writes."""
    draft: TextRef
    size: Annotated[int, Field(ge=0)]
    """In characters."""


class ChangePriority(Message):
    """Say how urgent a task is."""

    priority: Priority
    note: Text


class ChangeCandidates(Message):
    """Offer a task to others, as none of those it was offered to may decide it."""

    candidates: Annotated[tuple[Post, ...], Field(min_length=1)]
    reason: str


Which = Literal["respond_by", "complete_by"]
Cause = Literal["hold", "resumed_hold", "extension", "new_date", "calendar", "recomputed"]

GIVEN_BY_A_DECISION: Final[frozenset[Cause]] = frozenset({"extension", "new_date"})
"""Causes that give a term of its own: the ladder starts anew for it. With the others the steps
that are left move, and none is repeated."""


def cause_of_recount(old: Term, new: Term) -> Cause:
    """A new calendar, or a new row of the rule."""
    return "calendar" if old.rule_valid_from == new.rule_valid_from else "recomputed"


class MoveTaskDeadline(Message):
    """Another value for one of the terms of a task, with the steps of its ladders by it."""

    which: Which
    term: Term
    cause: Cause
    rungs: tuple[Rung, ...]
    reason: Text | None = None


class CompleteTask(Message):
    """Decide: one outcome that the task offers, with the fields of its form."""

    task_ref: TaskRef
    expected_version: Version
    outcome: Annotated[str, Field(min_length=1, max_length=40)]
    fields: dict[str, Any] = Field(default_factory=dict)
    acting_for: PersonId | None = None
    note: Text | None = None
    """Needed when a superior decides a task that is another person's."""


class Decision(Message):
    """A `CompleteTask` with its author, and the proof that the API put on both."""

    command: CompleteTask
    act: Act
    proof: str

    def signed_bytes(self) -> bytes:
        """What the proof covers: the whole command and who gave it when."""
        return self.model_dump_json(exclude={"proof"}).encode()


class WithdrawTask(Message):
    """Take a task back because the case no longer needs it."""

    reason: str


class ExpireTask(Message):
    """End a task by the lapse of its term, which has the effect of an outcome."""

    outcome: str


class Answer(Message):
    """What a command on a task led to; a repeated command gets the first answer again."""

    task_ref: TaskRef
    state: str
    version: int
    case_ref: CaseRef
    case_stage: str | None = None
    position: int
    """The place in the event log at which this is known; a list can be asked for at or after it."""


class Standing(Message):
    """By what right somebody may decide a task."""

    mode: str
    """`yourself`, `acting_for`, `recording` (what came in by letter) or `override`."""
    acting_for: PersonId | None = None

    @property
    def takes_it(self) -> bool:
        """Whether the task becomes this person's own, or stays another's who is overruled."""
        return self.mode in ("yourself", "acting_for")


class OpenTaskRow(Message):
    """An open task as a workflow remembers it."""

    task_ref: TaskRef
    type: str
    subject: str
    round: int
    outcomes: tuple[str, ...]
    candidates: tuple[str, ...]
    safe_due: date | None
    due_at: Moment | None
    next_moment: Moment | None
    """When the ladders of the task have to be looked at again."""
    next_step: str | None
    escalation: int
    risk_reducing: tuple[str, ...] = ()
    """Those of the outcomes that are taken also while the case is on hold."""
    notices_due: tuple[TaskNotice, ...] = ()
    """Messages about steps that have fired and that are not recorded as sent."""
