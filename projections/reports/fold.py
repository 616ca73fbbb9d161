"""Folding the log, up to a position, into the rows that reports count with."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from eventsourcing.persistence import Notification

from domain.interventions import (
    events,
    events_delays,
    events_deputies,
    events_duplicates,
    events_holds,
    events_records,
    events_sender,
    events_terms,
    events_units,
)
from domain.references import case_of
from domain.tasks import events as task_events
from domain.terms import Term
from projections.reports.facts import (
    Answer,
    CaseFacts,
    Closing,
    DelayNotice,
    Escalation,
    MisroutedReturn,
    PromiseStep,
    ReferralFacts,
)
from runtime.mapper import timestamp_of
from runtime.store import Store

PAGE: Final = 2_000

Handler = Callable[[CaseFacts, Any], CaseFacts]


@dataclass(frozen=True)
class Known:
    """All that the log tells up to a position; cases in the order of their references."""

    cases: tuple[CaseFacts, ...]
    position: int


def known_at(store: Store, moment: datetime) -> Known:
    """What had been recorded at a moment; the log is read once.

    The log keeps no time of its own: an event carries the time of its act, taken just before it
    was recorded. As positions only grow, an event counts as recorded when the latest act up to
    it was done. So the answer is the end of the part of the log in which no act is later than
    the moment, and what is appended after a later act never changes it. The limits: clocks of
    machines that differ move it by as much; an act whose clock ran ahead hides what follows it
    until its time has come; and of a moment that is only just past, a transaction that began
    before it may still be recorded.
    """
    cases, position = _Cases(), 0
    for stored in _stored(store, (), None):
        event = _decoded(store, stored) if stored.topic in _COUNTED else None
        if (event.timestamp if event else timestamp_of(stored)) > moment:
            break
        position = stored.id
        if event:
            cases.add(event)
    return cases.known(position)


def fold(store: Store, position: int) -> Known:
    """What the log up to and with this position tells."""
    cases = _Cases()
    for stored in _stored(store, tuple(_COUNTED), position):
        cases.add(_decoded(store, stored))
    return cases.known(position)


class _Cases:
    """The cases as far as their events have come."""

    def __init__(self) -> None:
        self._found: dict[str, CaseFacts] = {}

    def add(self, event: Any) -> None:
        if isinstance(event, events.Registered):
            self._found[event.reference] = _registered(event)
            return
        is_task = isinstance(event, task_events.TaskEvent)
        reference = case_of(event.task_ref) if is_task else event.reference
        if (case := self._found.get(reference)) is not None:  # tasks of other processes
            self._found[reference] = HANDLERS[event.TOPIC](case, event)

    def known(self, position: int) -> Known:
        cases = (self._found[reference] for reference in sorted(self._found))
        return Known(tuple(cases), position)


def _decoded(store: Store, stored: Notification) -> Any:
    return store.mapper.to_domain_event(stored)


def _stored(store: Store, topics: tuple[str, ...], until: int | None) -> Iterator[Notification]:
    after = 0
    while until is None or after < until:
        page = store.recorder.select_notifications(
            after, PAGE, until, topics=topics, inclusive_of_start=False
        )
        if not page:
            return
        yield from page
        after = page[-1].id


def _registered(event: events.Registered) -> CaseFacts:
    return CaseFacts(
        reference=event.reference,
        received_at=event.received_at,
        registered_at=event.timestamp,
        channel=event.channel,
        category=event.category,
        district=event.place.district,
        reach=event.reach,
        clocks=dict(event.clocks),
        referrals={},
    )


def _forwarded(case: CaseFacts, event: events.Forwarded) -> CaseFacts:
    term = event.feedback_by
    return _with(
        case,
        ReferralFacts(
            referral=event.referral,
            unit=event.unit,
            lead=event.lead,
            sent_at=event.timestamp,
            first_term=term,
            terms=((event.timestamp, term),) if term else (),
            states=((event.timestamp, "sent"),),
        ),
    )


def _asked_of_sender(case: CaseFacts, event: events_sender.SupplementAsked) -> CaseFacts:
    clocks = {**case.clocks, **event.clocks}
    return replace(case, clocks=clocks, with_sender=(*case.with_sender, (event.timestamp, None)))


def _back_from_sender(
    case: CaseFacts,
    event: events_sender.Supplemented
    | events_sender.SupplementLapsed
    | events_sender.IncompleteAccepted,
) -> CaseFacts:
    *before, (since, until) = case.with_sender
    span = (since, until or event.timestamp)
    return replace(case, clocks={**case.clocks, **event.clocks}, with_sender=(*before, span))


def _reopened(case: CaseFacts, event: events_sender.Reopened) -> CaseFacts:
    term = event.clocks.get("settlement")
    anew = ((event.timestamp, term),) if term is not None else ()
    return replace(
        case,
        reopenings=(*case.reopenings, event.timestamp),
        settlements=(*case.settlements, *anew),
    )


def _recalled(case: CaseFacts, event: events.ReferralRecalled) -> CaseFacts:
    return _with(case, _moved(case, event, "recalled"))


def _answered(case: CaseFacts, event: events.ReferralAnswered) -> CaseFacts:
    row = _moved(case, event, "answered")
    answer = Answer(event.timestamp, event.result, event.promised_on)
    return _with(case, replace(row, answers=(*row.answers, answer)))


def _misrouted(case: CaseFacts, event: events.ReferralReturned) -> CaseFacts:
    row = _moved(case, event, "returned")
    back = MisroutedReturn(event.timestamp, event.late)
    return _with(case, replace(row, misrouted=(*row.misrouted, back)))


def _accepted(case: CaseFacts, event: events.FeedbackAccepted) -> CaseFacts:
    return _after_the_reply(_with(case, _moved(case, event, "accepted")), event)


def _insufficient(case: CaseFacts, event: events.FeedbackReturned) -> CaseFacts:
    """Back to the unit or, when it was returned too often, up to the deputy."""
    row = case.referrals[event.referral]
    row = replace(row, insufficient=(*row.insufficient, event.timestamp))
    case = _with(case, row)
    return case if event.feedback_by is None else _asked_again(case, event, event.feedback_by)


def _asked_again(case: CaseFacts, event: Any, term: Term) -> CaseFacts:
    case = _with(case, _moved(case, event, "sent"))
    return _given_term(case, event, term)


def _given_term(case: CaseFacts, event: Any, term: Term) -> CaseFacts:
    row = case.referrals[event.referral]
    return _with(case, replace(row, terms=(*row.terms, (event.timestamp, term))))


def _term_moved(
    case: CaseFacts, event: events_units.ExtensionGranted | events_units.WaitDecided
) -> CaseFacts:
    if event.feedback_by is None:
        return case
    return _given_term(case, event, event.feedback_by)


def _ordered_again(case: CaseFacts, event: events_units.FeedbackOrderedAgain) -> CaseFacts:
    return _asked_again(case, event, event.feedback_by)


def _written_off(
    case: CaseFacts, event: events_units.ReferralWrittenOff | events_units.FeedbackTakenOver
) -> CaseFacts:
    return _after_the_reply(_with(case, _moved(case, event, "written_off")), event)


def _after_the_reply(case: CaseFacts, event: events.InterventionEvent) -> CaseFacts:
    """Whom nobody can write to, the last answer settles."""
    return _settled(case, event) if case.is_replied and case.reach == "none" else case


def _recounted(case: CaseFacts, event: events_terms.TermRecounted) -> CaseFacts:
    """New tables, and no decision: the first term is the one that they give."""
    if event.referral is None:
        known = case.clocks.get(event.clock)
        return replace(case, clocks={**case.clocks, event.clock: event.new}) if known else case
    row = case.referrals[event.referral]
    granted = event.new.extended_to is not None
    first = row.first_term if row.answers or granted else event.new
    return _given_term(_with(case, replace(row, first_term=first)), event, event.new)


def _handed_over(case: CaseFacts, event: events.HandedOver) -> CaseFacts:
    return _with(case, _moved(case, event, "handed_over"))


def _submitted(case: CaseFacts, event: events.ReplySubmitted) -> CaseFacts:
    case = replace(case, reply_outcome=event.outcome, reply_is_partial=event.partial)
    return case if event.sensitive else _replied(case, event)


def _replied(case: CaseFacts, event: events.InterventionEvent) -> CaseFacts:
    """The reply is final, which settles the case when there is nobody to send it to."""
    case = replace(case, is_replied=True)
    return case if case.reach != "none" else _settled(case, event)


def _settled(case: CaseFacts, event: events.InterventionEvent) -> CaseFacts:
    """With a reply in part only once nothing more is to come."""
    if case.reply_is_partial and case.outstanding:
        return case
    case = replace(case, answers=(*case.answers, event.timestamp))
    if case.answered_at is not None:
        return case
    return replace(case, answered_at=event.timestamp, answered_with=case.reply_outcome)


def _notice_sent(case: CaseFacts, event: events.NoticeSent) -> CaseFacts:
    match event.kind:
        case "N1":
            return replace(case, acknowledged_at=case.acknowledged_at or event.timestamp)
        case "N2":
            return replace(case, forwarded_at=case.forwarded_at or event.timestamp)
        case "N8" if event.recipient == "sender":
            return replace(case, transferred_at=case.transferred_at or event.timestamp)
        case "N5" if event.recipient == "sender" and not case.reply_is_partial:
            return _settled(case, event)
        case "N5b" if event.recipient == "sender":
            return _settled(case, event)
        case "N6":
            return replace(case, state_told_at=case.state_told_at or event.timestamp)
        case _:
            return case


def _delayed(case: CaseFacts, event: events_delays.DelayNotified) -> CaseFacts:
    notice = DelayNotice(event.timestamp, event.new_date)
    return replace(case, delay_notices=(*case.delay_notices, notice))


def _state_told(case: CaseFacts, event: events_deputies.StateTold) -> CaseFacts:
    """Where no address is known there is no letter that could tell of it."""
    if event.by_letter:
        return case
    return replace(case, state_told_at=case.state_told_at or event.timestamp)


def _promise(what: str) -> Handler:
    """What a unit or the deputy said of the promise."""

    def told(case: CaseFacts, event: Any) -> CaseFacts:
        row = case.referrals[event.referral]
        step = PromiseStep(event.timestamp, what, getattr(event, "new_date", None))
        return _with(case, replace(row, promise_steps=(*row.promise_steps, step)))

    return told


def _parted(case: CaseFacts, event: events_duplicates.DuplicateUnlinked) -> CaseFacts:
    """A case that had not been closed yet was open all the time."""
    if not case.has_ended:
        return case
    return replace(case, parted=(*case.parted, event.timestamp))


def _closed(case: CaseFacts, event: events.Closed) -> CaseFacts:
    return replace(case, closings=(*case.closings, Closing(event.timestamp, event.outcome)))


def _corrected(case: CaseFacts, event: events_records.DataCorrected) -> CaseFacts:
    return replace(
        case,
        category=event.category or case.category,
        channel=event.channel or case.channel,
        district=event.place.district if event.place else case.district,
    )


def _held_or_resumed(case: CaseFacts, event: events_holds.Standstill) -> CaseFacts:
    case = replace(case, clocks={**case.clocks, **event.clocks})
    for name, term in event.feedback.items():
        row = case.referrals[name]
        granted = term.extended_to is not None
        first = row.first_term if row.answers or granted else term
        terms = (*row.terms, (event.timestamp, term))
        case = _with(case, replace(row, first_term=first, terms=terms))
    return case


def _escalated(case: CaseFacts, event: task_events.Escalated) -> CaseFacts:
    step = Escalation(event.timestamp, event.level)
    case = replace(case, escalations=(*case.escalations, step))
    _, _, _, task_type, *subject, _ = event.task_ref.split("-")
    if task_type != "answer_referral":
        return case
    row = case.referrals[subject[0]]
    return _with(case, replace(row, escalations=(*row.escalations, step)))


def _moved(case: CaseFacts, event: Any, state: str) -> ReferralFacts:
    row = case.referrals[event.referral]
    return replace(row, states=(*row.states, (event.timestamp, state)))


def _with(case: CaseFacts, row: ReferralFacts) -> CaseFacts:
    return replace(case, referrals={**case.referrals, row.referral: row})


HANDLERS: Final[Mapping[str, Handler]] = {
    "intervention.SupplementAsked": _asked_of_sender,
    "intervention.Supplemented": _back_from_sender,
    "intervention.SupplementLapsed": _back_from_sender,
    "intervention.IncompleteAccepted": _back_from_sender,
    "intervention.Reopened": _reopened,
    "intervention.Forwarded": _forwarded,
    "intervention.ReferralAnswered": _answered,
    "intervention.ReferralReturned": _misrouted,
    "intervention.FeedbackAccepted": _accepted,
    "intervention.FeedbackReturned": _insufficient,
    "intervention.HandedOver": _handed_over,
    "intervention.ReferralRecalled": _recalled,
    "intervention.TermRecounted": _recounted,
    "intervention.ReplySubmitted": _submitted,
    "intervention.ReplyApproved": _replied,
    "intervention.NoticeSent": _notice_sent,
    "intervention.ExtensionGranted": _term_moved,
    "intervention.WaitDecided": _term_moved,
    "intervention.ReferralWrittenOff": _written_off,
    "intervention.FeedbackAcceptedAsIs": _accepted,
    "intervention.FeedbackOrderedAgain": _ordered_again,
    "intervention.FeedbackTakenOver": _written_off,
    "intervention.DelayNotified": _delayed,
    "intervention.DataCorrected": _corrected,
    "intervention.Held": _held_or_resumed,
    "intervention.Resumed": _held_or_resumed,
    "intervention.StateTold": _state_told,
    "intervention.PromiseKept": _promise("kept"),
    "intervention.PromiseMoved": _promise("moved"),
    "intervention.PromiseBroken": _promise("broken"),
    "intervention.PromiseGivenUp": _promise("given_up"),
    "intervention.DuplicateUnlinked": _parted,
    "intervention.Closed": _closed,
    "task.Escalated": _escalated,
}
"""By topic, of cases that are registered. What reports do not count with is not read."""

_COUNTED: Final = frozenset({events.Registered.TOPIC, *HANDLERS})
