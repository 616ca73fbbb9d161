"""Cases on hold as lists and pages show them, with the terms that stand still (A32)."""

from collections.abc import Mapping
from typing import Any

from domain.interventions import events_holds as events
from projections.batch import Batch, Handler
from projections.case_rows import case_row, dates, open_window
from projections.rows import Row
from projections.tables import referrals
from projections.tasks import case_held


def _held(event: events.Held, batch: Batch) -> None:
    case = case_row(event, batch)
    case["on_hold"] = True
    case_held(event.reference, True, batch)
    _put_terms(case, event, batch)


def _resumed(event: events.Resumed, batch: Batch) -> None:
    case = case_row(event, batch)
    case["on_hold"] = False
    case_held(event.reference, False, batch)
    _put_terms(case, event, batch)


def _put_terms(case: Row, event: events.Standstill, batch: Batch) -> None:
    names = {"acknowledgement": "ack", "forwarding": "forwarding", "settlement": "settlement"}
    for clock, name in names.items():
        if clock in event.clocks:
            case.update(dates(name, event.clocks[clock]))
    if (settlement := event.clocks.get("settlement")) is not None:
        case["settlement_due_at"] = settlement.due_at
        case["settlement_ends_at"] = settlement.ends_at
    for referral, term in event.claims.items():
        _referral(event, referral, batch)["claim_due"] = term.safe_due
    for referral, term in event.feedback.items():
        _referral(event, referral, batch).update(
            feedback_safe_due=term.safe_due, feedback_legal_end=term.legal_end
        )
    open_window(case, event.window)


def _referral(event: events.Standstill, referral: str, batch: Batch) -> dict[str, Any]:
    return batch.rows[referrals].change(event.reference, (event.reference, referral))


HANDLERS: Mapping[str, Handler] = {
    "intervention.Held": _held,
    "intervention.Resumed": _resumed,
}
