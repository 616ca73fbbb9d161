"""A case that turns out to be something else than it was taken for."""

from typing import Self

from domain.interventions.commands_transfers import (
    ConfirmRequalification,
    ProposeRequalification,
    RejectRequalification,
)
from tests.case_core import sealed
from tests.case_sender import CaseSender


class CaseKinds(CaseSender):
    """Each method is one act of somebody of KS-06."""

    def requalify(self, kind: str = "complaint", to: str | None = None) -> Self:
        """A clerk says so, in triage as the outcome of the task."""
        form = ProposeRequalification(kind=kind, to=to, reason=sealed("Treść jest skargą"))
        if any(task.type == "triage" for task in self.open_tasks):
            return self.decide("triage", "requalify", form)
        return self.instruct("requalify", form, "ks-06-clerk")

    def confirm_kind(self) -> Self:
        return self.decide("confirm_requalification", "confirm", ConfirmRequalification())

    def reject_kind(self) -> Self:
        form = RejectRequalification(reason=sealed("To zwykłe zgłoszenie"))
        return self.decide("confirm_requalification", "reject", form)
