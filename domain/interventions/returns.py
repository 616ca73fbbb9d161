"""A referral that its unit returns, and that is sent on: guards and commands (A13-A15)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events
from domain.interventions.commands import (
    DecideCompetence,
    ReferralOrder,
    RerouteReferral,
    ReturnReferral,
)
from domain.interventions.entities import Referral
from domain.interventions.holds import standing
from domain.interventions.partial import telling_who_has_it
from domain.interventions.referrals import addressable, refer
from domain.interventions.refusals import (
    CompetenceAlreadyDecided,
    ReasonsMissing,
    ReferralNotOpen,
    ReferralNotReturned,
    ReturnTooLate,
    TooManyReferrals,
    UnitNotActive,
)
from domain.interventions.rounds import asked_this_round
from domain.interventions.transitions import of_its_stage, stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook
from domain.terms import Term
from domain.working_days import local_day

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def return_referral(
    case: "Intervention",
    referral: str,
    command: ReturnReferral,
    act: Act,
    book: Rulebook,
    *,
    recorded: bool = False,
) -> None:
    """Wrongly addressed, the unit says (A13)."""
    refuse_if_any(returning(case, referral, command, act, book))
    returned = case.referrals[referral]
    limit = return_by(case, returned, book)
    case.record(
        events.ReferralReturned,
        act,
        reference=case.reference,
        referral=referral,
        reason_ref=command.reason,
        suggested=command.suggested,
        hop=returned.hop + 1,
        disputed=returned.hop + 1 >= book.limits.interventions.returns_before_head_decides,
        return_by=limit,
        late=limit.overdue(act.at),
        note_ref=command.note,
        recorded_by=act.by if recorded else None,
    )


def send_on(
    case: "Intervention",
    referral: str,
    command: RerouteReferral | DecideCompetence,
    act: Act,
    book: Rulebook,
) -> None:
    """A returned referral goes on: a clerk sends it (A14), or the head decides (A15)."""
    refuse_if_any(sending_on(case, referral, command, act, book))
    if isinstance(command, DecideCompetence):
        case.record(
            events.CompetenceDecided,
            act,
            reference=case.reference,
            referral=referral,
            unit=command.unit,
            reason_ref=command.reason,
        )
    returned = case.referrals[referral]
    order = ReferralOrder(
        unit=command.unit,
        question=returned.question_ref,
        mode="feedback" if book.routing.unit(command.unit).gives_feedback else "hand_over",
        lead=returned.lead,
        redacted=command.redacted,
    )
    refer(case, order, command.reason, act, book, replaces=referral, told=command.told)


def return_by(case: "Intervention", referral: Referral, book: Rulebook) -> Term:
    """Until when the unit may return the referral without saying why so late."""
    return standing(case, book.deadlines.term("int.misroute", referral.sent_at), book)


def returning(
    case: "Intervention", referral: str, command: ReturnReferral, act: Act, book: Rulebook
) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, of_its_stage(case, "ReturnReferral"))
    found = case.referrals.get(referral)
    if found is None or found.state != "sent":
        yield ReferralNotOpen(referral=referral, state=found.state if found else None)
        return
    if case.competent.get(found.unit) == case.round:
        yield CompetenceAlreadyDecided(unit=found.unit)
    limit = return_by(case, found, book)
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
    yield from stage_allows(case.stage, of_its_stage(case, type(command).__name__))
    found = case.referrals.get(referral)
    if found is None or not found.waits_for_its_way:
        yield ReferralNotReturned(referral=referral, state=found.state if found else None)
    elif command.unit == found.unit and command.reason is None:
        yield ReasonsMissing(field="reason")
    yield from addressable("", command.unit, command.redacted, local_day(act.at), book)
    yield from telling_who_has_it(case, command.unit, command.told, book)
    limit = book.limits.interventions.max_referrals
    if len(asked_this_round(case)) >= limit:
        yield TooManyReferrals(limit=limit)
