"""The sender asks to look at the matter once more: another round, or not (A27)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events_sender as events
from domain.interventions import transfers
from domain.interventions.commands_sender import (
    DeclineReopening,
    FindComplaint,
    Reopen,
    ReopenIntervention,
)
from domain.interventions.commands_transfers import ProposeRequalification
from domain.interventions.handling import clocks_of
from domain.interventions.recalls import recall_open_referrals
from domain.interventions.refusals import (
    NoReopeningRequested,
    ReopeningsExhausted,
    ReopeningUnderReview,
    WindowClosed,
)
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook
from domain.terms import Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

COMPLAINT = "complaint"


def request_reopening(
    case: "Intervention", command: ReopenIntervention, act: Act, book: Rulebook
) -> None:
    """Until the legal end of the time for it, and no more than so often."""
    refuse_if_any(requesting(case, act, book))
    case.record(
        events.ReopenRequested,
        act,
        reference=case.reference,
        number=case.reopen_requests + 1,
        round=case.round,
        text_ref=command.text,
    )


def review_reopening(
    case: "Intervention", command: Reopen | DeclineReopening, act: Act, book: Rulebook
) -> None:
    refuse_if_any(reviewing(case, type(command).__name__))
    if isinstance(command, Reopen):
        # Triage begins anew, and with it whom to ask.
        recall_open_referrals(case, act, command.reason)
        case.record(
            events.Reopened,
            act,
            reference=case.reference,
            number=case.reopen_requests,
            round=case.round + 1,
            reason_ref=command.reason,
            clocks=_started_anew(case, act, book),
        )
        return
    case.record(
        events.ReopeningDeclined,
        act,
        reference=case.reference,
        number=case.reopen_requests,
        round=case.round,
        reason_ref=command.reason,
    )


def find_complaint(case: "Intervention", command: FindComplaint, act: Act, book: Rulebook) -> None:
    """The request waits until another person has confirmed or rejected that (A9, A10)."""
    refuse_if_any(reviewing(case, "FindComplaint"))
    proposal = ProposeRequalification(kind=COMPLAINT, reason=command.reason)
    transfers.propose(case, proposal, act, book, review=case.reopen_requests)


def under_review(case: "Intervention") -> bool:
    """Whether somebody has to judge a request; not while it may turn out to be a complaint."""
    elsewhere = case.proposal is not None and case.proposal.review is not None
    return case.stage == "replied" and case.reopen_requested_at is not None and not elsewhere


def requesting(case: "Intervention", act: Act, book: Rulebook) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "ReopenIntervention")
    if case.reopen_requested_at is not None:
        yield ReopeningUnderReview()
    limit = book.limits.interventions.max_reopenings
    if case.round > limit:
        yield ReopeningsExhausted(limit=limit)
    if case.window is not None and case.window.legally_overdue(act.at):
        yield WindowClosed(until=str(case.window.legal_end))


def reviewing(case: "Intervention", command: str) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, command)
    if case.reopen_requested_at is None:
        yield NoReopeningRequested()


def _started_anew(case: "Intervention", act: Act, book: Rulebook) -> dict[str, Term]:
    """Triage from now on; the settlement from the request, unless a setting leaves it alone."""
    clocks = {"triage": book.deadlines.term("int.triage", act.at)}
    if book.limits.interventions.reopening_starts_settlement and case.reopen_requested_at:
        rule = clocks_of(case.handling)["settlement"]
        clocks["settlement"] = book.deadlines.term(rule, case.reopen_requested_at)
    return clocks
