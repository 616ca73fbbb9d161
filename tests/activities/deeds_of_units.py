"""What units ask for outside their tasks, and what is decided about silent and vague ones."""

from datetime import timedelta
from typing import Any

from tests.activities.deeds import Ask, Deed
from tests.activities.desk import DONE, REPLY, TO_ZDMK, Desk
from tests.builders import sealed
from tests.given import moment

REASON: dict[str, Any] = {"reason": sealed("Nie odpowiada")}
DECIDED = ("task.Claimed", "task.Completed")
MOVED = "task.DeadlineMoved"


def _deciding(desk: Desk, person: str, outcome: str, fields: Any, reference: str, kind: str) -> Ask:
    tasks = [task for task in desk.tasks_of(reference) if task.type == kind]
    step = desk.decision(person, tasks[0], outcome, fields)
    return lambda: desk.commands.decide_intervention_task(step).answer


def telling_of_a_delay(desk: Desk) -> Ask:
    reference = desk.forwarded()
    desk.at = moment("2026-11-02 09:00")
    told = {"new_date": "2026-11-20", **REASON}
    return _deciding(desk, "clerk-a", "sent", told, reference, "delay_notice")


def _requesting(desk: Desk, reference: str) -> Ask:
    fields = {"referral": "R1", "until": "2026-10-16", **REASON}
    step = desk.instruction("zdmk-a", reference, "request_extension", fields)
    return lambda: desk.commands.instruct_intervention(step).answer


def deciding_on_time(desk: Desk, outcome: str, fields: Any) -> Ask:
    reference = desk.forwarded()
    _requesting(desk, reference)()
    return _deciding(desk, "clerk-a", outcome, fields, reference, "decide_extension")


def deciding_on_silence(desk: Desk, outcome: str, fields: Any) -> Ask:
    reference = desk.forwarded()
    desk.at = moment("2026-10-20 09:00")
    return _deciding(desk, "deputy-media", outcome, fields, reference, "decide_silence")


def returned_too_often(desk: Desk) -> str:
    reference = desk.answered()
    missing = {"what_is_missing": sealed("Brak zdjęcia")}
    for turn in (1, 2, 3):
        check = desk.task(reference, "check_feedback", "R1", turn)
        desk.decide("clerk-b", check, "return", missing)
        if turn < 3:
            again = desk.task(reference, "answer_referral", "R1", turn + 1)
            desk.decide("zdmk-a", again, "done", DONE)
        desk.at += timedelta(minutes=5)
    return reference


def settling(desk: Desk, outcome: str, fields: Any) -> Ask:
    reference = returned_too_often(desk)
    return _deciding(desk, "deputy-media", outcome, fields, reference, "settle_insufficient")


def _recalling(desk: Desk) -> Ask:
    fields = {"referral": "R1", **REASON}
    step = desk.instruction("clerk-a", desk.forwarded(), "recall_referral", fields)
    return lambda: desk.commands.instruct_intervention(step).answer


def _correcting(desk: Desk) -> Ask:
    reference = desk.forwarded()
    desk.send_letters(reference)
    fields = {"letter": "N2.1.R1", "text": sealed("Podaliśmy zły adres")}
    step = desk.instruction("clerk-a", reference, "correct_letter", fields)
    return lambda: desk.commands.instruct_intervention(step).answer


def answered_by_one_of_two(desk: Desk) -> str:
    """The other one is late."""
    reference = desk.opened()
    second = {"unit": "ZTP", "question": sealed("Co z przystankiem?")}
    both = {"referrals": [*TO_ZDMK["referrals"], second]}
    desk.decide("clerk-a", desk.task(reference, "triage"), "forward", both)
    desk.decide("zdmk-a", desk.task(reference, "answer_referral", "R1"), "done", DONE)
    desk.decide("clerk-b", desk.task(reference, "check_feedback", "R1"), "accept")
    desk.at = moment("2026-10-13 00:00")
    return reference


def deciding_on_the_rest(desk: Desk, outcome: str) -> Ask:
    reference = answered_by_one_of_two(desk)
    return _deciding(desk, "head-a", outcome, {}, reference, "decide_partial")


def accepting_late(desk: Desk) -> Ask:
    reference = answered_by_one_of_two(desk)
    _deciding(desk, "head-a", "partial", {}, reference, "decide_partial")()
    desk.decide("clerk-a", desk.task(reference, "draft_reply"), "submitted", REPLY)
    desk.decide("ztp-a", desk.task(reference, "answer_referral", "R2"), "done", DONE)
    told = {"told": sealed("Przystanek odśnieżono")}
    return _deciding(desk, "clerk-b", "accept", told, reference, "check_feedback")


DEEDS_OF_UNITS = (
    Deed("correct a letter", _correcting, ("intervention.LetterCorrected",)),
    Deed(
        "call a referral back",
        _recalling,
        ("intervention.ReferralRecalled", "task.Opened", "task.Withdrawn"),
    ),
    Deed(
        "reply in part",
        lambda desk: deciding_on_the_rest(desk, "partial"),
        ("intervention.PartialReplyDecided", *DECIDED, "task.Opened"),
    ),
    Deed(
        "wait for the rest",
        lambda desk: deciding_on_the_rest(desk, "wait"),
        ("intervention.WaitDecided", *DECIDED),
    ),
    Deed("accept a late answer", accepting_late, ("intervention.FeedbackAccepted", *DECIDED)),
    Deed("tell of a delay", telling_of_a_delay, ("intervention.DelayNotified", *DECIDED)),
    Deed(
        "ask for more time",
        lambda desk: _requesting(desk, desk.forwarded()),
        ("intervention.ExtensionRequested", "task.Opened"),
    ),
    Deed(
        "give more time",
        lambda desk: deciding_on_time(desk, "grant", {}),
        ("intervention.ExtensionGranted", *DECIDED, MOVED),
    ),
    Deed(
        "give no more time",
        lambda desk: deciding_on_time(desk, "refuse", REASON),
        ("intervention.ExtensionRefused", *DECIDED),
    ),
    Deed(
        "wait for a silent unit",
        lambda desk: deciding_on_silence(desk, "wait_until", {"until": "2026-10-28"}),
        ("intervention.WaitDecided", *DECIDED, MOVED),
    ),
    Deed(
        "ask another unit than the silent one",
        lambda desk: deciding_on_silence(desk, "other_unit", {"unit": "ZTP", **REASON}),
        (
            "intervention.Forwarded",
            "intervention.OtherUnitOrdered",
            "intervention.ReferralRecalled",
            *DECIDED,
            "task.Opened",
            "task.Withdrawn",
        ),
    ),
    Deed(
        "write a silent unit off",
        lambda desk: deciding_on_silence(desk, "write_off", REASON),
        ("intervention.ReferralWrittenOff", *DECIDED, "task.Opened", "task.Withdrawn"),
    ),
    Deed(
        "take insufficient feedback",
        lambda desk: settling(desk, "accept_as_is", REASON),
        ("intervention.FeedbackAcceptedAsIs", *DECIDED, "task.Opened"),
    ),
    Deed(
        "order feedback again",
        lambda desk: settling(desk, "order_again", {"what_is_missing": sealed("Brak zdjęcia")}),
        ("intervention.FeedbackOrderedAgain", *DECIDED, "task.Opened"),
    ),
    Deed(
        "take a question over",
        lambda desk: settling(desk, "take_over", REASON),
        ("intervention.FeedbackTakenOver", *DECIDED, "task.Opened"),
    ),
)
