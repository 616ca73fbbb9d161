"""Triage that asks no unit of the City: answered at once (A5), or a matter of others (A4)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events_triage as events
from domain.interventions.commands import ReferralOrder
from domain.interventions.commands_triage import AnswerAtOnce, HandOverIntervention
from domain.interventions.referrals import addressable, refer
from domain.interventions.refusals import (
    FeedbackOwed,
    NobodyToHandOverTo,
    SenderNotReachable,
    TooManyReferrals,
)
from domain.interventions.rounds import asked_this_round
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook
from domain.working_days import local_day

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def answer_at_once(case: "Intervention", command: AnswerAtOnce, act: Act) -> None:
    refuse_if_any(stage_allows(case.stage, "AnswerAtOnce"))
    case.record(
        events.AnsweredAtOnce,
        act,
        reference=case.reference,
        round=case.round,
        text_ref=command.text,
    )


def hand_over(
    case: "Intervention", command: HandOverIntervention, act: Act, book: Rulebook
) -> None:
    """To bodies that owe no feedback; the evidence of delivery ends the case."""
    refuse_if_any(handing_over(case, command, act, book))
    for order in command.referrals:
        referral = ReferralOrder(
            unit=order.unit, question=order.question, mode="hand_over", redacted=order.redacted
        )
        refer(case, referral, command.guidance, act, book)
    if command.guidance is not None and not command.referrals:
        case.record(
            events.SenderDirected,
            act,
            reference=case.reference,
            round=case.round,
            guidance_ref=command.guidance,
        )


def handing_over(
    case: "Intervention", command: HandOverIntervention, act: Act, book: Rulebook
) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "HandOverIntervention")
    day = local_day(act.at)
    for number, order in enumerate(command.referrals):
        where = f"referrals.{number}"
        yield from addressable(where, order.unit, order.redacted, day, book)
        if (
            book.routing.unit_active(order.unit, day)
            and book.routing.unit(order.unit).gives_feedback
        ):
            yield FeedbackOwed(field=f"{where}.unit", unit=order.unit)
    limit = book.limits.interventions.max_referrals
    if len(asked_this_round(case)) + len(command.referrals) > limit:
        yield TooManyReferrals(field="referrals", limit=limit)
    if not command.referrals:
        yield from _directing(case, command)


def _directing(case: "Intervention", command: HandOverIntervention) -> Iterator[Refusal]:
    if command.guidance is None:
        yield NobodyToHandOverTo(field="referrals")
    elif case.reach == "none":
        yield SenderNotReachable(anonymous=case.sender is None)
