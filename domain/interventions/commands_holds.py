"""What operators ask of a case that has to stand still for a while (A32)."""

from domain.messages import Message
from domain.people import Text


class HoldCase(Message):
    """Let the case stand still: nothing is decided in it and no letter leaves."""

    reason: Text


class ResumeCase(Message):
    """Let a case on hold go on with the time that was left."""

    reason: Text
