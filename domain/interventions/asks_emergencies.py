"""The task of an emergency: the duty officer telephones at once, at any hour (A2)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.interventions.asks import Ask, Now
from domain.interventions.commands_emergencies import DenyEmergency, RecordEmergencyCall
from domain.references import WHOLE_CASE
from domain.tasks.commands import TaskOrder
from domain.tasks.types import Outcome, TaskType

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def _calls(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    if case.alarm_since is not None and case.stage != "closed":
        yield TaskOrder(type="call_duty_officer", subject=WHOLE_CASE, round=case.alarms)


ASKS = (
    Ask(
        TaskType(
            name="call_duty_officer",
            outcomes={
                "passed_on": Outcome(RecordEmergencyCall, risk_reducing=True),
                "not_an_emergency": Outcome(DenyEmergency, risk_reducing=True),
            },
            complete="int.emergency_call",
            stands_still=False,
            ladder="phone",
            priority="urgent",
        ),
        needed=_calls,
        started_at=lambda case, order: case.alarm_since or case.registered_at,
        candidates=lambda case, order: ("KS-06/duty_officer",),
    ),
)
