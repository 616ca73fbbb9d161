"""A unit that does not answer, and what the deputy decides about it (A20)."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events
from domain.interventions import events_units as of_units
from domain.interventions.commands import ReferralOrder
from domain.interventions.commands_units import OrderOtherUnit, WaitForUnit, WriteOffReferral
from domain.interventions.delays import foresees_delay
from domain.interventions.entities import Referral
from domain.interventions.extensions import later_than_now
from domain.interventions.partial import telling, telling_who_has_it
from domain.interventions.referrals import addressable, refer
from domain.interventions.refusals import ReferralNotOpen, SameUnit, TooManyReferrals
from domain.interventions.rounds import asked_this_round
from domain.interventions.transitions import of_its_stage, stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook
from domain.working_days import local_day, moment_at

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

LADDER = "unit"
DECIDES = "deputy_media"


def silent_since(referral: Referral, book: Rulebook) -> datetime | None:
    """The moment at which the ladder of its task comes to the deputy; None while it owes nothing,
    or its term stands still before it is over."""
    if not referral.owes_answer or referral.feedback_by is None:
        return None
    term, calendar = referral.feedback_by, book.deadlines.calendar
    [step] = (step for step in book.ladders[LADDER].steps if step.to == DECIDES)
    if term.due_at is None:
        return None
    day = calendar.add_working_days(calendar.next_working_day(term.safe_due), step.at)
    return moment_at(day, book.limits.tasks.ladder_hour)


def wait_for_unit(
    case: "Intervention", referral: str, command: WaitForUnit, act: Act, book: Rulebook
) -> None:
    refuse_if_any(waiting(case, referral, command, act))
    silent = case.referrals[referral]
    assert silent.feedback_by is not None  # who owes an answer has a term for it
    case.record(
        of_units.WaitDecided,
        act,
        reference=case.reference,
        referral=referral,
        until=command.until,
        reason_ref=command.reason,
        feedback_by=book.deadlines.extend(silent.feedback_by, command.until),
        delay_foreseen=foresees_delay(case, command.until, book),
    )


def order_other_unit(
    case: "Intervention", referral: str, command: OrderOtherUnit, act: Act, book: Rulebook
) -> None:
    """The silent unit is recalled, and another one asked the same."""
    refuse_if_any(ordering(case, referral, command, act, book))
    silent = case.referrals[referral]
    which = {"reference": case.reference, "referral": referral, "reason_ref": command.reason}
    case.record(of_units.OtherUnitOrdered, act, unit=command.unit, **which)
    case.record(events.ReferralRecalled, act, **which)
    order = ReferralOrder(
        unit=command.unit,
        question=silent.question_ref,
        mode="feedback" if book.routing.unit(command.unit).gives_feedback else "hand_over",
        lead=silent.lead,
        redacted=command.redacted,
    )
    refer(case, order, command.reason, act, book, replaces=referral, told=command.told)


def write_off(case: "Intervention", referral: str, command: WriteOffReferral, act: Act) -> None:
    refuse_if_any(writing_off(case, referral, command))
    case.record(
        of_units.ReferralWrittenOff,
        act,
        reference=case.reference,
        referral=referral,
        reason_ref=command.reason,
        told_ref=command.told,
    )


def writing_off(
    case: "Intervention", referral: str, command: WriteOffReferral
) -> Iterator[Refusal]:
    yield from of_a_silent_unit(case, referral, "WriteOffReferral")
    yield from telling(case, command.told)


def of_a_silent_unit(case: "Intervention", referral: str, command: str) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, of_its_stage(case, command))
    found = case.referrals.get(referral)
    if found is None or not found.owes_answer:
        yield ReferralNotOpen(referral=referral, state=found.state if found else None)


def waiting(
    case: "Intervention", referral: str, command: WaitForUnit, act: Act
) -> Iterator[Refusal]:
    yield from of_a_silent_unit(case, referral, "WaitForUnit")
    if found := case.referrals.get(referral):
        yield from later_than_now(found, command.until, act, field="until")


def ordering(
    case: "Intervention", referral: str, command: OrderOtherUnit, act: Act, book: Rulebook
) -> Iterator[Refusal]:
    yield from of_a_silent_unit(case, referral, "OrderOtherUnit")
    found = case.referrals.get(referral)
    if found is not None and found.unit == command.unit:
        yield SameUnit(field="unit", unit=command.unit)
    yield from addressable("", command.unit, command.redacted, local_day(act.at), book)
    yield from telling_who_has_it(case, command.unit, command.told, book)
    limit = book.limits.interventions.max_referrals
    if len(asked_this_round(case)) >= limit:
        yield TooManyReferrals(limit=limit)
