"""The letters that a case owes: each kind once a round to each recipient (§ 9.3)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.interventions.commands import LetterOrder

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def letters_due(case: "Intervention") -> Iterator[LetterOrder]:
    """Letters that the case owes and that are not recorded as sent."""
    for order in _letters_owed(case):
        if order.key not in case.letters:
            yield order


def _letters_owed(case: "Intervention") -> Iterator[LetterOrder]:
    writes = case.reach == "email"
    if writes and case.stage != "closed":
        yield LetterOrder(kind="N1", round=1, recipient="sender")
    for referral in case.referrals.values():
        yield LetterOrder(kind="N2", round=referral.round, recipient=referral.ref)
    for round_ in sorted({referral.round for referral in case.referrals.values()}):
        if writes:
            yield LetterOrder(kind="N2", round=round_, recipient="sender")
    if writes and case.stage == "replied":
        yield LetterOrder(kind="N5", round=case.round, recipient="sender")
