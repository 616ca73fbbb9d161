"""Questions to units, and what they answer: guards and commands (A3, A12; § 9 pt 2-3)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from domain.attachments import attached
from domain.counting import add_months
from domain.errors import Refusal, refuse_if_any
from domain.interventions import events
from domain.interventions.commands import (
    AnswerReferral,
    ForwardIntervention,
    ReferralOrder,
    Result,
)
from domain.interventions.refusals import (
    LeadUnitMissing,
    PromiseTooFar,
    PromiseWithoutDate,
    ReasonsMissing,
    ReferralNotOpen,
    TextNotRedacted,
    TooManyReferrals,
    UnitNotActive,
)
from domain.interventions.rounds import asked_this_round
from domain.interventions.transitions import of_its_stage, stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook
from domain.working_days import local_day

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

NEGATIVE = frozenset({"not_possible", "no_basis"})


def forward(case: "Intervention", command: ForwardIntervention, act: Act, book: Rulebook) -> None:
    """One question to each unit (A3)."""
    refuse_if_any(forwarding(case, command, act, book))
    for order in command.referrals:
        refer(case, order, command.reason, act, book)


def refer(
    case: "Intervention",
    order: ReferralOrder,
    reason: str | None,
    act: Act,
    book: Rulebook,
    replaces: str | None = None,
    told: str | None = None,
) -> None:
    """One question to one unit; guards are with those who ask for it."""
    feedback = order.mode == "feedback"
    case.record(
        events.Forwarded,
        act,
        reference=case.reference,
        referral=f"R{len(case.referrals) + 1}",
        round=case.round,
        unit=order.unit,
        unit_kind=book.routing.unit(order.unit).kind,
        mode=order.mode,
        lead=order.lead,
        question_ref=order.question,
        redacted=order.redacted,
        routing=book.routing_tables.propose(case.matter, local_day(act.at)),
        reason_ref=reason,
        claim_by=book.deadlines.term("int.unit_ack", act.at) if feedback else None,
        feedback_by=book.deadlines.term("int.feedback", act.at) if feedback else None,
        replaces=replaces,
        told_ref=told,
    )


def answer(
    case: "Intervention",
    referral: str,
    result: Result,
    command: AnswerReferral,
    act: Act,
    book: Rulebook,
    *,
    recorded: bool = False,
) -> None:
    """What the unit reports back, itself or by a letter that somebody recorded (A12)."""
    refuse_if_any(answering(case, referral, result, command, act, book))
    case.record(
        events.ReferralAnswered,
        act,
        reference=case.reference,
        referral=referral,
        result=result,
        promised_on=command.promised_on if result == "planned" else None,
        text_ref=command.text,
        attachments=command.attachments,
        files=attached(command.files),
        recorded_by=act.by if recorded else None,
    )


def forwarding(
    case: "Intervention", command: ForwardIntervention, act: Act, book: Rulebook
) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "ForwardIntervention")
    day = local_day(act.at)
    for number, order in enumerate(command.referrals):
        yield from addressable(f"referrals.{number}", order.unit, order.redacted, day, book)
    leads = [order for order in command.referrals if order.lead]
    if len(leads) != 1 or leads[0].mode != "feedback":
        yield LeadUnitMissing(field="referrals", leads=[order.unit for order in leads])
    limit = book.limits.interventions.max_referrals
    if len(asked_this_round(case)) + len(command.referrals) > limit:
        yield TooManyReferrals(field="referrals", limit=limit)


def addressable(
    place: str, unit: str, redacted: bool, day: date, book: Rulebook
) -> Iterator[Refusal]:
    """Whether the matter can be sent to this unit; `place` is where the form names it."""
    if not book.routing.unit_active(unit, day):
        yield UnitNotActive(field=f"{place}.unit".lstrip("."), unit=unit)
        return
    if book.routing.unit(unit).is_separate_controller and not redacted:
        yield TextNotRedacted(field=f"{place}.redacted".lstrip("."), unit=unit)


def answering(
    case: "Intervention",
    referral: str,
    result: Result,
    command: AnswerReferral,
    act: Act,
    book: Rulebook,
) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, of_its_stage(case, "AnswerReferral"))
    found = case.referrals.get(referral)
    if found is None or found.state != "sent":
        yield ReferralNotOpen(referral=referral, state=found.state if found else None)
    if result in NEGATIVE and command.text is None:
        yield ReasonsMissing(field="text")
    if result == "planned":
        yield from _promise(command.promised_on, act.at, book)


def _promise(promised_on: date | None, at: datetime, book: Rulebook) -> Iterator[Refusal]:
    months = book.limits.interventions.promise_max_months
    if promised_on is None:
        yield PromiseWithoutDate(field="promised_on")
        return
    today = local_day(at)
    if promised_on < today or promised_on > add_months(today, months):
        yield PromiseTooFar(field="promised_on", promised_on=str(promised_on), months=months)
