"""What belongs to one round of a case that may be reopened (A27)."""

from typing import TYPE_CHECKING

from domain.interventions.entities import Referral

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def asked_this_round(case: "Intervention") -> tuple[Referral, ...]:
    """A case that was reopened may ask as many units again."""
    return tuple(each for each in case.referrals.values() if each.round == case.round)


def go_on_when_answered(case: "Intervention") -> None:
    """No referral is open or waits to be sent on: the reply can be written (A21), or others
    have taken all of it over; called by `apply` of events."""
    if case.stage != "with_units":
        return  # what comes after a reply in part is told, and changes nothing
    waiting = any(referral.waits_for_its_way for referral in case.referrals.values())
    if case.open_referrals or waiting:
        return
    states = {each.state for each in case.referrals.values() if each.round == case.round}
    if states - {"returned", "recalled"} == {"handed_over"}:
        case.begin_to_end("handed_over")
    else:
        case.stage = "drafting"
