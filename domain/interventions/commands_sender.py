"""What the sender of an intervention is asked, and what the sender tells (§ 9 pt 1-3)."""

from typing import Annotated

from pydantic import Field

from domain.attachments import Attachments
from domain.interventions.commands import Attachment
from domain.messages import Message
from domain.people import Text


class AskSupplement(Message):
    """Call the sender to say what is missing (RM 8 I 2002 § 8 ust. 2)."""

    question: Text


class SupplementIntervention(Message):
    """What the sender added to the report."""

    text: Text
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=20)] = ()
    """Files that a client keeps; it only names them by their digest."""
    files: Attachments = ()
    """Files that were uploaded to the case."""


class LeaveWithoutConsideration(Message):
    """The sender did not say what was missing, and without it nothing can be done."""

    reason: Text | None = None


class ConsiderAsItIs(Message):
    """The sender did not say what was missing; the matter is decided on what is known."""

    reason: Text | None = None


class ReopenIntervention(Message):
    """The sender asks to look at the matter once more."""

    text: Text


class Reopen(Message):
    """There is something new: the matter is taken up again."""

    reason: Text | None = None


class DeclineReopening(Message):
    """Nothing new was said; the earlier position stands (KPA art. 239)."""

    reason: Text


class FindComplaint(Message):
    """What the sender asks for is a complaint, and belongs into another register (KPA art. 227)."""

    reason: Text


class WithdrawIntervention(Message):
    """The sender does not want the matter looked at any more."""

    text: Text


class StopOnWithdrawal(Message):
    """Nothing more is done, as the sender wishes."""

    reason: Text | None = None


class ContinueExOfficio(Message):
    """The public interest asks for it to be done all the same."""

    reason: Text
