"""Notices of ladder steps by mail: reminders to staff, and to units (N11)."""

from typing import Literal

from domain.messages import Message, Moment
from domain.references import TaskRef


class TaskNotice(Message):
    """What a step of a ladder tells one of its recipients."""

    task_ref: TaskRef
    ladder: str
    step: int
    term: int
    """1, and one more for each new term that a decision gave the task."""
    recipient: str
    """A post, or the person who holds the task."""

    @property
    def key(self) -> str:
        """Names the notice in its task for ever; the identity of its message is made of it."""
        return f"{self.ladder}.{self.step}.{self.term}.{self.recipient.replace('/', '_')}"

    @property
    def name(self) -> str:
        """The same among all tasks."""
        return f"{self.task_ref}.{self.key}"


class RecordTaskNotice(Message):
    """What became of a notice."""

    notice: TaskNotice
    kind: Literal["N11", "reminder"]
    message_id: str
    result: Literal["delivered", "bounced", "no_address"]
    code: int | None = None
    """The answer of the receiving server, when it refused."""


class SendTaskNotice(Message):
    """A notice to be sent for the task of a case."""

    reference: str
    notice: TaskNotice
    at: Moment
