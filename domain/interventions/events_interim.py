"""What a unit told before it could answer."""

from datetime import date
from typing import TYPE_CHECKING

from domain.interventions.entities import News
from domain.interventions.events import InterventionEvent

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


class InterimInformationGiven(InterventionEvent):
    """What a unit said before it could answer; its term runs on."""

    TOPIC = "intervention.InterimInformationGiven"
    referral: str
    text_ref: str
    expected_on: date | None
    tell_sender: bool = False
    """It came after the term for the answer: the sender has to know why nothing happens."""
    recorded_by: str | None = None
    """Who wrote it down, when the unit said it by letter."""

    def apply(self, case: "Intervention") -> None:
        """The referral is as open as before."""
        if self.tell_sender:
            news = News(self.referral, self.text_ref, self.by, self.expected_on)
            case.interim_news = (*case.interim_news, news)
