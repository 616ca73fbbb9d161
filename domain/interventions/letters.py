"""The letters that a case owes: each kind once a round to each recipient (§ 9.3)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.interventions.commands import LetterOrder
from domain.interventions.deputies import letters_to_bringer
from domain.interventions.entities import Referral

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


OF_THE_MATTER = frozenset({"N2", "N2b", "N4", "N5", "N5b", "N9", "N12"})
"""What everybody is told who reported the matter; the rest is between us and one sender."""


def letters_due(case: "Intervention") -> Iterator[LetterOrder]:
    """Letters that the case owes and that are not recorded as sent; none leaves on hold."""
    if case.on_hold:
        return
    for order in _letters_owed(case):
        known = case.letters.get(order.key)
        if known is None:
            yield order
        elif known.state == "again":
            again = {"channel": known.channel, "attempt": known.attempt + 1}
            yield order.model_copy(update=again)


def written_to_the_sender(case: "Intervention") -> Iterator[str]:
    """The notices of the matter that the sender has; one who cannot be written to has missed them.

    Who joins the case later does not get them any more.
    """
    for order in _letters_to_sender(case):
        missed = case.reach == "none"
        if order.kind in OF_THE_MATTER and (missed or order.key in case.letters):
            yield order.key


def _letters_owed(case: "Intervention") -> Iterator[LetterOrder]:
    for referral in case.referrals.values():
        yield from _letters_to_unit(case, referral)
    if case.stage == "ending" and case.ending == "transferred":
        yield LetterOrder(kind="N8", round=case.departures, recipient="register")
    for number, correction in enumerate(case.corrections, start=1):
        yield LetterOrder(kind="N7c", round=number, recipient=correction.recipient)
    yield from letters_to_bringer(case)
    for order in _letters_to_sender(case):
        if case.reach != "none":
            yield order.model_copy(update={"channel": case.reach})
        yield from _to_joined_senders(case, order)


def _letters_to_sender(case: "Intervention") -> Iterator[LetterOrder]:
    if case.stage != "closed":
        yield _to_sender("N1", 1)
    if case.stage == "awaiting_supplement":
        yield _to_sender("N3", case.round)
    for round_ in sorted({*(each.round for each in case.referrals.values()), *case.guidance}):
        yield _to_sender("N2", round_)
    if case.stage != "closed":
        for number in _told_again(case):
            yield _to_sender("N2b", number)
        for number in range(1, len(case.interim_news) + 1):
            yield _to_sender("N12", number)
        for notice in case.delay_notices:
            yield _to_sender("N4", notice.number)
        for number in case.declined_reopenings:
            yield _to_sender("N13", number)
    yield from _of_departure(case)
    if _is_answered(case):
        yield _to_sender("N5", case.round)
        for number in range(1, len(case.late_news) + 1):
            yield _to_sender("N5b", number)
    yield from _of_promises(case)


def _is_answered(case: "Intervention") -> bool:
    """The reply of this round is final. In a case that ended otherwise there may be the reply of
    an earlier round, or one that was never approved: those are not told any more."""
    if case.stage == "closed":
        return case.window is not None or case.outcome_letter is not None
    return case.stage == "replied"


def _told_again(case: "Intervention") -> Iterator[int]:
    """Referrals by which others have what the sender knows to be elsewhere: another authority or
    a company got it from a unit (A14), or all were called back and it was sent anew (A21)."""
    referrals = case.referrals.values()
    following = {each.followed_by for each in referrals}
    for number, referral in enumerate(referrals, start=1):
        outside = referral.ref in following and referral.unit_kind in ("company", "external")
        first = min(each.triage for each in referrals if each.round == referral.round)
        if outside or (referral.lead and referral.ref not in following and referral.triage > first):
            yield number


def _of_promises(case: "Intervention") -> Iterator[LetterOrder]:
    if case.stage != "closed":
        for notice in case.promise_notices:
            yield _to_sender("N9", notice.number)


def _of_departure(case: "Intervention") -> Iterator[LetterOrder]:
    """The sender has to know who has the matter now (KPA art. 231)."""
    if case.stage == "ending" and case.ending in ("transferred", "duplicate"):
        yield _to_sender("N8", case.departures)
        if case.joining is not None and case.joining.outcome is not None:
            yield _to_sender("N5c", case.departures)


def _to_sender(kind: str, round: int) -> LetterOrder:
    return LetterOrder(kind=kind, round=round, recipient="sender")


def _to_joined_senders(case: "Intervention", order: LetterOrder) -> Iterator[LetterOrder]:
    """After a case is closed nobody is written to from it any more."""
    if order.kind not in OF_THE_MATTER or case.stage == "closed":
        return
    for joined in case.joined.values():
        if joined.is_written_to and order.key not in joined.known:
            yield order.model_copy(update={"recipient": joined.ref, "channel": joined.reach})


def _letters_to_unit(case: "Intervention", referral: Referral) -> Iterator[LetterOrder]:
    """A unit that was not written to yet, or that returned the matter itself, need not be told
    that it was called back."""
    forwarding = LetterOrder(kind="N2", round=referral.round, recipient=referral.ref)
    if referral.state != "recalled":
        yield forwarding
    elif forwarding.key in case.letters and referral.returned_at is None:
        yield LetterOrder(kind="N7", round=referral.round, recipient=referral.ref)
