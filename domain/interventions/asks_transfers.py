"""The task of a report that may be something else: another person decides (A10)."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from domain.interventions.asks import Ask, Now, head
from domain.interventions.commands_transfers import ConfirmRequalification, RejectRequalification
from domain.interventions.transitions import ON_THE_MERITS
from domain.references import WHOLE_CASE
from domain.tasks.commands import TaskOrder
from domain.tasks.types import Outcome, TaskType

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def _confirmations(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    if case.proposal is not None and case.stage in ON_THE_MERITS:
        yield TaskOrder(type="confirm_requalification", subject=WHOLE_CASE, round=case.proposals)


def _proposer(case: "Intervention", order: TaskOrder) -> Mapping[str, str]:
    proposal = case.proposal
    return {proposal.proposed_by: "proposed the requalification"} if proposal else {}


ASKS = (
    Ask(
        TaskType(
            name="confirm_requalification",
            outcomes={
                "confirm": Outcome(ConfirmRequalification),
                "reject": Outcome(RejectRequalification),
            },
            complete="int.requalify_confirm",
        ),
        needed=_confirmations,
        started_at=lambda case, order: (
            case.proposal.proposed_at if case.proposal else case.registered_at
        ),
        candidates=head,
        excluded=_proposer,
    ),
)
