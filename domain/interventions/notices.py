"""What became of a letter: sent, delivered, bounced, noted on the file (A4, A25)."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from domain.interventions import events, events_bounces
from domain.interventions.commands import LetterOrder, RecordNotice
from domain.interventions.holds import standing
from domain.interventions.supplements import term_of_call
from domain.interventions.transitions import of_its_stage, stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook
from domain.tasks.commands import TaskOrder
from domain.terms import Term
from domain.working_days import local_day

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def task_about(type: str, key: str, attempt: int = 1) -> TaskOrder:
    """The task about a try of this letter; its subject tells the letters apart: `N5` to the
    sender, `R1` for the forwarding letter to a unit, `N7.R1` for another one to it, `N5.2` for
    the second try."""
    kind, round_, recipient = key.split(".")
    subject = kind if recipient == "sender" else f"{kind}.{recipient}".removeprefix("N2.")
    if attempt > 1:
        subject = f"{subject}.{attempt}"
    return TaskOrder(type=type, subject=subject, round=int(round_))


def letter_of(order: TaskOrder) -> str:
    """The key of the letter that such a task is about."""
    first, *rest = [part for part in order.subject.split(".") if not part.isdigit()]
    kind, recipient = (first, *rest, "sender")[:2] if first.startswith("N") else ("N2", first)
    return f"{kind}.{order.round}.{recipient}"


def reopening_window(act: Act, book: Rulebook) -> Term:
    """In which the sender may ask to reopen; it runs from the delivery of the outcome."""
    return book.deadlines.term("int.reopen_window", act.at)


OPENING = {("N5", "sender"), ("N5b", "sender")}
"""Only the first sender's own notices of outcome open the time for reopening."""


def record_notice(case: "Intervention", command: RecordNotice, act: Act, book: Rulebook) -> None:
    """Note that a letter went out and what became of it; a second record changes nothing."""
    letter = command.letter
    if is_recorded(case, letter):
        return
    which = which_letter(case, letter.key)
    sent = {
        "message_id": command.message_id,
        "recipient_ref": command.recipient_ref,
        "attempt": letter.attempt,
    }
    if command.result == "prepared":
        case.record(events_bounces.NoticePrepared, act, file=command.file, **sent, **which)
        return
    case.record(events.NoticeSent, act, channel=command.channel, **sent, **which)
    if command.result == "delivered":
        record_delivery(case, letter.key, act.at, act, book)
    else:
        case.record(events.NoticeBounced, act, code=command.code, **which)


def is_recorded(case: "Intervention", letter: LetterOrder) -> bool:
    """Whether this try of the letter is known already."""
    known = case.letters.get(letter.key)
    return known is not None and known.attempt >= letter.attempt


def record_delivery(
    case: "Intervention", key: str, received_at: datetime, act: Act, book: Rulebook
) -> None:
    """The recipient has it; what runs from its delivery begins."""
    case.record(
        events.NoticeDelivered,
        act,
        **from_delivery(case, key, received_at, act, book),
        **which_letter(case, key),
    )
    hand_over(case, key.split(".")[2], local_day(received_at), act)


def which_letter(case: "Intervention", key: str) -> dict[str, Any]:
    kind, round_, recipient = key.split(".")
    return {
        "reference": case.reference,
        "kind": kind,
        "round": int(round_),
        "recipient": recipient,
    }


def from_delivery(
    case: "Intervention", key: str, received_at: datetime, act: Act, book: Rulebook
) -> dict[str, Term | None]:
    """The terms that run from it: only the first sender's own notice of outcome opens the time
    for reopening."""
    kind, _, recipient = key.split(".")
    then = act.model_copy(update={"at": received_at})
    opens = (kind, recipient) in OPENING
    return {
        # A letter on its way when the case was put on hold may still arrive.
        "window": standing(case, reopening_window(then, book), book) if opens else None,
        "supplement_by": term_of_call(case, then, book) if kind == "N3" else None,
    }


def hand_over(case: "Intervention", recipient: str, received_on: date, act: Act) -> None:
    """The letter's delivery is the evidence that another body has the matter (A4)."""
    referral = case.referrals.get(recipient)
    refused = any(stage_allows(case.stage, of_its_stage(case, "ConfirmHandOver")))
    if referral is not None and referral.is_being_handed_over and not refused:
        case.record(
            events.HandedOver,
            act,
            reference=case.reference,
            referral=recipient,
            received_on=received_on,
        )
