"""Several reports of one matter: a sender joins an earlier case, or leaves it again (A11).

Both cases move in one transaction. The case that is joined tells everybody what becomes of the
matter; the other one ends.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events_duplicates as events
from domain.interventions.commands import Place
from domain.interventions.commands_duplicates import MarkDuplicate, UnlinkDuplicate
from domain.interventions.handling import OF_THE_HANDLING
from domain.interventions.letters import written_to_the_sender
from domain.interventions.others import Others
from domain.interventions.recalls import recall_open_referrals
from domain.interventions.refusals import CaseUnknown, NotADuplicate, NotJoined
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.places import metres_between, number_key, street_key
from domain.rulebook import Rulebook
from domain.terms import Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

WITHOUT_AN_OUTCOME = frozenset(
    {
        "transferred",
        "duplicate",
        "left_without_consideration",
        "withdrawn",
        "registered_in_error",
    }
)
"""Whoever joined a case that ended so would never be told what became of the matter."""


def mark_duplicate(
    case: "Intervention", command: MarkDuplicate, act: Act, book: Rulebook, others: Others
) -> None:
    """Join the sender to the other case, and end this one."""
    target = others(command.target)
    refuse_if_any(marking(case, command, target, act, book))
    assert target is not None  # the guard above
    known = tuple(written_to_the_sender(target))
    told = target.reply if f"N5.{target.round}.sender" in known else None
    joined = f"S{len(target.joined) + 1}"
    case.record(
        events.MarkedDuplicate,
        act,
        reference=case.reference,
        target=target.reference,
        joined=joined,
        reason_ref=command.reason,
        outcome=told.outcome if told else None,
        reply_ref=told.text_ref if told else None,
        reasons_ref=told.reasons_ref if told else None,
        signer=told.signer if told else None,
    )
    recall_open_referrals(case, act)
    target.record(
        events.SenderJoined,
        act,
        reference=target.reference,
        joined=joined,
        source=case.reference,
        sender=case.sender,
        reach=case.reach,
        known=known,
        clocks=_of_a_motion(case) if case.is_motion and not target.is_motion else None,
    )


def unlink_duplicate(
    case: "Intervention", command: UnlinkDuplicate, act: Act, book: Rulebook, others: Others
) -> None:
    """Part what was joined by mistake; a closed case opens again with it."""
    refuse_if_any(unlinking(case))
    assert case.joining is not None  # the guard above
    joining, target = case.joining, others(case.joining.target)
    case.record(
        events.DuplicateUnlinked,
        act,
        reference=case.reference,
        target=joining.target,
        joined=joining.joined,
        reason_ref=command.reason,
        number=case.unlinks + 1,
    )
    if target is not None:
        target.record(
            events.SenderLeft,
            act,
            reference=target.reference,
            joined=joining.joined,
            source=case.reference,
        )


def marking(
    case: "Intervention",
    command: MarkDuplicate,
    target: "Intervention | None",
    act: Act,
    book: Rulebook,
) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "MarkDuplicate")
    if target is None:
        yield CaseUnknown(field="target", reference=command.target)
        return
    why = [*_not_a_target(target, act, book), *_not_alike(case, target, book)]
    if any(not joined.has_left for joined in case.joined.values()):
        why.append("others_are_joined_to_it")
    if why:
        yield NotADuplicate(field="target", target=command.target, why=why)


def unlinking(case: "Intervention") -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "UnlinkDuplicate")
    if case.joining is None:
        yield NotJoined()


def _of_a_motion(case: "Intervention") -> dict[str, Term]:
    """Whoever joins a signal is owed the terms of the own report, as it was received."""
    return {name: case.clocks[name] for name in OF_THE_HANDLING if name in case.clocks}


def _not_a_target(target: "Intervention", act: Act, book: Rulebook) -> Iterator[str]:
    if (target.ending or target.outcome) in WITHOUT_AN_OUTCOME:
        yield f"ended_as_{target.ending or target.outcome}"
    limit = timedelta(days=book.limits.interventions.duplicate_closed_days)
    if target.closed_at is not None and act.at - target.closed_at > limit:
        yield "closed_too_long_ago"


def _not_alike(case: "Intervention", target: "Intervention", book: Rulebook) -> Iterator[str]:
    if target.reference == case.reference:
        yield "itself"
    elif case.category != target.category and not same_place(case.place, target.place, book):
        yield "another_matter"


def same_place(one: Place, other: Place, book: Rulebook) -> bool:
    """One address, or two points so near that they may be one."""
    if one.point and other.point:
        apart = metres_between(one.point.lat, one.point.lon, other.point.lat, other.point.lon)
        if apart <= book.limits.interventions.duplicate_radius_m:
            return True
    if one.street is None or other.street is None:
        return False
    numbers = [number_key(place.number or "") for place in (one, other)]
    return street_key(one.street) == street_key(other.street) and numbers[0] == numbers[1]
