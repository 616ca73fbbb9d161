"""What is told of a report that is something else: proposed by one person, decided by another."""

from domain.interventions.commands import Code
from domain.messages import Message
from domain.people import Text


class ProposeRequalification(Message):
    """The report is of another kind, and belongs into another register (KPA art. 222)."""

    kind: Code
    to: Code | None = None
    """The competent unit, for a kind whose register every unit keeps for itself."""
    reason: Text


class ConfirmRequalification(Message):
    """It is of that kind: it is transferred, and the case ends here."""

    note: Text | None = None


class RejectRequalification(Message):
    """It is not of that kind; the case goes on where it stands."""

    reason: Text
