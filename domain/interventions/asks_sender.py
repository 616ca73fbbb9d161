"""Tasks about what the sender said, or did not say, after the report (§ 9.1)."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from domain.interventions import reopenings, supplements
from domain.interventions.asks import Ask, Now, head
from domain.interventions.commands_sender import (
    ConsiderAsItIs,
    ContinueExOfficio,
    DeclineReopening,
    FindComplaint,
    LeaveWithoutConsideration,
    Reopen,
    StopOnWithdrawal,
)
from domain.references import WHOLE_CASE
from domain.tasks.commands import TaskOrder
from domain.tasks.types import Outcome, TaskType

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def _incomplete(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    if supplements.undecided(case):
        yield TaskOrder(type="decide_incomplete", subject=WHOLE_CASE, round=case.round)


def _reviews(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    if reopenings.under_review(case):
        yield TaskOrder(type="review_reopening", subject=WHOLE_CASE, round=len(case.reviews))


def _approver(case: "Intervention", order: TaskOrder) -> Mapping[str, str]:
    """Whoever approved the reply had better not judge whether it was good."""
    approver = case.reply.approved_by if case.reply else None
    return {approver: "approved the reply"} if approver else {}


def _withdrawals(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    if case.withdrawal_received_at is not None and case.stage not in ("ending", "closed"):
        yield TaskOrder(type="decide_withdrawal", subject=WHOLE_CASE, round=case.withdrawals)


ASKS = (
    Ask(
        TaskType(
            name="decide_incomplete",
            outcomes={
                "leave_without_consideration": Outcome(LeaveWithoutConsideration),
                "continue": Outcome(ConsiderAsItIs),
            },
            complete="int.decide_incomplete",
        ),
        needed=_incomplete,
        started_at=lambda case, order: supplements.undecided_since(case),
        candidates=head,
    ),
    Ask(
        TaskType(
            name="review_reopening",
            outcomes={
                "reopen": Outcome(Reopen),
                "no_new_facts": Outcome(DeclineReopening),
                "complaint": Outcome(FindComplaint),
            },
            complete="int.reopen_review",
        ),
        needed=_reviews,
        started_at=lambda case, order: case.reviews[-1] if case.reviews else case.registered_at,
        candidates=head,
        avoided=_approver,
    ),
    Ask(
        TaskType(
            name="decide_withdrawal",
            outcomes={
                "stop": Outcome(StopOnWithdrawal, risk_reducing=True),
                "continue": Outcome(ContinueExOfficio),
            },
            complete="int.withdrawal",
        ),
        needed=_withdrawals,
        started_at=lambda case, order: case.withdrawal_received_at or case.registered_at,
    ),
)
