"""Units that need more time, are silent, or answer in vain, and what is decided about them."""

from datetime import timedelta
from typing import Self

from domain.interventions.commands import GiveInterimInformation
from domain.interventions.commands_units import (
    AcceptAsItIs,
    CorrectLetter,
    GiveDelayNotice,
    GrantExtension,
    OrderAgain,
    OrderOtherUnit,
    RecallReferral,
    RefuseExtension,
    ReplyInPart,
    RequestExtension,
    TakeOverFeedback,
    WaitForTheRest,
    WaitForUnit,
    WriteOffReferral,
)
from domain.interventions.silence import silent_since
from domain.working_days import local_day
from tests.case_core import holder, sealed
from tests.case_triage import CaseTriage


class CaseUnits(CaseTriage):
    """Each method is one act of a unit, or one decision about it."""

    def request_extension(self, referral: str = "R1", days: int = 5) -> Self:
        """So many days beyond the term that the unit has."""
        asked = self.case.referrals[referral]
        assert asked.feedback_by is not None
        until = asked.feedback_by.legal_end + timedelta(days=days)
        form = RequestExtension(referral=referral, until=until, reason=sealed("Czekamy na części"))
        return self.instruct("request_extension", form, holder(f"{asked.unit}/coordinator"))

    def inform(self, referral: str = "R1") -> Self:
        """What the unit can say before it answers."""
        unit = self.case.referrals[referral].unit
        form = GiveInterimInformation(
            referral=referral, text=sealed("Czekamy na części"), expected_on=None
        )
        return self.instruct("interim_information", form, holder(f"{unit}/coordinator"))

    def grant(self, referral: str = "R1") -> Self:
        return self.decide("decide_extension", "grant", GrantExtension(), referral)

    def refuse(self, referral: str = "R1") -> Self:
        form = RefuseExtension(reason=sealed("Sprawa jest pilna"))
        return self.decide("decide_extension", "refuse", form, referral)

    def wait_for_silence(self, referral: str = "R1") -> Self:
        """Until the ladder comes to the deputy."""
        since = silent_since(self.case.referrals[referral], self.book)
        assert since is not None
        self.at = max(self.at, since)
        return self.open_needed()

    def wait_longer(self, referral: str = "R1", days: int = 10) -> Self:
        term = self.case.referrals[referral].feedback_by
        assert term is not None
        until = max(term.legal_end, local_day(self.at)) + timedelta(days=days)
        return self.decide("decide_silence", "wait_until", WaitForUnit(until=until), referral)

    def order_other(self, unit: str, referral: str = "R1") -> Self:
        form = OrderOtherUnit(
            unit=unit, reason=sealed("Nie odpowiada"), redacted=True, told=self._told_of(unit)
        )
        return self.decide("decide_silence", "other_unit", form, referral)

    def write_off(self, referral: str = "R1") -> Self:
        form = WriteOffReferral(reason=sealed("Nie odpowie"), told=self._told())
        return self.decide("decide_silence", "write_off", form, referral)

    def accept_as_is(self, referral: str = "R1") -> Self:
        form = AcceptAsItIs(reason=sealed("Więcej się nie dowiemy"), told=self._told())
        return self.decide("settle_insufficient", "accept_as_is", form, referral)

    def order_again(self, referral: str = "R1") -> Self:
        form = OrderAgain(what_is_missing=sealed("Brak zdjęcia"))
        return self.decide("settle_insufficient", "order_again", form, referral)

    def take_over(self, referral: str = "R1") -> Self:
        form = TakeOverFeedback(reason=sealed("Sprawdzimy na miejscu"), told=self._told())
        return self.decide("settle_insufficient", "take_over", form, referral)

    def reply_in_part(self, referral: str = "R2") -> Self:
        """Once the unit is late."""
        term = self.case.referrals[referral].feedback_by
        assert term is not None
        assert term.due_at is not None
        self.at = max(self.at, term.due_at)
        self.open_needed()
        return self.decide("decide_partial", "partial", ReplyInPart(), referral)

    def wait_for_the_rest(self, referral: str = "R2") -> Self:
        return self.decide("decide_partial", "wait", WaitForTheRest(), referral)

    def recall(self, referral: str = "R1") -> Self:
        form = RecallReferral(referral=referral, reason=sealed("Pomyłka"), told=self._told())
        return self.instruct("recall_referral", form, "ks-06-clerk")

    def correct(self, letter: str) -> Self:
        form = CorrectLetter(letter=letter, text=sealed("Podaliśmy zły adres"), redacted=True)
        return self.instruct("correct_letter", form, "ks-06-clerk")

    def tell_of_delay(self, days: int = 14) -> Self:
        """The sender gets a new date, so many days after the one that is not kept."""
        last = max(self.case.settle_by.legal_end, local_day(self.at))
        form = GiveDelayNotice(
            new_date=last + timedelta(days=days), reason=sealed("Brak odpowiedzi")
        )
        [task] = (task for task in self.open_tasks if task.type == "delay_notice")
        return self.decide("delay_notice", "sent", form, task.subject)

    def _told_of(self, unit: str) -> str | None:
        """The same, of a unit that brings nothing which could be told later."""
        return None if self.book.routing.unit(unit).gives_feedback else self._told()

    def _told(self) -> str | None:
        """What the sender is told of it, after a reply in part."""
        return sealed("Przystanek odśnieżono") if self.case.is_replied_in_part else None
