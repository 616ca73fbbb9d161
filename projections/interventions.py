"""Interventions as lists and pages show them: one row a case, its referrals and its letters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, select, tuple_

from domain.interventions import events, events_bounces
from projections import interventions_holds, interventions_records, interventions_units
from projections.batch import Batch, Handler, Projection
from projections.case_rows import (
    ask_again,
    case_row,
    dates,
    go_on_when_answered,
    letter_key,
    letter_row,
    move,
    only_noted,
    open_window,
    referral_row,
    settle,
    waiting,
)
from projections.interventions_duplicates import HANDLERS as OF_DUPLICATES
from projections.interventions_emergencies import HANDLERS as OF_EMERGENCIES
from projections.interventions_promises import HANDLERS as OF_PROMISES
from projections.interventions_sender import HANDLERS as OF_THE_SENDER
from projections.interventions_terms import HANDLERS as OF_TERMS
from projections.interventions_transfers import HANDLERS as OF_TRANSFERS
from projections.interventions_triage import HANDLERS as OF_TRIAGE
from projections.rows import Row
from projections.tables import interventions, letters, referrals


@dataclass(frozen=True)
class CaseFilter:
    """Which cases a list shows; what is None does not matter."""

    stage: str | None = None
    category: str | None = None
    group: str | None = None
    district: str | None = None
    unit: str | None = None
    """A unit that was written to."""
    waiting: str | None = None
    on_hold: bool | None = None
    handling: str | None = None
    overdue_at: datetime | None = None
    """Not settled, and past the safe due of the settlement at this moment."""


Cursor = tuple[datetime, str]
"""The receipt and reference of the last case seen."""


def find(connection: Connection, reference: str) -> Row | None:
    """A case with its `referrals` and `letters`."""
    row = connection.execute(
        select(interventions).where(interventions.c.reference == reference)
    ).mappings()
    case = row.one_or_none()
    if case is None:
        return None
    return {
        **case,
        "referrals": _parts_of(connection, referrals, reference, "referral"),
        "letters": _parts_of(connection, letters, reference, "sent_at", "kind", "recipient"),
    }


def list_interventions(
    connection: Connection,
    wanted: CaseFilter | None = None,
    *,
    after: Cursor | None = None,
    limit: int = 50,
) -> list[Row]:
    """The newest cases first; the next page is asked for after the last case of this one."""
    receipt = tuple_(interventions.c.received_at, interventions.c.reference)
    query = select(interventions).where(*_conditions(wanted or CaseFilter()))
    if after is not None:
        query = query.where(receipt < tuple_(*after))
    query = query.order_by(
        interventions.c.received_at.desc(), interventions.c.reference.desc()
    ).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]


def cursor_of(row: Mapping[str, Any]) -> Cursor:
    return row["received_at"], row["reference"]


def _conditions(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    columns = interventions.c
    exact = ("stage", "category", "group", "district", "waiting", "on_hold", "handling")
    found = [
        columns[name] == value for name in exact if (value := getattr(wanted, name)) is not None
    ]
    if wanted.unit is not None:
        to_unit = (referrals.c.case_ref == columns.reference) & (referrals.c.unit == wanted.unit)
        found.append(exists().where(to_unit))
    if wanted.overdue_at is not None:
        found += [
            columns.settled_at.is_(None),
            columns.closed_at.is_(None),
            columns.settlement_due_at <= wanted.overdue_at,
        ]
    return found


def _parts_of(connection: Connection, table: Any, reference: str, *order: str) -> list[Row]:
    found = connection.execute(
        select(table)
        .where(table.c.case_ref == reference)
        .order_by(*(table.c[name] for name in order))
    )
    return [dict(row) for row in found.mappings()]


def _registered(event: events.Registered, batch: Batch) -> None:
    point, clocks = event.place.point, event.clocks
    row: Row = {
        "reference": event.reference,
        "stage": "triage",
        "round": 1,
        "category": event.category,
        "group": event.category.partition(".")[0],
        "district": event.place.district,
        "street": event.place.street,
        "number": event.place.number,
        "lat": point.lat if point else None,
        "lon": point.lon if point else None,
        "channel": event.channel,
        "brought_by": event.brought_by,
        "reach": event.reach,
        "handling": event.handling,
        "emergency": event.emergency,
        "received_at": event.received_at,
        "registered_at": event.timestamp,
        "units": [],
        "waiting": "us",
        "forwarded_at": None,
        "replied_at": None,
        "settled_at": None,
        "closed_at": None,
        "outcome": None,
        "duplicate_of": None,
        "joined": 0,
        "drafts": 0,
        "on_hold": False,
        **dates("ack", clocks.get("acknowledgement")),
        **dates("forwarding", clocks["forwarding"]),
        **dates("settlement", clocks["settlement"]),
        "settlement_due_at": clocks["settlement"].due_at,
        "settlement_ends_at": clocks["settlement"].ends_at,
        "announced_on": None,
        "partial": False,
        "window_ends": None,
        "last_event_at": event.timestamp,
        "version": event.originator_version,
        "log_position": batch.position,
    }
    batch.rows[interventions].put(event.reference, event.reference, row)


def _forwarded(event: events.Forwarded, batch: Batch) -> None:
    case = case_row(event, batch)
    feedback = event.feedback_by
    row: Row = {
        "case_ref": event.reference,
        "referral": event.referral,
        "unit": event.unit,
        "unit_kind": event.unit_kind,
        "mode": event.mode,
        "lead": event.lead,
        "round": event.round,
        "turn": 1,
        "state": "sent",
        "result": None,
        "sent_at": event.timestamp,
        "answered_at": None,
        "accepted_at": None,
        "claim_due": event.claim_by.safe_due if event.claim_by else None,
        "feedback_safe_due": feedback.safe_due if feedback else None,
        "feedback_legal_end": feedback.legal_end if feedback else None,
        "promised_on": None,
        "hop": 0,
        "returned_at": None,
        "returned_late": None,
        "followed_by": None,
    }
    if event.replaces is not None:
        returned = batch.rows[referrals].change(event.reference, (event.reference, event.replaces))
        returned["followed_by"] = event.referral
        row["hop"] = returned["hop"]
    batch.rows[referrals].put(event.reference, (event.reference, event.referral), row)
    case["units"] = [*dict.fromkeys([*case["units"], event.unit])]
    case["forwarded_at"] = case["forwarded_at"] or event.timestamp
    if case["stage"] == "triage":
        move(case, "with_units", batch)
    else:
        go_on_when_answered(case, event, batch)


def _answered(event: events.ReferralAnswered, batch: Batch) -> None:
    case = case_row(event, batch)
    referral_row(event, batch).update(
        state="answered",
        result=event.result,
        promised_on=event.promised_on,
        answered_at=event.timestamp,
    )
    case["waiting"] = waiting(case, batch)


def _misrouted(event: events.ReferralReturned, batch: Batch) -> None:
    case = case_row(event, batch)
    referral_row(event, batch).update(
        state="returned", hop=event.hop, returned_at=event.timestamp, returned_late=event.late
    )
    case["waiting"] = waiting(case, batch)


def _accepted(event: events.FeedbackAccepted, batch: Batch) -> None:
    case = case_row(event, batch)
    referral_row(event, batch).update(state="accepted", accepted_at=event.timestamp)
    go_on_when_answered(case, event, batch)


def _handed_over(event: events.HandedOver, batch: Batch) -> None:
    case = case_row(event, batch)
    referral_row(event, batch)["state"] = "handed_over"
    go_on_when_answered(case, event, batch)


def _recalled(event: events.ReferralRecalled, batch: Batch) -> None:
    case = case_row(event, batch)
    referral_row(event, batch)["state"] = "recalled"
    if event.triage_by is not None:
        move(case, "triage", batch)
    elif event.alone:
        go_on_when_answered(case, event, batch)
    else:
        case["waiting"] = waiting(case, batch)


def _returned(event: events.FeedbackReturned, batch: Batch) -> None:
    case = case_row(event, batch)
    if event.feedback_by is not None:
        ask_again(referral_row(event, batch), event.feedback_by)
    case["waiting"] = waiting(case, batch)


def _submitted(event: events.ReplySubmitted, batch: Batch) -> None:
    case = case_row(event, batch)
    case["drafts"] = event.draft
    case["partial"] = event.partial
    case["window_ends"] = None
    if event.sensitive:
        move(case, "approval", batch)
    else:
        _replied(event, batch)


def _replied(event: events.ReplySubmitted | events.ReplyApproved, batch: Batch) -> None:
    case = case_row(event, batch)
    case["replied_at"] = event.timestamp
    case["window_ends"] = event.window.ends_at if event.window else None
    move(case, "replied", batch)
    if case["reach"] == "none":
        settle(case, event, batch)


def _reply_returned(event: events.ReplyReturned, batch: Batch) -> None:
    move(case_row(event, batch), "drafting", batch)


def _notice_prepared(event: events_bounces.NoticePrepared, batch: Batch) -> None:
    case_row(event, batch)
    _written(event, "prepared", "post", batch)


def _notice_sent(event: events.NoticeSent, batch: Batch) -> None:
    case = case_row(event, batch)
    _written(event, "sent", event.channel, batch)
    if event.kind == "N5b" or (event.kind == "N5" and not case["partial"]):
        settle(case, event, batch)


def _written(
    event: events.NoticeSent | events_bounces.NoticePrepared, state: str, channel: str, batch: Batch
) -> None:
    """One try of a letter, in the place of the one before it."""
    row: Row = {
        "case_ref": event.reference,
        "kind": event.kind,
        "round": event.round,
        "recipient": event.recipient,
        "message_id": event.message_id,
        "channel": channel,
        "state": state,
        "sent_at": event.timestamp,
        "delivered_at": None,
        "bounced_at": None,
    }
    if letter_key(event) in batch.rows[letters].of(event.reference):
        letter_row(event, batch).update(row)
    else:
        batch.rows[letters].put(event.reference, letter_key(event), row)


def _notice_delivered(event: events.NoticeDelivered, batch: Batch) -> None:
    case = case_row(event, batch)
    letter_row(event, batch).update(state="delivered", delivered_at=event.timestamp)
    open_window(case, event.window)


def _notice_bounced(event: events.NoticeBounced, batch: Batch) -> None:
    case_row(event, batch)
    letter_row(event, batch).update(state="bounced", bounced_at=event.timestamp)


def _bounce_handled(event: events_bounces.BounceHandled, batch: Batch) -> None:
    case = case_row(event, batch)
    letter = letter_row(event, batch)
    match event.way:
        case "file_note":
            letter["state"] = "noted"
            if event.kind == "N3" and case["stage"] == "awaiting_supplement":
                case["waiting"] = "us"  # the call reached nobody
        case "other_channel":
            letter.update(state="delivered", delivered_at=event.timestamp)
        case _:
            letter["state"] = "again"
    open_window(case, event.window)


def _closed(event: events.Closed, batch: Batch) -> None:
    case = case_row(event, batch)
    case["closed_at"] = event.timestamp
    case["outcome"] = event.outcome
    move(case, "closed", batch)


HANDLERS: Mapping[str, Handler] = {
    **OF_DUPLICATES,
    **OF_EMERGENCIES,
    **OF_PROMISES,
    **OF_TRIAGE,
    **OF_THE_SENDER,
    **OF_TERMS,
    **interventions_holds.HANDLERS,
    **interventions_records.HANDLERS,
    **OF_TRANSFERS,
    "intervention.Registered": _registered,
    "intervention.Forwarded": _forwarded,
    "intervention.ReferralAnswered": _answered,
    "intervention.Commented": only_noted,
    "intervention.InterimInformationGiven": only_noted,
    "intervention.ReferralReturned": _misrouted,
    "intervention.CompetenceDecided": only_noted,
    "intervention.TaskTakenBack": only_noted,
    "intervention.TermMoved": only_noted,
    "intervention.StepReopened": only_noted,
    "intervention.WorkflowStopped": only_noted,
    "intervention.StopJustified": only_noted,
    "intervention.FeedbackAccepted": _accepted,
    "intervention.FeedbackReturned": _returned,
    "intervention.HandedOver": _handed_over,
    "intervention.ReferralRecalled": _recalled,
    "intervention.ReplySubmitted": _submitted,
    "intervention.ReplyApproved": _replied,
    "intervention.ReplyReturned": _reply_returned,
    "intervention.StateTold": only_noted,
    "intervention.NoticePrepared": _notice_prepared,
    "intervention.NoticeSent": _notice_sent,
    "intervention.NoticeDelivered": _notice_delivered,
    "intervention.NoticeBounced": _notice_bounced,
    "intervention.BounceHandled": _bounce_handled,
    "intervention.Closed": _closed,
    **interventions_units.HANDLERS,
}

PROJECTION = Projection(
    handlers=HANDLERS,
    tables={interventions: "reference", referrals: "case_ref", letters: "case_ref"},
)
