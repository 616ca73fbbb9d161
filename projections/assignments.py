"""Extra tasks as rows, so that their tasks show where they stand."""

from collections.abc import Mapping

from domain.assignments import events
from projections.batch import Batch, Handler, Projection
from projections.tables import assignments


def _ordered(event: events.Ordered, batch: Batch) -> None:
    row = {
        "reference": event.reference,
        "unit": event.unit,
        "ordered_by": event.by,
        "ordered_as": event.ordered_as,
        "clause": event.clause,
        "stage": "ordered",
        "ordered_at": event.timestamp,
        "done_at": None,
        "version": event.originator_version,
        "log_position": batch.position,
    }
    batch.rows[assignments].put(event.reference, event.reference, row)


def _done(event: events.Done, batch: Batch) -> None:
    row = batch.rows[assignments].change(event.reference, event.reference)
    row["stage"] = "done"
    row["done_at"] = event.timestamp
    row["version"] = event.originator_version
    row["log_position"] = batch.position


HANDLERS: Mapping[str, Handler] = {
    "assignment.Ordered": _ordered,
    "assignment.Done": _done,
}

PROJECTION = Projection(handlers=HANDLERS, tables={assignments: "reference"})
