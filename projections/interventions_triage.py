"""Triage without a question to a unit of the City, as the row of the case shows it."""

from collections.abc import Mapping

from domain.interventions import events_triage as events
from projections.batch import Batch, Handler
from projections.case_rows import case_row, move


def _answered_at_once(event: events.AnsweredAtOnce, batch: Batch) -> None:
    move(case_row(event, batch), "drafting", batch)


def _directed(event: events.SenderDirected, batch: Batch) -> None:
    move(case_row(event, batch), "ending", batch)


HANDLERS: Mapping[str, Handler] = {
    "intervention.AnsweredAtOnce": _answered_at_once,
    "intervention.SenderDirected": _directed,
}
