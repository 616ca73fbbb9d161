"""Referrals that are called back, as the case goes no further with their units (section 8)."""

from typing import TYPE_CHECKING

from domain.interventions import events
from domain.messages import Act

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def recall_open_referrals(case: "Intervention", act: Act, reason_ref: str | None = None) -> None:
    """First of all when a case ends early; the units are told by a letter of their own (N7).

    Guards are with those who end the case, as is the event by which it goes to its end.
    """
    for referral in case.open_referrals:
        case.record(
            events.ReferralRecalled,
            act,
            reference=case.reference,
            referral=referral.ref,
            reason_ref=reason_ref,
        )
