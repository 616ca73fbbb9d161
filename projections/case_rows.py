"""The rows of one case while an event is told to them: case, referrals and letters."""

from collections.abc import Mapping
from typing import Any, Final

from domain.interventions import events
from domain.interventions.entities import TERMINAL
from domain.terms import Term
from projections.batch import Batch
from projections.rows import Row
from projections.tables import interventions, letters, referrals
from projections.tasks import case_moved

_WAITING: Final[Mapping[str, str]] = {
    "awaiting_supplement": "sender",
    "ending": "nobody",
    "closed": "nobody",
}
"""Who acts next at a stage, whatever the units do."""


def case_row(event: events.InterventionEvent, batch: Batch) -> Row:
    """The row of the case, brought up to this event."""
    row = batch.rows[interventions].change(event.reference, event.reference)
    row["last_event_at"] = event.timestamp
    row["version"] = event.originator_version
    row["log_position"] = batch.position
    return row


def referral_row(event: Any, batch: Batch) -> Row:
    return batch.rows[referrals].change(event.reference, (event.reference, event.referral))


def ask_again(referral: Row, feedback_by: Term) -> None:
    """The unit has to answer once more."""
    referral.update(state="sent", turn=referral["turn"] + 1, claim_due=None)
    give_term(referral, feedback_by)


def give_term(referral: Row, feedback_by: Term) -> None:
    referral["feedback_safe_due"] = feedback_by.safe_due
    referral["feedback_legal_end"] = feedback_by.legal_end


def letter_row(event: events.NoticeEvent, batch: Batch) -> Row:
    return batch.rows[letters].change(event.reference, letter_key(event))


def letter_key(event: events.NoticeEvent) -> tuple[str, str, int, str]:
    return event.reference, event.kind, event.round, event.recipient


def move(case: Row, stage: str, batch: Batch) -> None:
    if case["stage"] != stage:
        case["stage"] = stage
        case_moved(case["reference"], stage, batch)
    case["waiting"] = waiting(case, batch)


def waiting(case: Row, batch: Batch) -> str:
    """Whom the case waits for: with the units, and after a reply in part, as long as one of them
    has the matter."""
    stage = case["stage"]
    if stage not in ("with_units", "replied"):
        return _WAITING.get(stage, "us")
    rows = batch.rows[referrals].of(case["reference"]).values()
    if any(row["state"] == "sent" for row in rows):
        return "unit"
    return "nobody" if stage == "replied" and not any(map(is_outstanding, rows)) else "us"


def go_on_when_answered(case: Row, event: Any, batch: Batch) -> None:
    if case["stage"] != "with_units":
        case["waiting"] = waiting(case, batch)
        if case["stage"] == "replied" and case["reach"] == "none":
            settle(case, event, batch)
        return
    all_referrals = batch.rows[referrals].of(case["reference"]).values()
    if not all(is_settled(row) for row in all_referrals):
        case["waiting"] = waiting(case, batch)
        return
    states = {row["state"] for row in all_referrals if row["round"] == case["round"]}
    all_handed_over = states - {"returned", "recalled"} == {"handed_over"}
    move(case, "ending" if all_handed_over else "drafting", batch)


def settle(case: Row, event: Any, batch: Batch) -> None:
    """The sender has the whole outcome: nothing that was left out of it is still to come."""
    rows = batch.rows[referrals].of(case["reference"]).values()
    if not (case["partial"] and any(map(is_outstanding, rows))):
        case["settled_at"] = case["settled_at"] or event.timestamp


def is_settled(row: Row) -> bool:
    """Neither open nor waiting to be sent on."""
    return row["state"] in TERMINAL and not waits_for_its_way(row)


def is_outstanding(row: Row) -> bool:
    """Its answer is owed or not checked yet, or nobody has sent it on yet."""
    owed = row["mode"] == "feedback" and row["state"] in ("sent", "answered")
    return owed or waits_for_its_way(row)


def waits_for_its_way(row: Row) -> bool:
    return row["state"] == "returned" and row["followed_by"] is None


def open_window(case: Row, window: Term | None) -> None:
    if window is not None:
        case["window_ends"] = window.ends_at


def only_noted(event: events.InterventionEvent, batch: Batch) -> None:
    """Where the case stands has not changed."""
    case_row(event, batch)


def dates(name: str, term: Term | None) -> Row:
    """Empty for a clock that the case has not."""
    return {
        f"{name}_safe_due": term.safe_due if term else None,
        f"{name}_legal_end": term.legal_end if term else None,
    }


def handled_as(case: Row, handling: str, clocks: Mapping[str, Term] | None) -> None:
    """As a motion or as a signal from now on, with the clocks that count instead."""
    case["handling"] = handling
    if clocks is not None:
        case.update(dates("ack", clocks.get("acknowledgement")))
        clocks_moved(case, clocks)


def clocks_moved(case: Row, clocks: Mapping[str, Term]) -> None:
    """The terms of the case that a list shows, those of them that are other ones now."""
    if (receipt := clocks.get("acknowledgement")) is not None:
        case.update(dates("ack", receipt))
    for name in ("forwarding", "settlement"):
        if name in clocks:
            case.update(dates(name, clocks[name]))
    if (settlement := clocks.get("settlement")) is not None:
        case["settlement_due_at"] = settlement.due_at
        case["settlement_ends_at"] = settlement.ends_at
