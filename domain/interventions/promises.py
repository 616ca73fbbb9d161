"""A unit said by which day it will act: on that day it says whether it did (A28)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from domain.counting import add_months
from domain.errors import Refusal, refuse_if_any
from domain.interventions import events_promises as events
from domain.interventions.commands_promises import (
    BreakPromise,
    GiveUpPromise,
    KeepPromise,
    MovePromise,
)
from domain.interventions.entities import Promise
from domain.interventions.refusals import NoPromiseOpen, PromiseNotLater, PromiseTooFar
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook
from domain.working_days import local_day, moment_at

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

WAITING = ("open", "broken")
"""Until then the case stays open."""


def say_of_promise(
    case: "Intervention",
    referral: str,
    command: KeepPromise | MovePromise | BreakPromise | GiveUpPromise,
    act: Act,
    book: Rulebook,
) -> None:
    """The unit on the day, or the deputy when it was not kept."""
    refuse_if_any(saying(case, referral, command, act, book))
    which = {
        "reference": case.reference,
        "referral": referral,
        "number": len(case.promise_notices) + 1,
    }
    match command:
        case KeepPromise():
            case.record(events.PromiseKept, act, text_ref=command.text, **which)
        case MovePromise():
            case.record(
                events.PromiseMoved,
                act,
                old_date=case.promises[referral].due_on,
                new_date=command.new_date,
                reason_ref=command.reason,
                **which,
            )
        case BreakPromise():
            case.record(events.PromiseBroken, act, reason_ref=command.reason, **which)
        case GiveUpPromise():
            case.record(events.PromiseGivenUp, act, reason_ref=command.reason, **which)


def saying(
    case: "Intervention",
    referral: str,
    command: KeepPromise | MovePromise | BreakPromise | GiveUpPromise,
    act: Act,
    book: Rulebook,
) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, type(command).__name__)
    promise = case.promises.get(referral)
    expected = ("broken",) if isinstance(command, GiveUpPromise) else WAITING
    if promise is None or promise.state not in expected:
        yield NoPromiseOpen(referral=referral, state=promise.state if promise else None)
    elif isinstance(command, MovePromise):
        yield from _later(promise, command.new_date, act, book)


def _later(promise: Promise, new_date: date, act: Act, book: Rulebook) -> Iterator[Refusal]:
    today, months = local_day(act.at), book.limits.interventions.promise_max_months
    if new_date <= max(today, promise.due_on):
        yield PromiseNotLater(field="new_date", due_on=str(promise.due_on))
    if new_date > add_months(today, months):
        yield PromiseTooFar(field="new_date", promised_on=str(new_date), months=months)


def due_at(promise: Promise, book: Rulebook) -> datetime:
    """When the unit is asked: in the morning of the day."""
    return moment_at(promise.due_on, book.limits.tasks.ladder_hour)


def still_open(case: "Intervention") -> list[str]:
    """The referrals whose promises are neither kept nor given up."""
    return [ref for ref, promise in case.promises.items() if promise.state in WAITING]


def outcome_with_promises(case: "Intervention", outcome: str) -> str:
    """What was planned and given up is not what the sender got."""
    given_up = any(promise.state == "given_up" for promise in case.promises.values())
    return "not_possible" if outcome == "planned" and given_up else outcome
