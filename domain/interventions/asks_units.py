"""Tasks about units that need more time, are silent, or answer in vain (A17, A19, A20)."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from domain.interventions.asks import CLERKS, Ask, Now, referrals_asked
from domain.interventions.commands_units import (
    AcceptAsItIs,
    GrantExtension,
    OrderAgain,
    OrderOtherUnit,
    RefuseExtension,
    TakeOverFeedback,
    WaitForUnit,
    WriteOffReferral,
)
from domain.interventions.silence import silent_since
from domain.rulebook import Rulebook
from domain.tasks.commands import TaskOrder
from domain.tasks.types import Outcome, TaskType
from domain.terms import Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

DEPUTY = ("deputy_media",)


def _requests(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    for referral in referrals_asked(case):
        if referral.owes_answer and referral.request is not None:
            yield TaskOrder(type="decide_extension", subject=referral.ref, round=referral.requests)


def _silences(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    for referral in referrals_asked(case):
        since = silent_since(referral, now.book)
        if since is not None and since <= now.at:
            yield TaskOrder(type="decide_silence", subject=referral.ref, round=referral.terms_given)


def _when_silent(case: "Intervention", book: Rulebook) -> Iterator[tuple[datetime, str]]:
    for referral in referrals_asked(case):
        if since := silent_since(referral, book):
            yield since, f"{referral.unit} is silent about {referral.ref}"


def _silence_decided_by(case: "Intervention", order: TaskOrder, book: Rulebook) -> Term:
    referral = case.referrals[order.subject]
    since = silent_since(referral, book) or referral.sent_at
    return book.deadlines.term("int.silence_decision", since)


def _insufficient(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    for referral in referrals_asked(case):
        if referral.is_insufficient:
            yield TaskOrder(type="settle_insufficient", subject=referral.ref, round=referral.turn)


def _requested_at(case: "Intervention", order: TaskOrder) -> datetime:
    referral = case.referrals[order.subject]
    return referral.request.requested_at if referral.request else referral.sent_at


def _who_grants(case: "Intervention", order: TaskOrder) -> tuple[str, ...]:
    request = case.referrals[order.subject].request
    return DEPUTY if request and request.by_deputy else CLERKS


ASKS = (
    Ask(
        TaskType(
            name="decide_extension",
            outcomes={"grant": Outcome(GrantExtension), "refuse": Outcome(RefuseExtension)},
            complete="int.extension_decision",
        ),
        needed=_requests,
        started_at=_requested_at,
        candidates=_who_grants,
    ),
    Ask(
        TaskType(
            name="decide_silence",
            outcomes={
                "wait_until": Outcome(WaitForUnit),
                "other_unit": Outcome(OrderOtherUnit),
                "write_off": Outcome(WriteOffReferral),
            },
            complete="int.silence_decision",
        ),
        needed=_silences,
        started_at=lambda case, order: case.referrals[order.subject].sent_at,
        complete_by=_silence_decided_by,
        candidates=lambda case, order: DEPUTY,
        moments=_when_silent,
    ),
    Ask(
        TaskType(
            name="settle_insufficient",
            outcomes={
                "accept_as_is": Outcome(AcceptAsItIs),
                "order_again": Outcome(OrderAgain),
                "take_over": Outcome(TakeOverFeedback),
            },
            complete="int.settle_insufficient",
        ),
        needed=_insufficient,
        started_at=lambda case, order: (
            case.referrals[order.subject].insufficient_since or case.registered_at
        ),
        candidates=lambda case, order: DEPUTY,
    ),
)
