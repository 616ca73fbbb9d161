"""What happened to a report that may be something else."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from domain.interventions.entities import Proposal, Transfer
from domain.interventions.events import InterventionEvent
from domain.terms import Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


class RequalificationProposed(InterventionEvent):
    TOPIC = "intervention.RequalificationProposed"
    number: int
    kind: str
    to: str
    reason_ref: str
    review: int | None = None
    """The request to reopen that was found to be of this kind."""

    def apply(self, case: "Intervention") -> None:
        case.proposals = self.number
        case.proposal = Proposal(
            kind=self.kind,
            to=self.to,
            proposed_by=self.by,
            proposed_at=self.timestamp,
            review=self.review,
        )


class RequalificationRejected(InterventionEvent):
    """The case is what it was; what was asked in triage or in a review is asked again."""

    TOPIC = "intervention.RequalificationRejected"
    number: int
    kind: str
    reason_ref: str

    def apply(self, case: "Intervention") -> None:
        if case.proposal is not None and case.proposal.review is not None:
            case.reviews = (*case.reviews, self.timestamp)
        case.proposal = None
        if case.stage == "triage":
            case.back_to_triage(self.timestamp)


class Requalified(InterventionEvent):
    """Another register has it from now on, with the term of its kind from the first receipt."""

    TOPIC = "intervention.Requalified"
    number: int
    kind: str
    owner: str
    row_valid_from: date
    """Which row of the table said so."""
    target_ref: str | None
    """Its reference in the other register, when that register is kept in this system."""
    received_at: datetime
    terms: dict[str, Term]
    note_ref: str | None

    def apply(self, case: "Intervention") -> None:
        review = case.proposal.review if case.proposal else None
        case.proposal = None
        case.departures += 1
        case.transfer = Transfer(
            self.kind, self.row_valid_from, self.owner, dict(self.terms), review
        )
        case.begin_to_end("transferred")
