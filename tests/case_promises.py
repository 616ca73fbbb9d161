"""What a unit says of its promise on the day, and what the deputy decides."""

from datetime import date, timedelta
from typing import Self

from domain.interventions.commands_deputies import TellState
from domain.interventions.commands_promises import (
    BreakPromise,
    GiveUpPromise,
    KeepPromise,
    MovePromise,
)
from domain.interventions.promises import due_at
from domain.working_days import local_day
from tests.case_core import sealed
from tests.case_sender import CaseSender


class CasePromises(CaseSender):
    """Each method is one act of the unit, or of the deputy."""

    def wait_for_promise(self, referral: str = "R1") -> Self:
        """Until the unit is asked."""
        self.at = max(self.at, due_at(self.case.promises[referral], self.book))
        return self.open_needed()

    def tell_state(self) -> Self:
        """Whoever passed the matter on is told where it stands."""
        form = TellState(text=sealed("Czekamy na odpowiedź jednostki"))
        return self.decide("state_notice", "sent", form)

    def keep_promise(self, referral: str = "R1") -> Self:
        form = KeepPromise(text=sealed("Posadzono 12 lip"))
        return self.decide("confirm_promise", "kept", form, referral)

    def move_promise(self, referral: str = "R1") -> Self:
        form = MovePromise(new_date=self._in_a_month(), reason=sealed("Mróz"))
        return self.decide("confirm_promise", "new_date", form, referral)

    def break_promise(self, referral: str = "R1") -> Self:
        form = BreakPromise(reason=sealed("Brak środków"))
        return self.decide("confirm_promise", "not_done", form, referral)

    def wait_for_broken(self, referral: str = "R1") -> Self:
        form = MovePromise(new_date=self._in_a_month(), reason=sealed("Są środki"))
        return self.decide("decide_promise", "wait_until", form, referral)

    def give_up_promise(self, referral: str = "R1") -> Self:
        form = GiveUpPromise(reason=sealed("Nie ma gdzie sadzić"))
        return self.decide("decide_promise", "write_off", form, referral)

    def _in_a_month(self) -> date:
        return local_day(self.at) + timedelta(days=30)
