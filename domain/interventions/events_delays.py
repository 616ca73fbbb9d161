"""What happened to the term of an intervention: the delays that its sender was told of."""

from datetime import date
from typing import TYPE_CHECKING

from domain.interventions.entities import DelayNotice
from domain.interventions.events import InterventionEvent
from domain.terms import Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


class DelayNotified(InterventionEvent):
    """The sender is owed a notice of delay with a new date (KPA art. 245)."""

    TOPIC = "intervention.DelayNotified"
    number: int
    """One more with each notice of the case."""
    round: int
    new_date: date
    reason_ref: str
    previous_end: date
    """The legal end, or the announced date, that could not be kept."""
    announced: Term
    """The settlement with the new date as its end."""
    late: bool
    """Given only after that end: the sender is told, but the term is not extended by it."""

    def apply(self, case: "Intervention") -> None:
        notice = DelayNotice(
            number=self.number,
            round=self.round,
            announced=self.announced,
            previous_end=self.previous_end,
            reason_ref=self.reason_ref,
        )
        case.delay_foreseen = False
        case.delay_notices = (*case.delay_notices, notice)
