"""Tasks of promises: the unit confirms on the day, the deputy decides on a broken one (A28)."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from domain.interventions.asks import Ask, Now, coordinators
from domain.interventions.commands_promises import (
    BreakPromise,
    GiveUpPromise,
    KeepPromise,
    MovePromise,
)
from domain.interventions.entities import Promise
from domain.interventions.promises import due_at
from domain.rulebook import Rulebook
from domain.tasks.commands import TaskOrder
from domain.tasks.types import Outcome, TaskType
from domain.terms import Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def _promises(case: "Intervention", state: str) -> Iterator[tuple[str, Promise]]:
    if case.stage == "replied":
        yield from ((ref, each) for ref, each in case.promises.items() if each.state == state)


def _confirmations(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    for ref, promise in _promises(case, "open"):
        if due_at(promise, now.book) <= now.at:
            yield TaskOrder(type="confirm_promise", subject=ref, round=promise.number)


def _when_due(case: "Intervention", book: Rulebook) -> Iterator[tuple[datetime, str]]:
    for ref, promise in _promises(case, "open"):
        yield due_at(promise, book), f"the day of the promise of {ref}"


def _broken(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    for ref, promise in _promises(case, "broken"):
        yield TaskOrder(type="decide_promise", subject=ref, round=promise.number)


def _promised_at(case: "Intervention", order: TaskOrder) -> datetime:
    return case.promises[order.subject].turned_at or case.registered_at


def _confirm_by(case: "Intervention", order: TaskOrder, book: Rulebook) -> Term:
    promise = case.promises[order.subject]
    return book.deadlines.term("int.promise_confirm", due_at(promise, book))


ASKS = (
    Ask(
        TaskType(
            name="confirm_promise",
            outcomes={
                "kept": Outcome(KeepPromise),
                "new_date": Outcome(MovePromise),
                "not_done": Outcome(BreakPromise),
            },
            complete="int.promise_confirm",
            ladder="unit",
            recorders=("KS-06/clerk",),
        ),
        needed=_confirmations,
        started_at=_promised_at,
        complete_by=_confirm_by,
        candidates=coordinators,
        moments=_when_due,
    ),
    Ask(
        TaskType(
            name="decide_promise",
            outcomes={"wait_until": Outcome(MovePromise), "write_off": Outcome(GiveUpPromise)},
            complete="int.silence_decision",
        ),
        needed=_broken,
        started_at=_promised_at,
        candidates=lambda case, order: ("deputy_media",),
    ),
)
