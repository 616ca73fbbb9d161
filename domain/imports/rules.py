"""The guards of a row: its steps are told in their order, and each with what was done in it.

Those of an import stand at the end.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from domain.errors import Refusal
from domain.imports.commands import PastIntervention
from domain.imports.refusals import (
    DetailMissing,
    ImportAtWork,
    ImportEnded,
    StepInTheFuture,
    StepMissing,
    StepsOutOfOrder,
)

_BEFORE: Final = {
    "registered_at": "report.received_at",
    "acknowledged_at": "registered_at",
    "forwarded_at": "registered_at",
    "returned_at": "forwarded_at",
    "rerouted_at": "returned_at",
    "answered_at": "forwarded_at",
    "insufficient_at": "answered_at",
    "completed_at": "insufficient_at",
    "delayed_at": "registered_at",
    "settled_at": "answered_at",
    "closed_at": "settled_at",
}
"""The step that has to be told before each."""

_NOT_BEFORE: Final = {
    "answered_at": ("rerouted_at",),
    "settled_at": ("completed_at", "acknowledged_at", "delayed_at"),
    "closed_at": ("registered_at",),
}
"""Further steps that are earlier, if they were taken."""

_DETAILS: Final = {
    "forwarded_at": ("units",),
    "returned_at": ("returned_by",),
    "answered_at": ("result",),
    "delayed_at": ("new_date",),
    "settled_at": ("outcome",),
    "closed_at": ("outcome",),
}

STANDS_STILL: Final = timedelta(minutes=10)
"""After so long without a row nobody is working at an import any more."""

_WITHOUT_REPLY: Final = frozenset({"handed_over", "registered_in_error"})
"""Outcomes of cases in which the sender was owed no notice of outcome."""


def taking(past: PastIntervention, now: datetime) -> Iterator[Refusal]:
    """Whether the steps of the row make a story; what each may do, its own command says."""
    for name in _BEFORE:
        at = _moment(past, name)
        if at is not None:
            yield from _step(past, name, at, now)
    yield from _half_done(past)


def _step(past: PastIntervention, name: str, at: datetime, now: datetime) -> Iterator[Refusal]:
    if at > now:
        yield StepInTheFuture(field=name)
    before = _BEFORE[name]
    if _moment(past, before) is None and not _skips(past, name):
        yield StepMissing(field=before, needed_by=name)
    for earlier in (before, *_NOT_BEFORE.get(name, ())):
        moment = _moment(past, earlier)
        if moment is not None and moment > at:
            yield StepsOutOfOrder(field=name, earlier=earlier)
    for detail in _DETAILS.get(name, ()):
        if not getattr(past, detail):
            yield DetailMissing(field=detail, needed_by=name)


def _skips(past: PastIntervention, name: str) -> bool:
    """Whether the step may come without the one before it."""
    if name == "closed_at":
        return past.outcome in _WITHOUT_REPLY
    return name == "settled_at" and past.forwarded_at is None


def _half_done(past: PastIntervention) -> Iterator[Refusal]:
    """Answered by the leading unit means that it was asked, and asked again that it answered."""
    if past.answered_at is not None and past.returned_at is not None and past.rerouted_at is None:
        yield StepMissing(field="rerouted_at", needed_by="answered_at")
    if past.settled_at is None:
        return
    if past.insufficient_at is not None and past.completed_at is None:
        yield StepMissing(field="completed_at", needed_by="settled_at")
    if past.outcome in _WITHOUT_REPLY:
        yield DetailMissing(field="outcome", needed_by="settled_at")


def _moment(past: PastIntervention, name: str) -> datetime | None:
    if name == "report.received_at":
        return past.report.received_at
    moment: datetime | None = getattr(past, name)
    return moment


def stands_still(last_sign_at: datetime, now: datetime) -> bool:
    return now - last_sign_at >= STANDS_STILL


def abandoning(state: str, last_sign_at: datetime, now: datetime) -> Iterator[Refusal]:
    """Only what stands still is given up: a process that goes on would take over more."""
    if state == "finished":
        yield ImportEnded()
    if state == "under_way" and not stands_still(last_sign_at, now):
        yield ImportAtWork(until=f"{last_sign_at + STANDS_STILL:%Y-%m-%d %H:%M} UTC")
