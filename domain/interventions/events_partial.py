"""What happened to a case that was answered in part."""

from typing import TYPE_CHECKING

from domain.interventions.events_units import ReferralEvent

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


class PartialReplyDecided(ReferralEvent):
    """The sender is told what is known, without waiting for this unit."""

    TOPIC = "intervention.PartialReplyDecided"
    reason_ref: str | None

    def apply(self, case: "Intervention") -> None:
        case.partial_in = case.round
        case.drafting_since = self.timestamp
        case.stage = "drafting"
