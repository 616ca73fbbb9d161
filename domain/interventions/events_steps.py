"""What operators did to single steps of a case."""

from datetime import date
from typing import TYPE_CHECKING

from domain.interventions.events import InterventionEvent

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


class StepEvent(InterventionEvent):
    """Base of them; the task follows in the same save."""

    task_ref: str
    reason_ref: str

    @property
    def task(self) -> str:
        """As it is called where it is asked for."""
        return self.task_ref


class TaskTakenBack(StepEvent):
    TOPIC = "intervention.TaskTakenBack"

    def apply(self, case: "Intervention") -> None:
        case.taken_back = case.taken_back | {self.task_ref}


class TermMoved(StepEvent):
    TOPIC = "intervention.TermMoved"
    until: date

    def apply(self, case: "Intervention") -> None:
        case.terms_moved = {**case.terms_moved, self.task_ref: self.until}


class StepReopened(StepEvent):
    TOPIC = "intervention.StepReopened"
    step: str
    """The reference of the first task of this step."""
    attempt: int

    def apply(self, case: "Intervention") -> None:
        case.attempts = {**case.attempts, self.step: self.attempt}
