"""What passes between the Office and the sender of a case."""

from typing import Self

from domain.interventions import lapses
from domain.interventions.commands_sender import (
    AskSupplement,
    ConsiderAsItIs,
    LeaveWithoutConsideration,
    SupplementIntervention,
)
from domain.messages import Message
from tests.case_core import sealed
from tests.case_terms import CaseTerms


class CaseSender(CaseTerms):
    """Each method is one act of the sender, or of the Office towards the sender."""

    def decide(self, type: str, outcome: str, form: Message, subject: str = "-") -> Self:
        raise NotImplementedError

    def instruct(self, name: str, form: Message, by: str) -> Self:
        raise NotImplementedError

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

    def consider_as_it_is(self) -> Self:
        return self.decide("decide_incomplete", "continue", ConsiderAsItIs())
