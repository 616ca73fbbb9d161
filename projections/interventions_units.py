"""Interventions whose units are late: what the lists show of terms, silence and delays."""

from collections.abc import Mapping

from domain.interventions import events_delays
from domain.interventions import events_units as events
from domain.interventions.events_partial import PartialReplyDecided
from projections.batch import Batch, Handler
from projections.case_rows import (
    ask_again,
    case_row,
    give_term,
    go_on_when_answered,
    move,
    only_noted,
    referral_row,
    waiting,
)


def _delayed(event: events_delays.DelayNotified, batch: Batch) -> None:
    case_row(event, batch)["announced_on"] = event.new_date


def _term_moved(event: events.ExtensionGranted | events.WaitDecided, batch: Batch) -> None:
    case_row(event, batch)
    if event.feedback_by is not None:
        give_term(referral_row(event, batch), event.feedback_by)


def _written_off(event: events.ReferralWrittenOff | events.FeedbackTakenOver, batch: Batch) -> None:
    case = case_row(event, batch)
    referral_row(event, batch)["state"] = "written_off"
    go_on_when_answered(case, event, batch)


def _accepted_as_is(event: events.FeedbackAcceptedAsIs, batch: Batch) -> None:
    case = case_row(event, batch)
    referral_row(event, batch).update(state="accepted", accepted_at=event.timestamp)
    go_on_when_answered(case, event, batch)


def _answered_in_part(event: PartialReplyDecided, batch: Batch) -> None:
    move(case_row(event, batch), "drafting", batch)


def _ordered_again(event: events.FeedbackOrderedAgain, batch: Batch) -> None:
    case = case_row(event, batch)
    ask_again(referral_row(event, batch), event.feedback_by)
    case["waiting"] = waiting(case, batch)


HANDLERS: Mapping[str, Handler] = {
    "intervention.ExtensionRequested": only_noted,
    "intervention.ExtensionGranted": _term_moved,
    "intervention.ExtensionRefused": only_noted,
    "intervention.WaitDecided": _term_moved,
    "intervention.PartialReplyDecided": _answered_in_part,
    "intervention.LetterCorrected": only_noted,
    "intervention.OtherUnitOrdered": only_noted,
    "intervention.ReferralWrittenOff": _written_off,
    "intervention.FeedbackAcceptedAsIs": _accepted_as_is,
    "intervention.FeedbackOrderedAgain": _ordered_again,
    "intervention.FeedbackTakenOver": _written_off,
    "intervention.DelayNotified": _delayed,
}
