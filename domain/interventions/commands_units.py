"""What is asked about units that are late, silent, or answer in part, and of the delay itself."""

from datetime import date

from domain.messages import Message
from domain.people import Text


class GiveDelayNotice(Message):
    """The matter cannot be settled in time: why, and by when it will be (KPA art. 245)."""

    new_date: date
    reason: Text
