"""What was told to whoever passed a resident's matter on."""

from typing import TYPE_CHECKING

from domain.interventions.events import InterventionEvent

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


class StateTold(InterventionEvent):
    TOPIC = "intervention.StateTold"
    text_ref: str
    by_letter: bool
    """False when no address is known, and it was told otherwise."""

    def apply(self, case: "Intervention") -> None:
        case.state_text_ref = self.text_ref
