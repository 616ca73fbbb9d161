"""What a unit says of its promise on the day, and what the deputy decides about a broken one."""

from datetime import date

from domain.messages import Message
from domain.people import Text


class KeepPromise(Message):
    """What was promised is done."""

    text: Text | None = None


class MovePromise(Message):
    """It will be done later."""

    new_date: date
    reason: Text


class BreakPromise(Message):
    """It was not done."""

    reason: Text


class GiveUpPromise(Message):
    """It will not be done any more."""

    reason: Text
