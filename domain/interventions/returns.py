"""A referral that its unit returns: the guards of sending it back and of sending it on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.errors import Refusal
from domain.interventions.commands import DecideCompetence, RerouteReferral, ReturnReferral
from domain.interventions.entities import Referral
from domain.interventions.refusals import (
    CompetenceAlreadyDecided,
    ReasonsMissing,
    ReferralNotOpen,
    ReferralNotReturned,
    ReturnTooLate,
    TooManyReferrals,
    UnitNotActive,
)
from domain.interventions.rules import addressable
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook
from domain.terms import Term
from domain.working_days import local_day

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def return_by(referral: Referral, book: Rulebook) -> Term:
    """Until when the unit may return the referral without saying why so late."""
    return book.deadlines.term("int.misroute", referral.sent_at)


def returning(
    case: "Intervention", referral: str, command: ReturnReferral, act: Act, book: Rulebook
) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "ReturnReferral")
    found = case.referrals.get(referral)
    if found is None or found.state != "sent":
        yield ReferralNotOpen(referral=referral, state=found.state if found else None)
        return
    if case.competent.get(found.unit) == case.round:
        yield CompetenceAlreadyDecided(unit=found.unit)
    limit = return_by(found, book)
    if limit.overdue(act.at) and command.note is None:
        yield ReturnTooLate(field="note", until=str(limit.safe_due))
    suggested = command.suggested
    if suggested is not None and not book.routing.unit_active(suggested, local_day(act.at)):
        yield UnitNotActive(field="suggested", unit=suggested)


def sending_on(
    case: "Intervention",
    referral: str,
    command: RerouteReferral | DecideCompetence,
    act: Act,
    book: Rulebook,
) -> Iterator[Refusal]:
    """Of sending a returned referral on, by a clerk or by the head."""
    yield from stage_allows(case.stage, type(command).__name__)
    found = case.referrals.get(referral)
    if found is None or not found.waits_for_its_way:
        yield ReferralNotReturned(referral=referral, state=found.state if found else None)
    elif command.unit == found.unit and command.reason is None:
        yield ReasonsMissing(field="reason")
    yield from addressable("", command.unit, command.redacted, local_day(act.at), book)
    limit = book.limits.interventions.max_referrals
    if len(case.referrals) >= limit:
        yield TooManyReferrals(limit=limit)
