"""The terms that a case still waits for, counted anew by the tables of today (§ 11.1).

A new version of the calendar or a new dated row of a rule moves them. What a term was set for and
is done already is not judged by another term afterwards.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from domain.errors import refuse_if_any
from domain.interventions import events_terms as events
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook
from domain.tasks.commands import cause_of_recount
from domain.terms import Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


class _Running(NamedTuple):
    clock: str
    referral: str | None
    term: Term


def is_outdated(case: "Intervention", book: Rulebook) -> bool:
    """Whether the tables of today give one of its terms another value."""
    return any(book.deadlines.recompute(term) is not term for _, _, term in _running(case))


def recount(case: "Intervention", act: Act, book: Rulebook) -> None:
    """One event for each value that moves."""
    refuse_if_any(stage_allows(case.stage, "RecountTerms"))
    for clock, referral, term in _running(case):
        again = book.deadlines.recompute(term)
        if again is not term:
            case.record(
                events.TermRecounted,
                act,
                reference=case.reference,
                clock=clock,
                referral=referral,
                old=term,
                new=again,
                cause=cause_of_recount(term, again),
            )


def met_at(case: "Intervention") -> dict[str, datetime | None]:
    """When the case did what its own clocks were set for."""
    referred = [each.sent_at for each in case.referrals.values()]
    departed = [each.sent_at for key, each in case.letters.items() if key.startswith("N8.")]
    forwarded_at = min((*referred, *departed), default=None)
    acknowledged = case.letters.get("N1.1.sender")
    told = case.outcome_letter
    settled_at = told.sent_at if told else None
    if case.reach == "none" and case.stage in ("replied", "closed") and case.reply:
        settled_at = case.reply.settled_at
    return {
        "acknowledgement": acknowledged.sent_at if acknowledged else None,
        "triage": case.triaged_at,
        "forwarding": forwarded_at,
        "settlement": settled_at,
        "announced": settled_at,
    }


def _running(case: "Intervention") -> Iterator[_Running]:
    met = met_at(case)
    # A date that was announced to the sender stays as the letter said it.
    for clock, term in list(case.clocks.items()):
        if met.get(clock) is None:
            yield _Running(clock, None, term)
    for referral in list(case.referrals.values()):
        if referral.state == "sent" and referral.feedback_by is not None:
            yield _Running(events.FEEDBACK, referral.ref, referral.feedback_by)
    if case.window is not None and case.stage != "closed":
        yield _Running(events.REOPENING, None, case.window)
