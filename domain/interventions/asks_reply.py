"""Tasks of the reply: drafted, and approved when it is sensitive."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from domain.interventions.asks import Ask, Now
from domain.interventions.commands import ApproveReply, ReturnReply, SubmitReply
from domain.interventions.replies import approvers
from domain.references import WHOLE_CASE
from domain.tasks.commands import TaskOrder
from domain.tasks.types import Outcome, TaskType

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def _drafts(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    if case.stage == "drafting":
        yield TaskOrder(type="draft_reply", subject=WHOLE_CASE, round=case.drafts + 1)


def _approvals(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    if case.stage == "approval":
        yield TaskOrder(type="approve_reply", subject=WHOLE_CASE, round=case.drafts)


def _drafting_since(case: "Intervention", order: TaskOrder) -> datetime:
    return case.drafting_since or case.received_at


def _answer_at_once(case: "Intervention", order: TaskOrder) -> Mapping[str, str]:
    """The first draft of a round in which no unit is asked."""
    prepared = case.prepared.get(case.round)
    if prepared is None:
        return {}
    return {"outcome": "information_given", "text": prepared}


def _submitted_at(case: "Intervention", order: TaskOrder) -> datetime:
    settled_at = case.reply.settled_at if case.reply else None
    return settled_at or case.registered_at


def _approvers(case: "Intervention", order: TaskOrder) -> tuple[str, ...]:
    return approvers(case.reply.sensitive if case.reply else ())


ASKS = (
    Ask(
        TaskType(
            name="draft_reply",
            outcomes={"submitted": Outcome(SubmitReply)},
            complete="int.draft_reply",
        ),
        needed=_drafts,
        started_at=_drafting_since,
        prefilled=_answer_at_once,
    ),
    Ask(
        TaskType(
            name="approve_reply",
            outcomes={"approve": Outcome(ApproveReply), "return": Outcome(ReturnReply)},
            complete="int.approve_reply",
        ),
        needed=_approvals,
        started_at=_submitted_at,
        candidates=_approvers,
        excluded=lambda case, order: case.draft_authors,
    ),
)
