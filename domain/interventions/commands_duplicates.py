"""What is told of two reports of one matter: joined, or parted again."""

from domain.messages import Message
from domain.people import Text
from domain.references import CaseRef


class MarkDuplicate(Message):
    """The report is about the matter of an earlier one; its sender is joined to that case."""

    target: CaseRef
    reason: Text | None = None


class UnlinkDuplicate(Message):
    """It was joined by mistake, and is a matter of its own."""

    reason: Text
