"""A letter that came back, and one that goes by post: tried in another way until it is settled
(A25)."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events, events_bounces
from domain.interventions.commands import NoteOnFile
from domain.interventions.commands_bounces import (
    CorrectAddress,
    GiveOtherwise,
    RecordPosting,
    RecordReceipt,
    RecordReturn,
    SendByPost,
)
from domain.interventions.notices import (
    from_delivery,
    hand_over,
    letter_of,
    record_delivery,
    which_letter,
)
from domain.interventions.refusals import LetterNotThere, ReceivedBeforeSent, ReceivedInTheFuture
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook
from domain.tasks.commands import TaskOrder
from domain.terms import Term
from domain.working_days import local_day, moment_at

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

BounceForm = CorrectAddress | SendByPost | GiveOtherwise | NoteOnFile
PostForm = RecordPosting | RecordReceipt | RecordReturn

NOON = time(12)
"""A day is known and no hour; terms in days do not ask for it."""


def handle_bounce(
    case: "Intervention", order: TaskOrder, command: BounceForm, act: Act, book: Rulebook
) -> None:
    """Another address, another way, or a note on the file that stands for the letter."""
    key = letter_of(order)
    refuse_if_any(handling(case, key, command, act))
    received_on: date | None = None
    delivery: dict[str, Term | None] = {"window": None, "supplement_by": None}
    if isinstance(command, GiveOtherwise):
        received_on = command.received_on
        delivery = from_delivery(case, key, moment_at(received_on, NOON), act, book)
    if isinstance(command, NoteOnFile):
        delivery = {**from_delivery(case, key, act.at, act, book), "supplement_by": None}
    case.record(
        events_bounces.BounceHandled,
        act,
        way=_way_of(command),
        note_ref=getattr(command, "note", None),
        address_ref=getattr(command, "email", None) or getattr(command, "address", None),
        channel=getattr(command, "channel", None),
        received_on=received_on,
        **delivery,
        **which_letter(case, key),
    )
    if isinstance(command, GiveOtherwise | NoteOnFile):
        hand_over(case, key.split(".")[2], received_on or local_day(act.at), act)


def record_post(
    case: "Intervention", order: TaskOrder, command: PostForm, act: Act, book: Rulebook
) -> None:
    """What a person did with a letter that goes by post, and what became of it."""
    key = letter_of(order)
    refuse_if_any(posting(case, key, command, act))
    letter = case.letters[key]
    match command:
        case RecordPosting():
            case.record(
                events.NoticeSent,
                act,
                channel="post",
                message_id=letter.message_id,
                recipient_ref=case.recipients[key],
                attempt=letter.attempt,
                posted_on=command.posted_on,
                **which_letter(case, key),
            )
            if not needs_receipt(case, key):
                record_delivery(case, key, act.at, act, book)
        case RecordReceipt():
            record_delivery(case, key, moment_at(command.received_on, NOON), act, book)
        case RecordReturn():
            case.record(events.NoticeBounced, act, code=None, **which_letter(case, key))


def needs_receipt(case: "Intervention", key: str) -> bool:
    """Whether something runs from its delivery, or its delivery is the evidence of something."""
    kind, _, recipient = key.split(".")
    return kind in ("N3", "N5") or recipient in case.referrals


def handling(case: "Intervention", key: str, command: BounceForm, act: Act) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, type(command).__name__)
    letter = case.letters.get(key)
    if letter is None or letter.state != "bounced":
        yield LetterNotThere(letter=key, state=letter.state if letter else None)
    if isinstance(command, GiveOtherwise):
        yield from _known_day(command.received_on, "received_on", case, key, act)


def posting(case: "Intervention", key: str, command: PostForm, act: Act) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, type(command).__name__)
    letter = case.letters.get(key)
    expected = "prepared" if isinstance(command, RecordPosting) else "sent"
    if letter is None or letter.state != expected:
        yield LetterNotThere(letter=key, state=letter.state if letter else None)
    if isinstance(command, RecordPosting):
        yield from _known_day(command.posted_on, "posted_on", case, key, act)
    if isinstance(command, RecordReceipt):
        yield from _known_day(command.received_on, "received_on", case, key, act)


def _known_day(
    day: date, field: str, case: "Intervention", key: str, act: Act
) -> Iterator[Refusal]:
    """Neither to come, nor before the letter was written."""
    if day > local_day(act.at):
        yield ReceivedInTheFuture(field=field, day=str(day))
    letter = case.letters.get(key)
    if letter is not None and day < local_day(letter.sent_at):
        yield ReceivedBeforeSent(field=field, day=str(day))


def addressee(case: "Intervention", order: TaskOrder) -> str | None:
    """The resident whom the letter is to; None when it is to a unit."""
    recipient = letter_of(order).split(".")[2]
    if recipient in case.joined:
        return case.joined[recipient].sender
    return case.sender if recipient == "sender" else None


def _way_of(command: BounceForm) -> str:
    match command:
        case CorrectAddress():
            return "correct_address"
        case SendByPost():
            return "post"
        case GiveOtherwise():
            return "other_channel"
        case NoteOnFile():
            return "file_note"


def bounced_at(case: "Intervention", order: TaskOrder) -> datetime:
    return case.bounced_at[letter_of(order)]


def written_at(case: "Intervention", order: TaskOrder) -> datetime:
    return case.letters[letter_of(order)].sent_at
