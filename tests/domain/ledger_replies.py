"""An observer of replies: a case that was answered closes once its answer has arrived."""

from domain.interventions import events
from domain.interventions.events import InterventionEvent, NoticeEvent
from domain.interventions.events_bounces import BounceHandled
from domain.interventions.events_records import DataCorrected
from domain.interventions.events_sender import Reopened

ANSWERED = frozenset({"done", "planned", "not_possible", "no_basis", "information_given"})
"""How a case closes whose sender was told what came of it; every other way has its own letter."""

ON_FILE = frozenset({"file_note", "other_channel"})
"""A note that it bounced, or that it was given in another way, ends the delivery."""


class ReplyLedger:
    """I3; whoever gave no address is owed no letter, and reads the outcome with a code."""

    def __init__(self) -> None:
        self._reachable: dict[str, bool] = {}
        self._round: dict[str, int] = {}
        self._arrived: set[tuple[str, str]] = set()
        """Letters that were delivered or noted on the file, by case and key."""
        self.answered = 0

    def read(self, event: InterventionEvent) -> None:
        case = event.reference
        if isinstance(event, events.Registered):
            self._reachable[case] = event.reach != "none"
            self._round[case] = 1
        if isinstance(event, DataCorrected) and event.field == "sender":
            self._reachable[case] = event.reach not in (None, "none")
        if isinstance(event, Reopened):
            self._round[case] += 1
        if isinstance(event, NoticeEvent):
            self._of_letter(event)
        if isinstance(event, events.Closed) and event.outcome in ANSWERED:
            told = (case, f"N5.{self._round[case]}.sender") in self._arrived
            assert told or not self._reachable[case], f"I3: {event}"
            self.answered += 1

    def _of_letter(self, event: NoticeEvent) -> None:
        letter = (event.reference, event.key)
        noted = isinstance(event, BounceHandled) and event.way in ON_FILE
        if isinstance(event, events.NoticeDelivered) or noted:
            self._arrived.add(letter)
        else:
            self._arrived.discard(letter)
