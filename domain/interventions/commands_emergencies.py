"""What is told of an emergency: that it is one, whom the duty officer called, that it is none."""

from domain.interventions.commands import Code
from domain.messages import Message, Moment
from domain.people import Text


class DeclareEmergency(Message):
    """The matter cannot wait, whatever its category says."""

    reason: Text


class RecordEmergencyCall(Message):
    """Whom the duty officer has told by telephone."""

    to: Code
    called_at: Moment | None = None
    """When it was not at the moment of recording."""
    note: Text | None = None


class DenyEmergency(Message):
    """Nothing is in danger; the report is handled as any other."""

    reason: Text
