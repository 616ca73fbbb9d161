"""What happened to reports of one matter, on both sides."""

from typing import TYPE_CHECKING

from domain.interventions.entities import JoinedSender, Joining
from domain.interventions.events import InterventionEvent
from domain.terms import Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


class MarkedDuplicate(InterventionEvent):
    """Its sender is told what becomes of the other case, and this one ends."""

    TOPIC = "intervention.MarkedDuplicate"
    target: str
    joined: str
    """The sender's place among those joined to the other case: `S1`."""
    reason_ref: str | None
    outcome: str | None
    """With the next three, how the other case was settled, when its notice had gone out."""
    reply_ref: str | None
    reasons_ref: str | None
    signer: str | None

    def apply(self, case: "Intervention") -> None:
        case.departures += 1
        case.joining = Joining(
            target=self.target,
            joined=self.joined,
            outcome=self.outcome,
            reply_ref=self.reply_ref,
            reasons_ref=self.reasons_ref,
            signer=self.signer,
        )
        case.begin_to_end("duplicate")


class DuplicateUnlinked(InterventionEvent):
    """It is qualified by itself, with its own clocks from its own receipt."""

    TOPIC = "intervention.DuplicateUnlinked"
    target: str
    joined: str
    reason_ref: str
    number: int
    """How often it was parted, this time included."""

    def apply(self, case: "Intervention") -> None:
        case.joining = None
        case.unlinks = self.number
        case.ending = None
        case.outcome = None
        case.closed_at = None
        case.back_to_triage(self.timestamp)


class SenderJoined(InterventionEvent):
    """Another report is about the same matter: its sender gets the notices from now on."""

    TOPIC = "intervention.SenderJoined"
    joined: str
    source: str
    sender: str | None
    reach: str
    known: tuple[str, ...]
    """The letters to the first sender that were written before, and that this one does not get."""
    clocks: dict[str, Term] | None = None
    """Those of the motion that joined what had been nobody's: the case is one from now on."""

    def apply(self, case: "Intervention") -> None:
        if self.clocks is not None:
            case.handle_as("motion", self.clocks)
        case.joined[self.joined] = JoinedSender(
            ref=self.joined,
            source=self.source,
            sender=self.sender,
            reach=self.reach,
            known=self.known,
        )


class SenderLeft(InterventionEvent):
    """That report turned out to be about another matter; nothing more is written to its sender."""

    TOPIC = "intervention.SenderLeft"
    joined: str
    source: str

    def apply(self, case: "Intervention") -> None:
        case.joined[self.joined] = case.joined[self.joined].parted()
