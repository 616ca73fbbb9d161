"""The guards of an intervention, and what follows from its state."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.errors import Refusal
from domain.interventions.commands import Place, Reach, RegisterIntervention
from domain.interventions.letters import letters_due
from domain.interventions.promises import still_open
from domain.interventions.refusals import (
    CategoryUnknown,
    DistrictUnknown,
    FeedbackOutstanding,
    HandOverUnconfirmed,
    LettersOwed,
    NothingReported,
    OutsideTheCity,
    PromiseOpen,
    ReceivedInTheFuture,
    ReopeningUnderReview,
    ReplyNotDelivered,
    RequalificationOpen,
    WindowOpen,
    WithdrawalUnderDecision,
)
from domain.interventions.supplements import awaited
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.people import PersonalData
from domain.rulebook import Rulebook
from domain.tasks.refusals import CaseOnHold

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def reach_of(command: RegisterIntervention) -> Reach:
    """Whether the sender can be written to; asked before the personal data is sealed."""
    sender = command.sender
    return reach_of_person(sender) if isinstance(sender, PersonalData) else "none"


def reach_of_person(person: PersonalData) -> Reach:
    """How letters go to somebody: a postal address is one only with a name."""
    if person.email:
        return "email"
    return "post" if person.name and person.address else "none"


def registering(command: RegisterIntervention, act: Act, book: Rulebook) -> Iterator[Refusal]:
    if command.text is None and not command.attachments and not command.files:
        yield NothingReported(field="text")
    if command.received_at > act.at:
        yield ReceivedInTheFuture(field="received_at", received_at=command.received_at.isoformat())
    yield from known_to_the_tables(command.category, command.place, book)


def known_to_the_tables(
    category: str | None, place: Place | None, book: Rulebook
) -> Iterator[Refusal]:
    """Of what a report is about and where, when it is registered or put right."""
    if category is not None and not book.routing.has_category(category):
        yield CategoryUnknown(field="category", category=category)
    if place is None:
        return
    if place.district is not None and not book.routing.has_district(place.district):
        yield DistrictUnknown(field="place.district", district=place.district)
    if place.point and not book.routing.city_contains(place.point.lat, place.point.lon):
        yield OutsideTheCity(field="place.point", lat=place.point.lat, lon=place.point.lon)


def closing(case: "Intervention", act: Act) -> Iterator[Refusal]:
    """A29: the window is over, the notice arrived or is noted on the file, nothing is promised.

    A case that ends in another way only sends its letters first.
    """
    yield from stage_allows(case.stage, "CloseIntervention")
    if case.on_hold:
        yield CaseOnHold(case=case.reference)
    owed = [order.key for order in letters_due(case)]
    if owed:
        yield LettersOwed(letters=owed)
    if case.stage == "replied":
        yield from _closing_with_a_reply(case, act)


def _closing_with_a_reply(case: "Intervention", act: Act) -> Iterator[Refusal]:
    if case.reopen_requested_at is not None:
        yield ReopeningUnderReview()
    if case.withdrawal_received_at is not None:
        yield WithdrawalUnderDecision()
    letter = case.outcome_letter
    if case.reach != "none" and not (letter and letter.settled):
        yield ReplyNotDelivered(letter=letter.state if letter else None)
    ends_at = case.window.ends_at if case.window else None
    if ends_at is not None and act.at < ends_at:
        yield WindowOpen(until=ends_at.isoformat())
    if case.proposal is not None:
        yield RequalificationOpen(kind=case.proposal.kind)
    if case.outstanding:
        yield FeedbackOutstanding(referrals=[each.ref for each in case.outstanding])
    on_their_way = [each.ref for each in case.referrals.values() if each.is_being_handed_over]
    if on_their_way:
        yield HandOverUnconfirmed(referrals=on_their_way)
    promises = still_open(case)
    if promises:
        yield PromiseOpen(referrals=promises)


def waiting_for(case: "Intervention") -> str:
    """Who has to act next: `unit`, `sender`, `us` or `nobody`."""
    if case.stage == "awaiting_supplement":
        return "sender" if awaited(case) else "us"
    sent = any(referral.state == "sent" for referral in case.referrals.values())
    if case.stage in ("with_units", "replied") and sent:
        return "unit"
    # After a reply in part more may be to do.
    over = case.stage == "replied" and not case.outstanding
    return "nobody" if over or case.stage in ("ending", "closed") else "us"
