"""Whether the feedback of a unit answers the question (A18, A19)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events
from domain.interventions.commands import AcceptFeedback, ReturnFeedback
from domain.interventions.partial import telling
from domain.interventions.refusals import FeedbackNotWaiting
from domain.interventions.transitions import of_its_stage, stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def accept_feedback(case: "Intervention", referral: str, command: AcceptFeedback, act: Act) -> None:
    refuse_if_any(accepting(case, referral, command))
    case.record(
        events.FeedbackAccepted,
        act,
        reference=case.reference,
        referral=referral,
        told_ref=command.told,
    )


def return_feedback(
    case: "Intervention", referral: str, command: ReturnFeedback, act: Act, book: Rulebook
) -> None:
    """Back to the unit, with what is missing, or up to the deputy at last (A19)."""
    refuse_if_any(checking(case, referral, "ReturnFeedback"))
    turn = case.referrals[referral].turn
    again = turn <= book.limits.interventions.max_feedback_returns
    case.record(
        events.FeedbackReturned,
        act,
        reference=case.reference,
        referral=referral,
        what_is_missing_ref=command.what_is_missing,
        number=turn,
        feedback_by=book.deadlines.term("int.rework", act.at) if again else None,
    )


def checking(case: "Intervention", referral: str, command: str) -> Iterator[Refusal]:
    """Of accepting and of returning feedback."""
    yield from stage_allows(case.stage, of_its_stage(case, command))
    found = case.referrals.get(referral)
    if found is None or found.state != "answered" or found.is_insufficient:
        yield FeedbackNotWaiting(referral=referral, state=found.state if found else None)


def accepting(case: "Intervention", referral: str, command: AcceptFeedback) -> Iterator[Refusal]:
    yield from checking(case, referral, "AcceptFeedback")
    yield from telling(case, command.told)
