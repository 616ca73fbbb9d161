"""Feedback that was returned twice and still does not answer: the deputy decides (A19)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events_units as events
from domain.interventions.commands_units import AcceptAsItIs, OrderAgain, TakeOverFeedback
from domain.interventions.partial import telling
from domain.interventions.refusals import FeedbackNotInsufficient
from domain.interventions.transitions import of_its_stage, stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def settle_insufficient(
    case: "Intervention",
    referral: str,
    command: AcceptAsItIs | OrderAgain | TakeOverFeedback,
    act: Act,
    book: Rulebook,
) -> None:
    refuse_if_any(settling(case, referral, command))
    which = {"reference": case.reference, "referral": referral}
    match command:
        case AcceptAsItIs():
            texts = {"reason_ref": command.reason, "told_ref": command.told}
            case.record(events.FeedbackAcceptedAsIs, act, **texts, **which)
        case TakeOverFeedback():
            texts = {"reason_ref": command.reason, "told_ref": command.told}
            case.record(events.FeedbackTakenOver, act, **texts, **which)
        case OrderAgain():
            case.record(
                events.FeedbackOrderedAgain,
                act,
                what_is_missing_ref=command.what_is_missing,
                feedback_by=book.deadlines.term("int.rework", act.at),
                **which,
            )


def settling(
    case: "Intervention", referral: str, command: AcceptAsItIs | OrderAgain | TakeOverFeedback
) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, of_its_stage(case, type(command).__name__))
    found = case.referrals.get(referral)
    if found is None or not found.is_insufficient:
        yield FeedbackNotInsufficient(referral=referral, state=found.state if found else None)
    if not isinstance(command, OrderAgain):
        yield from telling(case, command.told)
