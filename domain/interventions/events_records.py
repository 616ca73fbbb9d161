"""What was put right in the record of a case, and what was put onto its file."""

from typing import TYPE_CHECKING

from domain.attachments import AttachedFile
from domain.interventions.commands import Place
from domain.interventions.events import InterventionEvent
from domain.terms import Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


NOT_ARRIVED = ("prepared", "bounced", "again")
"""Letters that have not left for good, or came back: they are another's now."""


class DataCorrected(InterventionEvent):
    """One thing has another value; `old` is the one before, a text by its reference."""

    TOPIC = "intervention.DataCorrected"
    field: str
    old: object
    category: str | None
    channel: str | None
    place: Place | None
    text_ref: str | None
    reason_ref: str
    sender: str | None = None
    """With the next four, of `field` sender: the right one by reference; None for nobody."""
    reach: str | None = None
    handling: str | None = None
    clocks: dict[str, Term] | None = None
    """The ones that count instead, when the report is handled otherwise from now on."""
    window: Term | None = None

    def apply(self, case: "Intervention") -> None:
        case.category = self.category or case.category
        case.channel = self.channel or case.channel
        case.place = self.place or case.place
        case.text_ref = self.text_ref or case.text_ref
        if self.field == "sender":
            self._put_sender(case)

    def _put_sender(self, case: "Intervention") -> None:
        case.former_senders = (*case.former_senders, case.sender)
        case.sender = self.sender
        case.reach = self.reach or "none"
        case.addresses.pop("sender", None)
        case.handle_as(self.handling or case.handling, self.clocks)
        case.window = self.window or case.window
        for key, letter in case.letters.items():
            if key.endswith(".sender") and letter.state in NOT_ARRIVED:
                case.letters[key] = letter.tried_with(case.reach)


class RegisteredInError(InterventionEvent):
    """There is no such matter; the units that were asked are told.

    Nobody is asked any more why its run was cancelled: the reason is known.
    """

    TOPIC = "intervention.RegisteredInError"
    reason_ref: str

    def apply(self, case: "Intervention") -> None:
        case.stopped_at = None
        case.begin_to_end("registered_in_error")


class DocumentFiled(InterventionEvent):
    TOPIC = "intervention.DocumentFiled"
    text_ref: str
    from_whom: str
    referral: str | None
    attachments: tuple[AttachedFile, ...]

    def apply(self, case: "Intervention") -> None:
        """Nothing follows from it: what has to follow is told by a decision or an instruction."""
