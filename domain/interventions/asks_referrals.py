"""Tasks of referrals: the unit answers or returns, KS-06 checks or sends on (§ 9.2-3)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from domain.interventions.asks import Ask, Now, coordinators, head, referrals_asked
from domain.interventions.commands import (
    AcceptFeedback,
    AnswerReferral,
    DecideCompetence,
    InsistOnUnit,
    RerouteReferral,
    ReturnFeedback,
    ReturnReferral,
)
from domain.interventions.entities import Referral
from domain.rulebook import Rulebook
from domain.tasks.commands import TaskOrder
from domain.tasks.types import Outcome, TaskType
from domain.terms import Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

RESULTS = ("done", "planned", "not_possible", "no_basis", "information")


def _order(kind: str, referral: Referral) -> TaskOrder:
    return TaskOrder(type=kind, subject=referral.ref, round=referral.turn)


def _answers(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    for referral in referrals_asked(case):
        if referral.state == "sent" and referral.mode == "feedback":
            yield _order("answer_referral", referral)


def _ways(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    for referral in referrals_asked(case):
        if referral.waits_for_its_way and not referral.disputed:
            yield _order("reroute", referral)


def _disputes(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    for referral in referrals_asked(case):
        if referral.waits_for_its_way and referral.disputed:
            yield _order("settle_competence", referral)


def _checks(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    for referral in referrals_asked(case):
        if referral.state == "answered" and not referral.is_insufficient:
            yield _order("check_feedback", referral)


def _sent_at(case: "Intervention", order: TaskOrder) -> datetime:
    referral = case.referrals[order.subject]
    return referral.feedback_by.start if referral.feedback_by else referral.sent_at


def _feedback_by(case: "Intervention", order: TaskOrder, book: Rulebook) -> Term:
    term = case.referrals[order.subject].feedback_by
    assert term is not None  # who owes an answer has a term for it
    return term


def _returned_at(case: "Intervention", order: TaskOrder) -> datetime:
    referral = case.referrals[order.subject]
    return referral.returned_at or referral.sent_at


def _answered_at(case: "Intervention", order: TaskOrder) -> datetime:
    referral = case.referrals[order.subject]
    return referral.answered_at or referral.sent_at


def _who_answered(case: "Intervention", order: TaskOrder) -> Mapping[str, str]:
    answered_by = case.referrals[order.subject].answered_by
    return dict.fromkeys(answered_by, f"answered {order.subject}")


ASKS = (
    Ask(
        TaskType(
            name="answer_referral",
            outcomes={
                **{result: Outcome(AnswerReferral) for result in RESULTS},
                "misrouted": Outcome(ReturnReferral),
            },
            respond="int.unit_ack",
            complete="int.feedback",
            ladder="unit",
            recorders=("KS-06/clerk",),
        ),
        needed=_answers,
        started_at=_sent_at,
        candidates=coordinators,
        complete_by=_feedback_by,
        moved_by=lambda case, order: case.referrals[order.subject].last_date_by,
        # A returned answer was taken before.
        responds=lambda case, order: order.round == 1,
    ),
    Ask(
        TaskType(
            name="reroute",
            outcomes={"forward": Outcome(RerouteReferral), "insist": Outcome(InsistOnUnit)},
            complete="int.reroute",
        ),
        needed=_ways,
        started_at=_returned_at,
    ),
    Ask(
        TaskType(
            name="settle_competence",
            outcomes={"unit": Outcome(DecideCompetence)},
            complete="int.competence",
        ),
        needed=_disputes,
        started_at=_returned_at,
        candidates=head,
    ),
    Ask(
        TaskType(
            name="check_feedback",
            outcomes={"accept": Outcome(AcceptFeedback), "return": Outcome(ReturnFeedback)},
            complete="int.check_feedback",
        ),
        needed=_checks,
        started_at=_answered_at,
        excluded=_who_answered,
    ),
)
