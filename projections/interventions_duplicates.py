"""Reports that were joined to another one, as lists and pages show them."""

from collections.abc import Mapping

from domain.interventions import events_duplicates as events
from projections.batch import Batch, Handler
from projections.case_rows import case_row, handled_as, move


def _marked(event: events.MarkedDuplicate, batch: Batch) -> None:
    case = case_row(event, batch)
    case["duplicate_of"] = event.target
    move(case, "ending", batch)


def _unlinked(event: events.DuplicateUnlinked, batch: Batch) -> None:
    case = case_row(event, batch)
    case.update(duplicate_of=None, closed_at=None, outcome=None)
    move(case, "triage", batch)


def _joined(event: events.SenderJoined, batch: Batch) -> None:
    case = case_row(event, batch)
    case["joined"] += 1
    if event.clocks is not None:
        handled_as(case, "motion", event.clocks)


def _left(event: events.SenderLeft, batch: Batch) -> None:
    case_row(event, batch)["joined"] -= 1


HANDLERS: Mapping[str, Handler] = {
    "intervention.MarkedDuplicate": _marked,
    "intervention.DuplicateUnlinked": _unlinked,
    "intervention.SenderJoined": _joined,
    "intervention.SenderLeft": _left,
}
