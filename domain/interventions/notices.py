"""What became of a letter: sent, delivered, bounced, noted on the file (A4, A25)."""

from typing import TYPE_CHECKING

from domain.errors import refuse_if_any
from domain.interventions import events
from domain.interventions.commands import NoteOnFile, RecordNotice
from domain.interventions.holds import standing
from domain.interventions.supplements import term_of_call
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook
from domain.tasks.commands import TaskOrder
from domain.terms import Term
from domain.working_days import local_day

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def bounce_of(key: str) -> TaskOrder:
    """The `handle_bounce` task about this letter; its subject is what tells the letters apart:
    `N5` to the sender, `R1` for the forwarding letter to a unit, `N7.R1` for another one to it."""
    kind, round_, recipient = key.split(".")
    subject = kind if recipient == "sender" else f"{kind}.{recipient}"
    return TaskOrder(type="handle_bounce", subject=subject.removeprefix("N2."), round=int(round_))


def letter_of(order: TaskOrder) -> str:
    """The key of the letter that a `handle_bounce` task is about."""
    first, _, second = order.subject.partition(".")
    kind, recipient = (first, second or "sender") if first.startswith("N") else ("N2", first)
    return f"{kind}.{order.round}.{recipient}"


def reopening_window(act: Act, book: Rulebook) -> Term:
    """In which the sender may ask to reopen; it runs from the delivery of the outcome."""
    return book.deadlines.term("int.reopen_window", act.at)


OPENING = {("N5", "sender"), ("N5b", "sender")}


def _window_of(key: str, act: Act, book: Rulebook) -> Term | None:
    """Only the first sender's own notice of outcome opens it."""
    kind, _, recipient = key.split(".")
    return reopening_window(act, book) if (kind, recipient) in OPENING else None


def record_notice(case: "Intervention", command: RecordNotice, act: Act, book: Rulebook) -> None:
    """Note that a letter went out and what became of it; a second record changes nothing."""
    letter = command.letter
    if letter.key in case.letters:
        return
    which = {
        "reference": case.reference,
        "kind": letter.kind,
        "round": letter.round,
        "recipient": letter.recipient,
    }
    case.record(
        events.NoticeSent,
        act,
        channel=command.channel,
        message_id=command.message_id,
        recipient_ref=command.recipient_ref,
        **which,
    )
    if command.result == "delivered":
        window = _window_of(letter.key, act, book)
        # A letter on its way when the case was put on hold may still arrive.
        window = standing(case, window, book) if window else None
        supplement_by = term_of_call(case, act, book) if letter.kind == "N3" else None
        case.record(
            events.NoticeDelivered, act, window=window, supplement_by=supplement_by, **which
        )
        _hand_over(case, letter.recipient, act)
    else:
        case.record(events.NoticeBounced, act, code=command.code, **which)


def note_bounce(
    case: "Intervention", order: TaskOrder, command: NoteOnFile, act: Act, book: Rulebook
) -> None:
    """The letter cannot be delivered; the note on the file stands for it (A25)."""
    refuse_if_any(stage_allows(case.stage, "NoteOnFile"))
    kind, round_, recipient = letter_of(order).split(".")
    case.record(
        events.BounceHandled,
        act,
        reference=case.reference,
        kind=kind,
        round=int(round_),
        recipient=recipient,
        way="file_note",
        note_ref=command.note,
        window=_window_of(letter_of(order), act, book),
    )
    _hand_over(case, recipient, act)


def _hand_over(case: "Intervention", recipient: str, act: Act) -> None:
    """The letter's delivery is the evidence that another body has the matter (A4)."""
    referral = case.referrals.get(recipient)
    refused = any(stage_allows(case.stage, "ConfirmHandOver"))
    if referral is not None and referral.is_being_handed_over and not refused:
        case.record(
            events.HandedOver,
            act,
            reference=case.reference,
            referral=recipient,
            received_on=local_day(act.at),
        )
