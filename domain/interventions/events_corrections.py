"""What was put right of what had been written."""

from typing import TYPE_CHECKING

from domain.interventions.entities import Correction
from domain.interventions.events import InterventionEvent

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


class LetterCorrected(InterventionEvent):
    """Whoever got the wrong letter is owed another one."""

    TOPIC = "intervention.LetterCorrected"
    number: int
    letter: str
    """Kind, round and recipient of the wrong one."""
    recipient: str
    text_ref: str

    def apply(self, case: "Intervention") -> None:
        correction = Correction(self.letter, self.recipient, self.text_ref, self.by)
        case.corrections = (*case.corrections, correction)
