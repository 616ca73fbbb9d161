"""Reports that turned out to be something else, as lists and pages show them."""

from collections.abc import Mapping

from domain.interventions import events_transfers as events
from projections.batch import Batch, Handler
from projections.case_rows import case_row, move, only_noted


def _requalified(event: events.Requalified, batch: Batch) -> None:
    move(case_row(event, batch), "ending", batch)


HANDLERS: Mapping[str, Handler] = {
    "intervention.RequalificationProposed": only_noted,
    "intervention.RequalificationRejected": only_noted,
    "intervention.Requalified": _requalified,
}
