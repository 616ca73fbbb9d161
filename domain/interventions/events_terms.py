"""Terms of a case that were counted anew, by a new calendar or a new dated row."""

from datetime import date
from typing import TYPE_CHECKING

from domain.interventions.events import InterventionEvent
from domain.terms import Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

REOPENING = "reopening"
FEEDBACK = "feedback"


class TermRecounted(InterventionEvent):
    """One term has another value; nobody decided it."""

    TOPIC = "intervention.TermRecounted"
    clock: str
    """A clock of the case, `feedback` of a referral, or `reopening`."""
    referral: str | None
    old: Term
    new: Term
    cause: str

    @property
    def safe_due(self) -> date:
        return self.new.safe_due

    @property
    def legal_end(self) -> date:
        return self.new.legal_end

    def apply(self, case: "Intervention") -> None:
        if self.referral is not None:
            referral = case.referrals[self.referral]
            case.referrals[self.referral] = referral.changed(feedback_by=self.new)
        elif self.clock == REOPENING:
            case.window = self.new
        else:
            case.clocks[self.clock] = self.new
