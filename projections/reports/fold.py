"""Folding the log, up to a position, into the rows that reports count with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from domain.interventions import (
    events,
    events_delays,
    events_deputies,
    events_duplicates,
    events_holds,
    events_interim,
    events_records,
    events_sender,
    events_terms,
    events_units,
)
from domain.interventions.handling import OF_THE_HANDLING
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
    TermFacts,
)
from projections.reports.timeliness import CLOCKS
from runtime.collector import collector_at_rest
from runtime.store import Store

Handler = Callable[[CaseFacts, Any, datetime], None]
"""Puts what an event tells into the case; the moment is that of the act, in UTC."""


@dataclass(frozen=True)
class Known:
    """All that the log tells up to a position; cases in the order of their references."""

    cases: tuple[CaseFacts, ...]
    position: int


def known_at(store: Store, moment: datetime) -> Known:
    """What had been recorded at a moment."""
    return fold(store, store.position_at(moment))


def fold(store: Store, position: int) -> Known:
    """What the log up to and with this position tells."""
    cases: dict[str, CaseFacts] = {}
    for page in store.pages(position, _COUNTED):
        with collector_at_rest():
            for entry in page:
                _put(entry.topic, store.decoded(entry), cases)
    return Known(tuple(cases[reference] for reference in sorted(cases)), position)


def _put(topic: str, event: Any, cases: dict[str, CaseFacts]) -> None:
    at = event.timestamp.astimezone(UTC)
    if topic == events.Registered.TOPIC:
        cases[event.reference] = _registered(event, at)
        return
    is_task = topic == task_events.Escalated.TOPIC
    case = cases.get(case_of(event.task_ref) if is_task else event.reference)
    if case is not None:  # tasks of other processes
        HANDLERS[topic](case, event, at)
        case.touched(at)


def _registered(event: events.Registered, at: datetime) -> CaseFacts:
    received_at = event.received_at.astimezone(UTC)
    return CaseFacts(
        reference=event.reference,
        received_at=received_at,
        registered_at=at,
        channel=event.channel,
        category=event.category,
        district=event.place.district,
        reach=event.reach,
        clocks=_terms(event.clocks, received_at),
        first_at=min(received_at, at),
        last_at=max(received_at, at),
    )


def _terms(terms: Mapping[str, Term], begun: datetime | None = None) -> dict[str, TermFacts]:
    return {name: TermFacts.of(terms[name], begun) for name in CLOCKS if name in terms}


def _forwarded(case: CaseFacts, event: events.Forwarded, at: datetime) -> None:
    if (before := case.referrals.get(event.replaces or "")) is not None:
        before.is_followed = True
    term = TermFacts.of(event.feedback_by, at) if event.feedback_by else None
    case.referrals[event.referral] = ReferralFacts(
        referral=event.referral,
        unit=event.unit,
        lead=event.lead,
        sent_at=at,
        first_term=term,
        terms=((at, term),) if term else (),
        states=((at, "sent"),),
    )
    _after_the_reply(case, at)


def _clocks_told(case: CaseFacts, clocks: Mapping[str, Term], at: datetime) -> None:
    """In a later round the settlement is that of the round: the first was over with its own."""
    told = _terms(clocks)
    if case.settlements and "settlement" in told:
        case.settlements += ((at, told.pop("settlement")),)
    case.clocks.update(told)


def _asked_of_sender(case: CaseFacts, event: events_sender.SupplementAsked, at: datetime) -> None:
    _clocks_told(case, event.clocks, at)
    case.with_sender += ((at, None),)


def _back_from_sender(
    case: CaseFacts,
    event: events_sender.Supplemented
    | events_sender.SupplementLapsed
    | events_sender.IncompleteAccepted,
    at: datetime,
) -> None:
    _clocks_told(case, event.clocks, at)
    *before, (since, until) = case.with_sender
    case.with_sender = (*before, (since, until or at))


def _reopened(case: CaseFacts, event: events_sender.Reopened, at: datetime) -> None:
    case.is_replied = False
    case.reopenings += (at,)
    if (term := event.clocks.get("settlement")) is not None:
        case.settlements += ((at, TermFacts.of(term)),)


def _recalled(case: CaseFacts, event: events.ReferralRecalled, at: datetime) -> None:
    _moved(case, event, at, "recalled")
    if event.alone:
        _after_the_reply(case, at)


def _answered(case: CaseFacts, event: events.ReferralAnswered, at: datetime) -> None:
    row = _moved(case, event, at, "answered")
    row.answers += (Answer(at, event.result, event.promised_on),)


def _informed(case: CaseFacts, event: events_interim.InterimInformationGiven, at: datetime) -> None:
    case.referrals[event.referral].interim += (at,)


def _misrouted(case: CaseFacts, event: events.ReferralReturned, at: datetime) -> None:
    row = _moved(case, event, at, "returned")
    row.misrouted += (MisroutedReturn(at, event.late),)


def _accepted(
    case: CaseFacts,
    event: events.FeedbackAccepted | events_units.FeedbackAcceptedAsIs,
    at: datetime,
) -> None:
    _moved(case, event, at, "accepted")
    _after_the_reply(case, at)


def _insufficient(case: CaseFacts, event: events.FeedbackReturned, at: datetime) -> None:
    """Back to the unit or, when it was returned too often, up to the deputy."""
    case.referrals[event.referral].insufficient += (at,)
    if event.feedback_by is not None:
        _asked_again(case, event, at)


def _asked_again(
    case: CaseFacts,
    event: events.FeedbackReturned | events_units.FeedbackOrderedAgain,
    at: datetime,
) -> None:
    _moved(case, event, at, "sent")
    _term_moved(case, event, at)


def _term_moved(
    case: CaseFacts,
    event: events.FeedbackReturned
    | events_units.FeedbackOrderedAgain
    | events_units.ExtensionGranted
    | events_units.WaitDecided,
    at: datetime,
) -> None:
    if event.feedback_by is not None:
        case.referrals[event.referral].terms += ((at, TermFacts.of(event.feedback_by)),)


def _written_off(
    case: CaseFacts,
    event: events_units.ReferralWrittenOff | events_units.FeedbackTakenOver,
    at: datetime,
) -> None:
    _moved(case, event, at, "written_off")
    _after_the_reply(case, at)


def _after_the_reply(case: CaseFacts, at: datetime) -> None:
    """Whom nobody can write to, the last answer settles."""
    if case.is_replied and case.reach == "none":
        _settled(case, at)


def _recounted(case: CaseFacts, event: events_terms.TermRecounted, at: datetime) -> None:
    if event.referral is not None:
        _counted_anew(case.referrals[event.referral], event.new, at)
    elif event.clock in case.clocks:
        _clocks_told(case, {event.clock: event.new}, at)


def _counted_anew(row: ReferralFacts, term: Term, at: datetime) -> None:
    """By new tables or after a standstill, and by no decision: then the first term is this one."""
    counted = TermFacts.of(term)
    if not row.answers and not counted.extended:
        row.first_term = counted
    row.terms += ((at, counted),)


def _handed_over(case: CaseFacts, event: events.HandedOver, at: datetime) -> None:
    _moved(case, event, at, "handed_over")


def _submitted(case: CaseFacts, event: events.ReplySubmitted, at: datetime) -> None:
    case.reply_outcome = event.outcome
    case.reply_is_partial = event.partial
    if not event.sensitive:
        _replied(case, event, at)


def _replied(
    case: CaseFacts, event: events.ReplySubmitted | events.ReplyApproved, at: datetime
) -> None:
    """The reply is final, which settles the case when there is nobody to send it to."""
    case.is_replied = True
    if case.reach == "none":
        _settled(case, at)


def _settled(case: CaseFacts, at: datetime) -> None:
    """With a reply in part only once nothing more is to come."""
    if case.reply_is_partial and case.outstanding:
        return
    case.answers += (at,)
    if case.answered_at is None:
        case.answered_at, case.answered_with = at, case.reply_outcome


def _notice_sent(case: CaseFacts, event: events.NoticeSent, at: datetime) -> None:
    match event.kind:
        case "N1":
            case.acknowledged_at = case.acknowledged_at or at
        case "N2":
            case.forwarded_at = case.forwarded_at or at
        case "N8" if event.recipient == "sender":
            case.transferred_at = case.transferred_at or at
        case "N5" if event.recipient == "sender" and not case.reply_is_partial:
            _settled(case, at)
        case "N5b" if event.recipient == "sender":
            _settled(case, at)
        case "N6":
            case.state_told_at = case.state_told_at or at


def _delayed(case: CaseFacts, event: events_delays.DelayNotified, at: datetime) -> None:
    case.delay_notices += (DelayNotice(at, event.new_date),)


def _state_told(case: CaseFacts, event: events_deputies.StateTold, at: datetime) -> None:
    """Where no address is known there is no letter that could tell of it."""
    if not event.by_letter:
        case.state_told_at = case.state_told_at or at


def _promise(what: str) -> Handler:
    """What a unit or the deputy said of the promise."""

    def told(case: CaseFacts, event: Any, at: datetime) -> None:
        step = PromiseStep(at, what, getattr(event, "new_date", None))
        case.referrals[event.referral].promise_steps += (step,)

    return told


def _parted(case: CaseFacts, event: events_duplicates.DuplicateUnlinked, at: datetime) -> None:
    """A case that had not been closed yet was open all the time."""
    if case.has_ended:
        case.parted += (at,)


def _closed(case: CaseFacts, event: events.Closed, at: datetime) -> None:
    case.closings += (Closing(at, event.outcome),)


def _corrected(case: CaseFacts, event: events_records.DataCorrected, at: datetime) -> None:
    case.category = event.category or case.category
    case.channel = event.channel or case.channel
    if event.place:
        case.district = event.place.district
    if event.field == "sender":
        case.reach = event.reach or "none"
        _handled(case, event.clocks, at)
        # Whom nobody can write to any more, the reply settles.
        if case.is_replied and case.reach == "none" and not case.settled_anew(at):
            _settled(case, at)


def _joined(case: CaseFacts, event: events_duplicates.SenderJoined, at: datetime) -> None:
    """Somebody's motion may have joined what had been nobody's."""
    _handled(case, event.clocks, at)


def _handled(case: CaseFacts, clocks: Mapping[str, Term] | None, at: datetime) -> None:
    """As a motion or as a signal from now on, judged by the clocks that count instead."""
    if clocks is None:
        return
    for name in set(OF_THE_HANDLING) - clocks.keys():
        case.clocks.pop(name, None)
    _clocks_told(case, clocks, at)


def _held_or_resumed(case: CaseFacts, event: events_holds.Standstill, at: datetime) -> None:
    _clocks_told(case, event.clocks, at)
    for name, term in event.feedback.items():
        _counted_anew(case.referrals[name], term, at)


def _escalated(case: CaseFacts, event: task_events.Escalated, at: datetime) -> None:
    step = Escalation(at, event.level)
    case.escalations += (step,)
    _, _, _, task_type, *subject, _ = event.task_ref.split("-")
    if task_type == "answer_referral":
        case.referrals[subject[0]].escalations += (step,)


def _moved(case: CaseFacts, event: Any, at: datetime, state: str) -> ReferralFacts:
    row = case.referrals[event.referral]
    row.states += ((at, state),)
    return row


HANDLERS: Final[Mapping[str, Handler]] = {
    "intervention.SupplementAsked": _asked_of_sender,
    "intervention.Supplemented": _back_from_sender,
    "intervention.SupplementLapsed": _back_from_sender,
    "intervention.IncompleteAccepted": _back_from_sender,
    "intervention.Reopened": _reopened,
    "intervention.Forwarded": _forwarded,
    "intervention.ReferralAnswered": _answered,
    "intervention.InterimInformationGiven": _informed,
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
    "intervention.FeedbackOrderedAgain": _asked_again,
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
    "intervention.SenderJoined": _joined,
    "intervention.Closed": _closed,
    "task.Escalated": _escalated,
}
"""By topic, of cases that are registered. What reports do not count with is not read."""

_COUNTED: Final = (events.Registered.TOPIC, *HANDLERS)
