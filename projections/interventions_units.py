"""Interventions whose units are late: what the lists show of delays."""

from collections.abc import Mapping

from domain.interventions import events_delays
from projections.batch import Batch, Handler
from projections.case_rows import case_row


def _delayed(event: events_delays.DelayNotified, batch: Batch) -> None:
    case_row(event, batch)["announced_on"] = event.new_date


HANDLERS: Mapping[str, Handler] = {
    "intervention.DelayNotified": _delayed,
}
