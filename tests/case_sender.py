"""What passes between the Office and the sender of a case."""

from abc import ABC, abstractmethod
from typing import Self

from domain.interventions import lapses
from domain.interventions.commands_bounces import (
    CorrectAddress,
    GiveOtherwise,
    RecordPosting,
    RecordReceipt,
    RecordReturn,
    SendByPost,
)
from domain.interventions.commands_sender import (
    AskSupplement,
    ConsiderAsItIs,
    ContinueExOfficio,
    DeclineReopening,
    FindComplaint,
    LeaveWithoutConsideration,
    Reopen,
    ReopenIntervention,
    StopOnWithdrawal,
    SupplementIntervention,
    WithdrawIntervention,
)
from domain.messages import Message
from domain.working_days import local_day
from tests.case_core import sealed
from tests.case_terms import CaseTerms


class CaseSender(CaseTerms, ABC):
    """Each method is one act of the sender, or of the Office towards the sender."""

    @abstractmethod
    def decide(self, type: str, outcome: str, form: Message, subject: str = "-") -> Self:
        """Somebody who may decides the open task of this type."""

    @abstractmethod
    def instruct(self, name: str, form: Message, by: str) -> Self:
        """Somebody tells the case something outside its tasks."""

    def post(self, subject: str) -> Self:
        """A clerk takes a prepared letter to the post."""
        form = RecordPosting(posted_on=local_day(self.at))
        return self.decide("post_letter", "posted", form, subject)

    def receipt(self, subject: str) -> Self:
        """The post brings the receipt."""
        form = RecordReceipt(received_on=local_day(self.at))
        return self.decide("post_receipt", "received", form, subject)

    def came_back(self, subject: str) -> Self:
        return self.decide("post_receipt", "came_back", RecordReturn(), subject)

    def send_by_post(self, subject: str) -> Self:
        """What came back by e-mail goes by post."""
        return self.decide("handle_bounce", "post", SendByPost(), subject)

    def correct_address(self, subject: str) -> Self:
        form = CorrectAddress(email=sealed("poprawny@example.pl"))
        return self.decide("handle_bounce", "correct_address", form, subject)

    def give_otherwise(self, subject: str) -> Self:
        form = GiveOtherwise(
            channel="phone", received_on=local_day(self.at), note=sealed("Rozmowa telefoniczna")
        )
        return self.decide("handle_bounce", "other_channel", form, subject)

    def ask_supplement(self) -> Self:
        form = AskSupplement(question=sealed("Na którym przystanku?"))
        return self.decide("triage", "ask_supplement", form)

    def supplement(self) -> Self:
        form = SupplementIntervention(text=sealed("Przystanek Rondo Mogilskie"))
        return self.instruct("supplement", form, "ks-06-clerk")

    def wait_for_supplement(self) -> Self:
        """Until the time for it is over."""
        term = self.case.clocks["supplement"]
        assert term.ends_at is not None
        self.at = max(self.at, term.ends_at)
        return self.let_lapse()

    def let_lapse(self) -> Self:
        """Whatever time alone has brought about by now."""
        while (found := lapses.due(self.case, self.at, self.book)) is not None:
            act, happen = found
            self.move(happen, act)
        return self.open_needed()

    def leave(self) -> Self:
        form = LeaveWithoutConsideration(reason=sealed("Nie wiadomo, o który przystanek chodzi"))
        return self.decide("decide_incomplete", "leave_without_consideration", form)

    def ask_to_reopen(self) -> Self:
        form = ReopenIntervention(text=sealed("Ławki nadal nie ma"))
        return self.instruct("reopen", form, "ks-06-clerk")

    def reopen(self) -> Self:
        return self.decide("review_reopening", "reopen", Reopen())

    def decline_reopening(self) -> Self:
        form = DeclineReopening(reason=sealed("Zdjęcie jest to samo"))
        return self.decide("review_reopening", "no_new_facts", form)

    def find_complaint(self) -> Self:
        form = FindComplaint(reason=sealed("Skarga na urzędnika"))
        return self.decide("review_reopening", "complaint", form)

    def withdraw_report(self) -> Self:
        form = WithdrawIntervention(text=sealed("Już nieaktualne"))
        return self.instruct("withdraw", form, "ks-06-clerk")

    def stop_on_withdrawal(self) -> Self:
        return self.decide("decide_withdrawal", "stop", StopOnWithdrawal())

    def continue_ex_officio(self) -> Self:
        form = ContinueExOfficio(reason=sealed("Dziura zagraża innym"))
        return self.decide("decide_withdrawal", "continue", form)

    def consider_as_it_is(self) -> Self:
        return self.decide("decide_incomplete", "continue", ConsiderAsItIs())
