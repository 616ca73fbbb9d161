"""What happened to referrals whose units need more time, are silent, or answer in vain."""

from datetime import date
from typing import TYPE_CHECKING

from domain.interventions.entities import ExtensionRequest
from domain.interventions.events import InterventionEvent
from domain.interventions.rounds import go_on_when_answered
from domain.terms import Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


class ReferralEvent(InterventionEvent):
    """Base of those that are about one referral."""

    referral: str

    def change(self, case: "Intervention", **fields: object) -> None:
        case.referrals[self.referral] = case.referrals[self.referral].changed(**fields)


class ExtensionRequested(ReferralEvent):
    TOPIC = "intervention.ExtensionRequested"
    number: int
    until: date
    reason_ref: str
    by_deputy: bool
    """Beyond what KS-06 may grant (`int.feedback_final`)."""
    recorded_by: str | None = None
    """Who wrote it down, when the unit said it by letter."""

    def apply(self, case: "Intervention") -> None:
        request = ExtensionRequest(self.until, self.timestamp, self.by_deputy)
        self.change(case, request=request, requests=self.number)


class ExtensionGranted(ReferralEvent):
    TOPIC = "intervention.ExtensionGranted"
    number: int
    until: date
    feedback_by: Term
    delay_foreseen: bool
    """The answer will come too late for the settlement: the sender has to be told (A30)."""

    def apply(self, case: "Intervention") -> None:
        self.change(
            case,
            request=None,
            extensions=case.referrals[self.referral].extensions + 1,
            feedback_by=self.feedback_by,
            last_date_by="extension",
        )
        case.delay_foreseen = case.delay_foreseen or self.delay_foreseen


class ExtensionRefused(ReferralEvent):
    TOPIC = "intervention.ExtensionRefused"
    number: int
    reason_ref: str

    def apply(self, case: "Intervention") -> None:
        self.change(case, request=None)


class WaitDecided(ReferralEvent):
    """A unit that is late is waited for."""

    TOPIC = "intervention.WaitDecided"
    until: date | None
    """None when only the reply waits for it, and its term stays as it is (A22)."""
    reason_ref: str | None
    feedback_by: Term | None
    delay_foreseen: bool

    def apply(self, case: "Intervention") -> None:
        if self.feedback_by is None:
            self.change(case, waited_in=case.referrals[self.referral].terms_given)
            return
        self.change(
            case,
            request=None,
            waits=case.referrals[self.referral].waits + 1,
            feedback_by=self.feedback_by,
            last_date_by="new_date",
        )
        case.delay_foreseen = case.delay_foreseen or self.delay_foreseen


class OtherUnitOrdered(ReferralEvent):
    """The silent unit is recalled, and the matter sent to this one, in the same save."""

    TOPIC = "intervention.OtherUnitOrdered"
    unit: str
    reason_ref: str

    def apply(self, case: "Intervention") -> None:
        """The recall and the new referral say it all."""


class ReferralWrittenOff(ReferralEvent):
    TOPIC = "intervention.ReferralWrittenOff"
    reason_ref: str
    told_ref: str | None = None

    def apply(self, case: "Intervention") -> None:
        self.change(case, state="written_off")
        case.drafting_since = self.timestamp
        case.tell_of(self.referral, self.told_ref, self.by)
        go_on_when_answered(case)


class FeedbackAcceptedAsIs(ReferralEvent):
    TOPIC = "intervention.FeedbackAcceptedAsIs"
    reason_ref: str
    told_ref: str | None = None

    def apply(self, case: "Intervention") -> None:
        self.change(case, state="accepted", accepted_at=self.timestamp)
        case.arm_promise(self.referral)
        case.drafting_since = self.timestamp
        case.tell_of(self.referral, self.told_ref, self.by)
        go_on_when_answered(case)


class FeedbackOrderedAgain(ReferralEvent):
    """The unit has to answer once more, by order of a post above."""

    TOPIC = "intervention.FeedbackOrderedAgain"
    what_is_missing_ref: str
    feedback_by: Term

    def apply(self, case: "Intervention") -> None:
        self.change(
            case,
            state="sent",
            turn=case.referrals[self.referral].turn + 1,
            feedback_by=self.feedback_by,
            claim_by=None,
            insufficient_since=None,
        )


class FeedbackTakenOver(ReferralEvent):
    """Nothing more is asked of the unit: the Department finds out itself."""

    TOPIC = "intervention.FeedbackTakenOver"
    reason_ref: str
    told_ref: str | None = None

    def apply(self, case: "Intervention") -> None:
        self.change(case, state="written_off")
        case.drafting_since = self.timestamp
        case.tell_of(self.referral, self.told_ref, self.by)
        go_on_when_answered(case)
