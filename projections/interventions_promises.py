"""What became of promises, as the rows of referrals show it."""

from collections.abc import Mapping

from domain.interventions import events_promises as events
from projections.batch import Batch, Handler
from projections.case_rows import case_row, only_noted, referral_row


def _moved(event: events.PromiseMoved, batch: Batch) -> None:
    case_row(event, batch)
    referral_row(event, batch)["promised_on"] = event.new_date


HANDLERS: Mapping[str, Handler] = {
    "intervention.PromiseKept": only_noted,
    "intervention.PromiseMoved": _moved,
    "intervention.PromiseBroken": only_noted,
    "intervention.PromiseGivenUp": only_noted,
}
