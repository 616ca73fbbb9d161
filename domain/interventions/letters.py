"""The letters that a case owes: each kind once a round to each recipient (§ 9.3)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.interventions.commands import LetterOrder
from domain.interventions.entities import Referral

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def letters_due(case: "Intervention") -> Iterator[LetterOrder]:
    """Letters that the case owes and that are not recorded as sent; none leaves on hold."""
    if case.on_hold:
        return
    for order in _letters_owed(case):
        if order.key not in case.letters:
            yield order


def _letters_owed(case: "Intervention") -> Iterator[LetterOrder]:
    writes = case.reach == "email"
    if writes and case.stage != "closed":
        yield LetterOrder(kind="N1", round=1, recipient="sender")
    if case.stage == "awaiting_supplement":
        yield LetterOrder(kind="N3", round=case.round, recipient="sender")
    for referral in case.referrals.values():
        yield from _letters_to_unit(case, referral)
    for round_ in sorted({*(each.round for each in case.referrals.values()), *case.guidance}):
        if writes:
            yield LetterOrder(kind="N2", round=round_, recipient="sender")
    for notice in case.delay_notices:
        if writes and case.stage != "closed":
            yield LetterOrder(kind="N4", round=notice.number, recipient="sender")
    yield from _letters_of_departure(case, writes)
    if writes and case.stage == "replied":
        yield LetterOrder(kind="N5", round=case.round, recipient="sender")


def _letters_of_departure(case: "Intervention", writes: bool) -> Iterator[LetterOrder]:
    """To whoever has the matter from now on, and to the sender, who has to know (KPA 231)."""
    if case.stage != "ending" or case.ending != "transferred":
        return
    yield LetterOrder(kind="N8", round=case.departures, recipient="register")
    if writes:
        yield LetterOrder(kind="N8", round=case.departures, recipient="sender")


def _letters_to_unit(case: "Intervention", referral: Referral) -> Iterator[LetterOrder]:
    """A unit that was not written to yet need not be told that the matter was called back."""
    forwarding = LetterOrder(kind="N2", round=referral.round, recipient=referral.ref)
    if referral.state != "recalled":
        yield forwarding
    elif forwarding.key in case.letters:
        yield LetterOrder(kind="N7", round=referral.round, recipient=referral.ref)
