"""A case that turns out to be something else than it was taken for."""

from typing import Self

from domain.interventions.commands_duplicates import MarkDuplicate, UnlinkDuplicate
from domain.interventions.commands_transfers import (
    ConfirmRequalification,
    ProposeRequalification,
    RejectRequalification,
)
from tests.case_core import CaseCore, sealed
from tests.case_sender import CaseSender


class CaseKinds(CaseSender):
    """Each method is one act of somebody of KS-06."""

    def join(self, other: CaseCore) -> Self:
        """A clerk sees that an earlier report is about the same matter."""
        self.neighbours[other.reference] = other
        form = MarkDuplicate(target=other.reference)
        if any(task.type == "triage" for task in self.open_tasks):
            return self.decide("triage", "duplicate", form)
        return self.instruct("mark_duplicate", form, "ks-06-clerk")

    def unlink(self) -> Self:
        form = UnlinkDuplicate(reason=sealed("To inna latarnia"))
        return self.instruct("unlink_duplicate", form, "ks-06-clerk")

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
