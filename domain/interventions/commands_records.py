"""What keeps the record of a case right: corrections, documents, cases registered by mistake."""

from typing import Literal

from domain.attachments import Attachments
from domain.interventions.commands import Channel, Code, Place, Reach
from domain.messages import Message
from domain.people import PersonalData, PersonRef, Text

From = Literal["sender", "unit", "other"]

CORRECTED = ("category", "channel", "place", "text", "sender")


class CorrectData(Message):
    """Put right what was registered wrongly, one thing at a time; the old value stays."""

    category: Code | None = None
    channel: Channel | None = None
    place: Place | None = None
    text: Text | None = None
    sender: PersonalData | PersonRef | None = None
    """Who reported the matter; `{}` says that nobody is known. Sealed before it is stored."""
    reach: Reach | None = None
    """How the sender can be written to: told by whoever seals the sender, and by nobody else."""
    reason: Text


class CloseAsRegisteredInError(Message):
    """There is no such matter: it was registered by mistake."""

    reason: Text


class FileDocument(Message):
    """Put something that came in onto the file, also after closing; nothing follows from it."""

    text: Text
    from_whom: From
    referral: Code | None = None
    """What the document is about, when it is about one referral."""
    attachments: Attachments = ()
