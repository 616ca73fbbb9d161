"""Cases whose record was put right, as lists and pages show them."""

from collections.abc import Mapping

from domain.interventions import events_records as events
from projections.batch import Batch, Handler
from projections.case_rows import case_row, move, only_noted
from projections.rows import Row
from projections.tables import inbox_tasks


def _corrected(event: events.DataCorrected, batch: Batch) -> None:
    case = case_row(event, batch)
    if event.category is not None:
        case["category"] = event.category
        case["group"] = event.category.partition(".")[0]
    if event.channel is not None:
        case["channel"] = event.channel
    if event.place is not None:
        _put_place(case, event, batch)


def _put_place(case: Row, event: events.DataCorrected, batch: Batch) -> None:
    place = event.place
    assert place is not None  # whoever calls has looked
    point = place.point
    case.update(
        district=place.district,
        street=place.street,
        number=place.number,
        lat=point.lat if point else None,
        lon=point.lon if point else None,
    )
    tasks = batch.rows[inbox_tasks]
    for task_ref in tasks.of(event.reference):
        tasks.change(event.reference, task_ref)["district"] = place.district


def _registered_in_error(event: events.RegisteredInError, batch: Batch) -> None:
    move(case_row(event, batch), "ending", batch)


HANDLERS: Mapping[str, Handler] = {
    "intervention.DataCorrected": _corrected,
    "intervention.RegisteredInError": _registered_in_error,
    "intervention.DocumentFiled": only_noted,
}
