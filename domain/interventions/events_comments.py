"""What people remark on a case."""

from typing import TYPE_CHECKING

from domain.attachments import AttachedFile
from domain.interventions.events import InterventionEvent

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


class Commented(InterventionEvent):
    TOPIC = "intervention.Commented"
    text_ref: str
    attachments: tuple[AttachedFile, ...]

    def apply(self, case: "Intervention") -> None:
        """No decision depends on a comment."""
