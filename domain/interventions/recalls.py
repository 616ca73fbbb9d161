"""Referrals that are called back: one by one, or as the case goes no further (section 8).

With a case that ends or begins anew goes also what a unit returned and nobody has sent on.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events
from domain.interventions.commands_units import RecallReferral
from domain.interventions.entities import Referral
from domain.interventions.partial import telling
from domain.interventions.refusals import LeadUnitMissing, ReferralNotOpen
from domain.interventions.transitions import of_its_stage, stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def recall_open_referrals(case: "Intervention", act: Act, reason_ref: str | None = None) -> None:
    """First of all when a case ends early; the units are told by a letter of their own (N7).

    Guards are with those who end the case, as is the event by which it goes to its end.
    """
    for referral in list(case.referrals.values()):
        if referral.open or referral.waits_for_its_way:
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
        told_ref=command.told,
        alone=True,
        triage_by=None if goes_on else book.deadlines.term("int.triage", act.at),
    )


def recalling(case: "Intervention", command: RecallReferral) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, of_its_stage(case, "RecallReferral"))
    found = case.referrals.get(command.referral)
    if found is None or found.state != "sent":
        state = found.state if found else None
        yield ReferralNotOpen(field="referral", referral=command.referral, state=state)
    elif found.lead and any(True for _ in _others(case, found.ref)):
        yield LeadUnitMissing(field="referral", leads=[])
    yield from telling(case, command.told)


def _others(case: "Intervention", referral: str) -> Iterator[Referral]:
    """Those with which the case would go on."""
    for each in case.referrals.values():
        gone = each.state == "recalled" or (each.state == "returned" and each.followed_by)
        if each.ref != referral and each.round == case.round and not gone:
            yield each
