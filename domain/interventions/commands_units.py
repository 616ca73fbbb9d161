"""What is asked about units that are late, silent, or answer in part, and of the delay itself."""

from datetime import date

from domain.interventions.commands import Code
from domain.messages import Message
from domain.people import Text


class GiveDelayNotice(Message):
    """The matter cannot be settled in time: why, and by when it will be (KPA art. 245)."""

    new_date: date
    reason: Text


class RequestExtension(Message):
    """The unit asks for more time, before its own is over."""

    referral: Code
    until: date
    reason: Text


class GrantExtension(Message):
    """The unit gets the time that it asked for."""


class RefuseExtension(Message):
    """The unit has to answer by the term that it has."""

    reason: Text


class WaitForUnit(Message):
    """A silent unit is given a last date."""

    until: date
    reason: Text | None = None


class OrderOtherUnit(Message):
    """The matter is taken from a silent unit and sent to another one."""

    unit: Code
    reason: Text
    redacted: bool = False
    told: Text | None = None
    """What the sender is told after a reply in part, if it goes to a body that gives no answer."""


class WriteOffReferral(Message):
    """Nothing more is awaited of this unit."""

    reason: Text
    told: Text | None = None
    """What the sender is told of it, when the reply was only one in part."""


class AcceptAsItIs(Message):
    """Feedback that stays insufficient is taken all the same."""

    reason: Text
    told: Text | None = None
    """What the sender is told of it, when the reply was only one in part."""


class OrderAgain(Message):
    """The unit has to answer once more, with what is missing."""

    what_is_missing: Text


class TakeOverFeedback(Message):
    """The Department finds out itself what the unit did not say."""

    reason: Text
    told: Text | None = None
    """What the sender is told of it, when the reply was only one in part."""


class ReplyInPart(Message):
    """The sender is told what is known, without waiting for the unit that is late."""

    reason: Text | None = None


class WaitForTheRest(Message):
    """The sender is told nothing before the unit that is late has answered too."""

    reason: Text | None = None


class RecallReferral(Message):
    """The unit was asked by mistake, or need not answer any more."""

    referral: Code
    reason: Text
    told: Text | None = None
    """What the sender is told of it, when the reply was only one in part."""


class CorrectLetter(Message):
    """A letter was wrong: what was wrong in it, and what is right."""

    letter: Code
    """Its kind, round and recipient: `N5.1.sender`."""
    text: Text
    redacted: bool = False
