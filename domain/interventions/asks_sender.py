"""Tasks about what the sender said, or did not say, after the report (§ 9.1)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.interventions import supplements
from domain.interventions.asks import Ask, Now, head
from domain.interventions.commands_sender import ConsiderAsItIs, LeaveWithoutConsideration
from domain.references import WHOLE_CASE
from domain.tasks.commands import TaskOrder
from domain.tasks.types import Outcome, TaskType

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def _incomplete(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    if supplements.undecided(case):
        yield TaskOrder(type="decide_incomplete", subject=WHOLE_CASE, round=case.round)


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
)
