"""What happened between the Office and the sender after the report was taken in."""

from typing import TYPE_CHECKING

from domain.attachments import AttachedFile
from domain.interventions.commands import Attachment
from domain.interventions.entities import Supplement
from domain.interventions.events import InterventionEvent
from domain.terms import Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


class SupplementAsked(InterventionEvent):
    """The sender is called to say what is missing; our own clocks stand still meanwhile."""

    TOPIC = "intervention.SupplementAsked"
    round: int
    question_ref: str
    clocks: dict[str, Term]
    """Those that stand still from now on."""

    def apply(self, case: "Intervention") -> None:
        case.supplements[self.round] = Supplement(self.question_ref, asked_at=self.timestamp)
        case.clocks |= self.clocks
        case.stage = "awaiting_supplement"


class Supplemented(InterventionEvent):
    TOPIC = "intervention.Supplemented"
    round: int
    text_ref: str
    attachments: tuple[Attachment, ...]
    clocks: dict[str, Term]
    """Those that run again."""
    files: tuple[AttachedFile, ...] = ()

    def apply(self, case: "Intervention") -> None:
        case.supplements[self.round] = case.supplements[self.round].given(
            self.text_ref, self.timestamp
        )
        case.clocks |= self.clocks
        case.clocks.pop("supplement", None)
        case.back_to_triage(self.timestamp)


class SupplementLapsed(InterventionEvent):
    """The sender said nothing in time; the head decides what becomes of the report."""

    TOPIC = "intervention.SupplementLapsed"
    round: int
    clocks: dict[str, Term]
    """Those that run again."""

    def apply(self, case: "Intervention") -> None:
        case.supplements[self.round] = case.supplements[self.round].lapsed(self.timestamp)
        case.clocks |= self.clocks


class IncompleteAccepted(InterventionEvent):
    """What is known has to do: the matter is decided without the supplement."""

    TOPIC = "intervention.IncompleteAccepted"
    round: int
    reason_ref: str | None
    clocks: dict[str, Term]
    """Those that run again, when the call could not be delivered and so never lapsed."""

    def apply(self, case: "Intervention") -> None:
        case.clocks |= self.clocks
        case.clocks.pop("supplement", None)
        case.back_to_triage(self.timestamp)


class ReopenRequested(InterventionEvent):
    TOPIC = "intervention.ReopenRequested"
    number: int
    """One more with each request of the case."""
    round: int
    text_ref: str

    def apply(self, case: "Intervention") -> None:
        case.reopen_requests = self.number
        case.reopen_requested_at = self.timestamp
        case.reopen_texts[self.number] = self.text_ref
        case.reviews = (*case.reviews, self.timestamp)


class Reopened(InterventionEvent):
    """Another round, under the same number and with the same first receipt."""

    TOPIC = "intervention.Reopened"
    number: int
    round: int
    """The one that begins."""
    reason_ref: str | None
    clocks: dict[str, Term]
    """Those that start anew."""

    def apply(self, case: "Intervention") -> None:
        case.round = self.round
        case.reopen_requested_at = None
        case.window = None
        case.delay_foreseen = False
        case.clocks |= self.clocks
        case.back_to_triage(self.timestamp)


class ReopeningDeclined(InterventionEvent):
    """Noted on the file, and the sender is told."""

    TOPIC = "intervention.ReopeningDeclined"
    number: int
    round: int
    reason_ref: str

    def apply(self, case: "Intervention") -> None:
        case.reopen_requested_at = None
        case.declined_reopenings[self.number] = self.reason_ref


class WithdrawalReceived(InterventionEvent):
    TOPIC = "intervention.WithdrawalReceived"
    number: int
    """One more with each wish of this kind."""
    text_ref: str

    def apply(self, case: "Intervention") -> None:
        case.withdrawals = self.number
        case.withdrawal_received_at = self.timestamp


class Withdrawn(InterventionEvent):
    """The matter ends as the sender wishes."""

    TOPIC = "intervention.Withdrawn"
    number: int
    reason_ref: str | None

    def apply(self, case: "Intervention") -> None:
        case.withdrawal_received_at = None
        case.begin_to_end("withdrawn")


class ContinuedExOfficio(InterventionEvent):
    """The public interest asks for what the sender does not want any more."""

    TOPIC = "intervention.ContinuedExOfficio"
    number: int
    reason_ref: str

    def apply(self, case: "Intervention") -> None:
        case.withdrawal_received_at = None
