"""Triage that asks no unit of the City."""

from typing import Self

from domain.interventions.commands_triage import (
    AnswerAtOnce,
    HandOverIntervention,
    HandOverOrder,
)
from tests.case_core import sealed
from tests.case_sender import CaseSender


class CaseTriage(CaseSender):
    """Each method is one decision at triage."""

    def hand_over(self, *units: str) -> Self:
        """To these bodies; the sender is told whom to ask when there is none."""
        orders = tuple(
            HandOverOrder(unit=unit, question=sealed(unit), redacted=True) for unit in units
        )
        form = HandOverIntervention(referrals=orders, guidance=sealed("Prosimy pytać spółdzielnię"))
        return self.decide("triage", "hand_over", form)

    def answer_at_once(self) -> Self:
        form = AnswerAtOnce(text=sealed("Godziny otwarcia są na stronie Urzędu"))
        return self.decide("triage", "answer_at_once", form)
