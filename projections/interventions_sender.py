"""What passes between the Office and the sender, as the row of the case shows it."""

from collections.abc import Mapping

from domain.interventions import events_sender as events
from projections.batch import Batch, Handler
from projections.case_rows import case_row, clocks_moved, move, only_noted


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


def _reopened(event: events.Reopened, batch: Batch) -> None:
    """Another round: it is not settled any more, and nothing has been replied in it."""
    case = case_row(event, batch)
    case.update(round=event.round, replied_at=None, settled_at=None, window_ends=None)
    clocks_moved(case, event.clocks)
    move(case, "triage", batch)


def _withdrawn(event: events.Withdrawn, batch: Batch) -> None:
    move(case_row(event, batch), "ending", batch)


HANDLERS: Mapping[str, Handler] = {
    "intervention.SupplementAsked": _asked,
    "intervention.Supplemented": _back_in_triage,
    "intervention.SupplementLapsed": _lapsed,
    "intervention.IncompleteAccepted": _back_in_triage,
    "intervention.ReopenRequested": only_noted,
    "intervention.Reopened": _reopened,
    "intervention.ReopeningDeclined": only_noted,
    "intervention.WithdrawalReceived": only_noted,
    "intervention.Withdrawn": _withdrawn,
    "intervention.ContinuedExOfficio": only_noted,
}
