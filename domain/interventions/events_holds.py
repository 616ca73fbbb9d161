"""A case that stood still and went on: its terms as they were left by that (A32)."""

from typing import TYPE_CHECKING

from domain.interventions.events import InterventionEvent
from domain.terms import Suspension, Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


class Standstill(InterventionEvent):
    """Base of both; it names only terms that stopped or go on, with their new values."""

    number: int
    """How often the case was put on hold so far, this time included."""
    reason_ref: str
    clocks: dict[str, Term]
    claims: dict[str, Term]
    """By referral: when somebody of the unit has to take it."""
    feedback: dict[str, Term]
    """By referral: when the unit has to answer."""
    window: Term | None

    def put_terms(self, case: "Intervention") -> None:
        case.clocks.update(self.clocks)
        for name, term in self.claims.items():
            case.referrals[name] = case.referrals[name].changed(claim_by=term)
        for name, term in self.feedback.items():
            case.referrals[name] = case.referrals[name].changed(feedback_by=term)
        case.window = self.window or case.window


class Held(Standstill):
    TOPIC = "intervention.Held"

    def apply(self, case: "Intervention") -> None:
        case.on_hold = True
        case.standstills = (*case.standstills, Suspension(since=self.timestamp))
        self.put_terms(case)


class Resumed(Standstill):
    TOPIC = "intervention.Resumed"

    def apply(self, case: "Intervention") -> None:
        case.on_hold = False
        *earlier, last = case.standstills
        ended = Suspension(since=last.since, until=self.timestamp)
        case.standstills = (*earlier, ended)
        self.put_terms(case)
