"""What became of a promise; each of these is told to the sender by a letter of its own."""

from datetime import date
from typing import TYPE_CHECKING

from domain.interventions.entities import PromiseNotice
from domain.interventions.events import InterventionEvent

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


class PromiseEvent(InterventionEvent):
    """Base of what became of the promise of one referral."""

    referral: str
    number: int
    """Which notice about promises of this case tells of it."""

    def tell(self, case: "Intervention", what: str, text_ref: str | None) -> None:
        promise = case.promises[self.referral]
        notice = PromiseNotice(self.number, self.referral, what, promise.due_on, text_ref)
        case.promise_notices = (*case.promise_notices, notice)


class PromiseKept(PromiseEvent):
    TOPIC = "intervention.PromiseKept"
    text_ref: str | None

    def apply(self, case: "Intervention") -> None:
        case.promises[self.referral] = case.promises[self.referral].turned("kept", self.timestamp)
        self.tell(case, "kept", self.text_ref)


class PromiseMoved(PromiseEvent):
    TOPIC = "intervention.PromiseMoved"
    old_date: date
    new_date: date
    reason_ref: str

    def apply(self, case: "Intervention") -> None:
        case.promises[self.referral] = case.promises[self.referral].moved(self.new_date)
        self.tell(case, "moved", self.reason_ref)


class PromiseBroken(PromiseEvent):
    TOPIC = "intervention.PromiseBroken"
    reason_ref: str

    def apply(self, case: "Intervention") -> None:
        case.promises[self.referral] = case.promises[self.referral].turned("broken", self.timestamp)
        self.tell(case, "broken", self.reason_ref)


class PromiseGivenUp(PromiseEvent):
    """The deputy waits for it no more."""

    TOPIC = "intervention.PromiseGivenUp"
    reason_ref: str

    def apply(self, case: "Intervention") -> None:
        promise = case.promises[self.referral]
        case.promises[self.referral] = promise.turned("given_up", self.timestamp)
        self.tell(case, "given_up", self.reason_ref)
