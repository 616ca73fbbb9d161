"""What is asked of an extra task (zadanie zlecone) outside the list of a unit."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from domain.messages import Message, Moment
from domain.people import Text
from domain.references import CaseRef, TaskRef

Stage = Literal["ordered", "done", "withdrawn"]


class OrderExtraTask(Message):
    """Have a unit of the Department do what its list of tasks does not name."""

    unit: Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[A-Za-z0-9-]+$")]
    text: Text


class ReportDone(Message):
    """Say that the extra task is done, and what came of it."""

    note: Text


class WithdrawOrder(Message):
    """Take the order back before it is done; whoever was to do it is told."""

    reason: Text


class MoveTerm(Message):
    """Give the extra task a new day by which it is to be done; its ladder starts anew."""

    task: TaskRef
    until: date
    reason: Text


class RecordOrderNotice(Message):
    """What became of telling one of the doers that the order was withdrawn."""

    recipient: str
    message_id: str
    result: Literal["delivered", "bounced", "no_address"]
    code: int | None = None
    """The answer of the receiving server, when it refused."""


class AssignmentPage(Message):
    """An extra task as it stands; texts are for whoever may see it."""

    reference: CaseRef
    unit: str
    ordered_by: str
    ordered_as: str
    clause: str
    ordered_at: Moment
    stage: Stage
    done_by: str | None
    done_at: Moment | None
    withdrawn_by: str | None
    withdrawn_at: Moment | None
    text: str | None
    note: str | None
    reason: str | None
    """Why it was withdrawn."""
