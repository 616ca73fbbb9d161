"""Referrals that are called back: one by one, or as the case goes no further (section 8)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events
from domain.interventions.commands_units import RecallReferral
from domain.interventions.entities import Referral
from domain.interventions.refusals import LeadUnitMissing, ReferralNotOpen
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook

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


def recall_referral(
    case: "Intervention", command: RecallReferral, act: Act, book: Rulebook
) -> None:
    """The unit is told; the case goes on with the others, or to triage without any (A21)."""
    refuse_if_any(recalling(case, command))
    goes_on = any(True for _ in _others(case, command.referral))
    case.record(
        events.ReferralRecalled,
        act,
        reference=case.reference,
        referral=command.referral,
        reason_ref=command.reason,
        alone=True,
        triage_by=None if goes_on else book.deadlines.term("int.triage", act.at),
    )


def recalling(case: "Intervention", command: RecallReferral) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "RecallReferral")
    found = case.referrals.get(command.referral)
    if found is None or found.state != "sent":
        state = found.state if found else None
        yield ReferralNotOpen(field="referral", referral=command.referral, state=state)
    elif found.lead and any(True for _ in _others(case, found.ref)):
        yield LeadUnitMissing(field="referral", leads=[])


def _others(case: "Intervention", referral: str) -> Iterator[Referral]:
    """Those with which the case would go on."""
    for each in case.referrals.values():
        gone = each.state == "recalled" or (each.state == "returned" and each.followed_by)
        if each.ref != referral and each.round == case.round and not gone:
            yield each
