"""Extra tasks as rows, so that their tasks show where they stand."""

from collections.abc import Mapping

from domain.assignments import events
from projections.batch import Batch, Handler, Projection
from projections.rows import Row
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
        "withdrawn_at": None,
        "until": None,
        "version": event.originator_version,
        "log_position": batch.position,
    }
    batch.rows[assignments].put(event.reference, event.reference, row)


def _done(event: events.Done, batch: Batch) -> None:
    row = _brought_up(event, batch)
    row["stage"] = "done"
    row["done_at"] = event.timestamp


def _withdrawn(event: events.Withdrawn, batch: Batch) -> None:
    row = _brought_up(event, batch)
    row["stage"] = "withdrawn"
    row["withdrawn_at"] = event.timestamp


def _term_moved(event: events.TermMoved, batch: Batch) -> None:
    _brought_up(event, batch)["until"] = event.until


def _noted(event: events.AssignmentEvent, batch: Batch) -> None:
    """Where the order stands has not changed."""
    _brought_up(event, batch)


def _brought_up(event: events.AssignmentEvent, batch: Batch) -> Row:
    row = batch.rows[assignments].change(event.reference, event.reference)
    row["version"] = event.originator_version
    row["log_position"] = batch.position
    return row


HANDLERS: Mapping[str, Handler] = {
    "assignment.Ordered": _ordered,
    "assignment.Done": _done,
    "assignment.TermMoved": _term_moved,
    "assignment.Withdrawn": _withdrawn,
    "assignment.NoticeSent": _noted,
    "assignment.Closed": _noted,
    "assignment.WorkflowStopped": _noted,
}

PROJECTION = Projection(handlers=HANDLERS, tables={assignments: "reference"})
