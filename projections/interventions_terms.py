"""Terms of a case and of its referrals that were counted anew."""

from collections.abc import Mapping

from domain.interventions import events_terms as events
from projections.batch import Batch, Handler
from projections.case_rows import case_row, clocks_moved, open_window, referral_row


def _recounted(event: events.TermRecounted, batch: Batch) -> None:
    case = case_row(event, batch)
    if event.referral is not None:
        referral_row(event, batch).update(
            feedback_safe_due=event.new.safe_due, feedback_legal_end=event.new.legal_end
        )
    elif event.clock == events.REOPENING:
        open_window(case, event.new)
    else:
        clocks_moved(case, {event.clock: event.new})


HANDLERS: Mapping[str, Handler] = {"intervention.TermRecounted": _recounted}
