"""What is told of a letter that came back, or that a person has to take to the post."""

from datetime import date
from typing import Literal

from domain.messages import Message
from domain.people import Text


class CorrectAddress(Message):
    """Send it once more, to the address that is right."""

    email: Text


class SendByPost(Message):
    """Send it by post; a new postal address if the known one is not right."""

    address: Text | None = None


class GiveOtherwise(Message):
    """The recipient was given it in another way."""

    channel: Literal["phone", "e_delivery", "in_person"]
    received_on: date
    note: Text


class RecordPosting(Message):
    """The letter was handed to the post on that day."""

    posted_on: date


class RecordReceipt(Message):
    """The recipient got it on that day, as the receipt says."""

    received_on: date


class RecordReturn(Message):
    """The post brought it back."""

    note: Text | None = None
