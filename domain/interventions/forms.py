"""What an intervention asks of people: its task types, and which of them a case needs now."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from domain.interventions import (
    asks_bounces,
    asks_delays,
    asks_deputies,
    asks_emergencies,
    asks_partial,
    asks_promises,
    asks_receipt,
    asks_referrals,
    asks_reply,
    asks_sender,
    asks_stops,
    asks_transfers,
    asks_units,
)
from domain.interventions.asks import Ask, Now
from domain.interventions.holds import standing
from domain.references import task_ref, workflow_id
from domain.rulebook import Rulebook
from domain.tasks.commands import OpenTask, TaskOrder
from domain.tasks.types import TaskType

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

ASKS: dict[str, Ask] = {
    ask.kind.name: ask
    for ask in (
        *asks_emergencies.ASKS,
        *asks_receipt.ASKS,
        *asks_sender.ASKS,
        *asks_transfers.ASKS,
        *asks_referrals.ASKS,
        *asks_reply.ASKS,
        *asks_units.ASKS,
        *asks_partial.ASKS,
        *asks_bounces.ASKS,
        *asks_promises.ASKS,
        *asks_delays.ASKS,
        *asks_deputies.ASKS,
        *asks_stops.ASKS,
    )
}

TASK_TYPES: dict[str, TaskType] = {name: ask.kind for name, ask in ASKS.items()}


def tasks_needed(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    """The tasks that the case waits for; the same state at the same moment names the same ones."""
    for order in _asked(case, now):
        if ref_of(case, order) not in case.taken_back:
            yield order


def steps_taken_back(case: "Intervention", now: Now) -> frozenset[str]:
    """The tasks that an operator took back while the case still waits for what they asked."""
    return frozenset(ref_of(case, order) for order in _asked(case, now)) & case.taken_back


def ref_of(case: "Intervention", order: TaskOrder) -> str:
    """The task by which the step is done now; the first one, unless an operator opened it anew."""
    first = task_ref(case.reference, order.type, order.subject, order.round)
    attempt = case.attempts.get(first, 1)
    return task_ref(case.reference, order.type, order.subject, order.round, attempt)


def _asked(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    for ask in ASKS.values():
        yield from ask.needed(case, now)


def moments(case: "Intervention", book: Rulebook) -> Iterator[tuple[datetime, str]]:
    """When time alone may make another task necessary, also in the past."""
    for ask in ASKS.values():
        yield from ask.moments(case, book)


def excluded(case: "Intervention", order: TaskOrder) -> dict[str, str]:
    """Who took part earlier and may not decide this task, as the case knows it now."""
    return dict(ASKS[order.type].excluded(case, order))


def avoided(case: "Intervention", order: TaskOrder) -> dict[str, str]:
    """Who had better not decide this task, if somebody else can."""
    return dict(ASKS[order.type].avoided(case, order))


def prefilled(case: "Intervention", order: TaskOrder) -> dict[str, str]:
    """What the form of this task starts from; texts by reference."""
    return dict(ASKS[order.type].prefilled(case, order))


def task_for(case: "Intervention", order: TaskOrder, book: Rulebook) -> OpenTask:
    """The task as it is to be opened; the steps of its ladders are still to be added."""
    ask = ASKS[order.type]
    # A term that the case has already stood still with it.
    counted_anew = ask.complete_by is None and ask.kind.stands_still
    respond_by, due = ask.respond_by(case, order, book), ask.due(case, order, book)
    return OpenTask(
        task_ref=ref_of(case, order),
        workflow_id=workflow_id("intervention", case.reference),
        case_ref=case.reference,
        process="intervention",
        type=order.type,
        subject=order.subject,
        round=order.round,
        candidates=ask.candidates(case, order),
        excluded=excluded(case, order),
        outcomes=tuple(ask.kind.outcomes),
        respond_by=standing(case, respond_by, book) if respond_by else None,
        complete_by=standing(case, due, book) if counted_anew else due,
        ladder=ask.kind.ladder,
        rungs=(),
        priority="urgent" if case.emergency else ask.kind.priority,
        on_lapse=ask.kind.on_lapse,
        form=order.type,
        form_version=ask.kind.form_version,
    )
