"""Cases whose record was put right, as lists and pages show them."""

from collections.abc import Mapping

from domain.interventions import events_records as events
from projections.batch import Batch, Handler
from projections.case_rows import case_row, handled_as, move, only_noted, open_window, settle
from projections.rows import Row
from projections.tables import inbox_tasks, letters


def _corrected(event: events.DataCorrected, batch: Batch) -> None:
    case = case_row(event, batch)
    if event.category is not None:
        case["category"] = event.category
        case["group"] = event.category.partition(".")[0]
    if event.channel is not None:
        case["channel"] = event.channel
    if event.place is not None:
        _put_place(case, event, batch)
    if event.field == "sender":
        case["reach"] = event.reach
        handled_as(case, event.handling or case["handling"], event.clocks)
        open_window(case, event.window)
        _turn_letters(event, batch)
        if case["stage"] == "replied" and case["reach"] == "none":
            settle(case, event, batch)


def _turn_letters(event: events.DataCorrected, batch: Batch) -> None:
    """What did not arrive is tried with the right sender, if that one can be written to."""
    rows = batch.rows[letters]
    for key, row in rows.of(event.reference).items():
        if row["recipient"] == "sender" and row["state"] in events.NOT_ARRIVED:
            rows.change(event.reference, key)["state"] = (
                "noted" if event.reach == "none" else "again"
            )


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
