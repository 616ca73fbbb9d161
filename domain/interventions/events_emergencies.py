"""What happened to an emergency: somebody saw one, passed it on by telephone, or found none."""

from datetime import datetime
from typing import TYPE_CHECKING

from domain.interventions.events import InterventionEvent
from domain.terms import Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


class EmergencyDeclared(InterventionEvent):
    """A person saw what the category did not say."""

    TOPIC = "intervention.EmergencyDeclared"
    number: int
    reason_ref: str

    def apply(self, case: "Intervention") -> None:
        case.emergency = True
        case.alarms = self.number
        case.alarm_since = self.timestamp


class EmergencyPassedOn(InterventionEvent):
    TOPIC = "intervention.EmergencyPassedOn"
    number: int
    to: str
    called_at: datetime
    call_by: Term
    minutes_late: int
    note_ref: str | None

    def apply(self, case: "Intervention") -> None:
        case.alarm_since = None


class NotAnEmergency(InterventionEvent):
    TOPIC = "intervention.NotAnEmergency"
    number: int
    reason_ref: str

    def apply(self, case: "Intervention") -> None:
        case.emergency = False
        case.alarm_since = None
