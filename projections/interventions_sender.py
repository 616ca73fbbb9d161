"""What passes between the Office and the sender, as the row of the case shows it."""

from collections.abc import Mapping

from domain.interventions import events_sender as events
from projections.batch import Batch, Handler
from projections.case_rows import case_row, clocks_moved, move


def _asked(event: events.SupplementAsked, batch: Batch) -> None:
    case = case_row(event, batch)
    clocks_moved(case, event.clocks)
    move(case, "awaiting_supplement", batch)


def _back_in_triage(event: events.Supplemented | events.IncompleteAccepted, batch: Batch) -> None:
    case = case_row(event, batch)
    clocks_moved(case, event.clocks)
    move(case, "triage", batch)


def _lapsed(event: events.SupplementLapsed, batch: Batch) -> None:
    case = case_row(event, batch)
    clocks_moved(case, event.clocks)
    case["waiting"] = "us"


HANDLERS: Mapping[str, Handler] = {
    "intervention.SupplementAsked": _asked,
    "intervention.Supplemented": _back_in_triage,
    "intervention.SupplementLapsed": _lapsed,
    "intervention.IncompleteAccepted": _back_in_triage,
}
