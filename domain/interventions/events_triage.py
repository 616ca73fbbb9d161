"""What triage decided, when no unit of the City is asked."""

from typing import TYPE_CHECKING

from domain.interventions.events import InterventionEvent

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


class AnsweredAtOnce(InterventionEvent):
    """No unit is needed; the reply is drafted from this text."""

    TOPIC = "intervention.AnsweredAtOnce"
    round: int
    text_ref: str

    def apply(self, case: "Intervention") -> None:
        case.prepared[self.round] = self.text_ref
        case.triaged_at = self.timestamp
        case.drafting_since = self.timestamp
        case.stage = "drafting"


class SenderDirected(InterventionEvent):
    """No body could be written to: the sender is told whom to ask, and the case ends."""

    TOPIC = "intervention.SenderDirected"
    round: int
    guidance_ref: str

    def apply(self, case: "Intervention") -> None:
        case.guidance[self.round] = self.guidance_ref
        case.triaged_at = self.timestamp
        case.begin_to_end("handed_over")
