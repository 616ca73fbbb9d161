"""The task of deciding whether to answer in part (A22)."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from domain.interventions.asks import Ask, Now, head
from domain.interventions.commands_units import ReplyInPart, WaitForTheRest
from domain.interventions.partial import late
from domain.rulebook import Rulebook
from domain.tasks.commands import TaskOrder
from domain.tasks.types import Outcome, TaskType

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def _decisions(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    for referral in late(case):
        term = referral.feedback_by
        if term and term.overdue(now.at) and referral.waited_in != referral.terms_given:
            yield TaskOrder(type="decide_partial", subject=referral.ref, round=referral.terms_given)


def _when_late(case: "Intervention", book: Rulebook) -> Iterator[tuple[datetime, str]]:
    for referral in late(case):
        if referral.feedback_by and referral.feedback_by.due_at:
            yield referral.feedback_by.due_at, f"{referral.unit} is late with {referral.ref}"


def _late_since(case: "Intervention", order: TaskOrder) -> datetime:
    term = case.referrals[order.subject].feedback_by
    led_at = max(r.accepted_at for r in case.referrals.values() if r.lead and r.accepted_at)
    return max(term.due_at, led_at) if term and term.due_at else led_at


ASKS = (
    Ask(
        TaskType(
            name="decide_partial",
            outcomes={"partial": Outcome(ReplyInPart), "wait": Outcome(WaitForTheRest)},
            complete="int.decide_partial",
        ),
        needed=_decisions,
        started_at=_late_since,
        candidates=head,
        moments=_when_late,
    ),
)
