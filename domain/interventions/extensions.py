"""More time for a unit that asks for it before its own is over (A17)."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events_units as events
from domain.interventions.commands_units import GrantExtension, RefuseExtension, RequestExtension
from domain.interventions.delays import foresees_delay
from domain.interventions.entities import Referral
from domain.interventions.refusals import (
    ExtensionNotRequested,
    ExtensionRequestedAlready,
    ExtensionTooLate,
    ReferralNotOpen,
    TermNotLater,
    TooManyExtensions,
)
from domain.interventions.transitions import of_its_stage, stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook
from domain.working_days import local_day

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def request_extension(
    case: "Intervention",
    command: RequestExtension,
    act: Act,
    book: Rulebook,
    recorded_by: str | None = None,
) -> None:
    refuse_if_any(requesting(case, command, act, book))
    referral = case.referrals[command.referral]
    final = book.deadlines.term("int.feedback_final", referral.sent_at)
    case.record(
        events.ExtensionRequested,
        act,
        reference=case.reference,
        referral=referral.ref,
        number=referral.requests + 1,
        until=command.until,
        reason_ref=command.reason,
        by_deputy=command.until > final.legal_end,
        recorded_by=recorded_by,
    )


def decide_extension(
    case: "Intervention",
    referral: str,
    command: GrantExtension | RefuseExtension,
    act: Act,
    book: Rulebook,
) -> None:
    refuse_if_any(deciding(case, referral, command, act))
    asked = case.referrals[referral]
    which = {"reference": case.reference, "referral": referral, "number": asked.requests}
    if isinstance(command, RefuseExtension):
        case.record(events.ExtensionRefused, act, reason_ref=command.reason, **which)
        return
    assert asked.request is not None  # the guards above
    assert asked.feedback_by is not None
    case.record(
        events.ExtensionGranted,
        act,
        until=asked.request.until,
        feedback_by=book.deadlines.extend(asked.feedback_by, asked.request.until),
        delay_foreseen=foresees_delay(case, asked.request.until, book),
        **which,
    )


def requesting(
    case: "Intervention", command: RequestExtension, act: Act, book: Rulebook
) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, of_its_stage(case, "RequestExtension"))
    found = case.referrals.get(command.referral)
    if found is None or not found.owes_answer:
        state = found.state if found else None
        yield ReferralNotOpen(field="referral", referral=command.referral, state=state)
        return
    if found.feedback_by and found.feedback_by.overdue(act.at):
        yield ExtensionTooLate(until=str(found.feedback_by.safe_due))
    limit = book.limits.interventions.max_extensions
    if found.extensions >= limit:
        yield TooManyExtensions(limit=limit)
    if found.request is not None:
        yield ExtensionRequestedAlready(until=str(found.request.until))
    yield from later_than_now(found, command.until, act, field="until")


def deciding(
    case: "Intervention", referral: str, command: GrantExtension | RefuseExtension, act: Act
) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, of_its_stage(case, type(command).__name__))
    found = case.referrals.get(referral)
    if found is None or not found.owes_answer or found.request is None:
        yield ExtensionNotRequested(referral=referral)
    elif isinstance(command, GrantExtension):
        yield from later_than_now(found, found.request.until, act)


def later_than_now(referral: Referral, until: date, act: Act, **where: str) -> Iterator[Refusal]:
    """A new date lies after the term that the unit has, and after today."""
    term = referral.feedback_by
    earliest = max(term.legal_end, local_day(act.at)) if term else local_day(act.at)
    if until <= earliest:
        yield TermNotLater(**where, until=str(until), later_than=str(earliest))
