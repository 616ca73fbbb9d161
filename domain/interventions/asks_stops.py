"""The task of a run that was cancelled in the Temporal UI: somebody says why (A33)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.interventions.asks import Ask, Now
from domain.interventions.commands import CloseInError, RestartWorkflow
from domain.references import WHOLE_CASE
from domain.tasks.commands import TaskOrder
from domain.tasks.types import Outcome, TaskType

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def _justifications(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    if case.stopped_at is not None and case.stage != "closed":
        yield TaskOrder(type="justify_stop", subject=WHOLE_CASE, round=case.stops)


ASKS = (
    Ask(
        TaskType(
            name="justify_stop",
            outcomes={
                "restart": Outcome(RestartWorkflow),
                "close_in_error": Outcome(CloseInError, risk_reducing=True),
            },
            complete="int.reroute",
        ),
        needed=_justifications,
        started_at=lambda case, order: case.stopped_at or case.registered_at,
        candidates=lambda case, order: ("KS-06/head", "operator"),
    ),
)
