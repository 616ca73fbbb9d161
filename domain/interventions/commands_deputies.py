"""What is told to whoever passed a resident's matter on: a councillor, an MP or a senator."""

from domain.messages import Message
from domain.people import Text


class TellState(Message):
    """Where the matter stands, when its outcome cannot be told in time (KPA art. 237 § 2)."""

    text: Text
