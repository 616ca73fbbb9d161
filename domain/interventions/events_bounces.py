"""What people do with letters: those that go by post, and those that came back."""

from datetime import date
from typing import TYPE_CHECKING

from domain.interventions.entities import Letter
from domain.interventions.events import NoticeEvent
from domain.terms import Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


class NoticePrepared(NoticeEvent):
    """It lies in the vault, set on paper; a person has to print it and hand it over."""

    TOPIC = "intervention.NoticePrepared"
    message_id: str
    recipient_ref: str
    attempt: int
    file: str | None = None
    """At first such letters were text files in a directory."""

    def apply(self, case: "Intervention") -> None:
        case.letters[self.key] = Letter(
            message_id=self.message_id,
            sent_at=self.timestamp,
            state="prepared",
            channel="post",
            attempt=self.attempt,
            file=self.file,
        )
        case.recipients[self.key] = self.recipient_ref


class BounceHandled(NoticeEvent):
    TOPIC = "intervention.BounceHandled"
    way: str
    note_ref: str | None
    window: Term | None
    address_ref: str | None = None
    """The address that is right, kept with the texts about the sender."""
    channel: str | None = None
    received_on: date | None = None
    """When the recipient got it in another way."""
    supplement_by: Term | None = None

    def apply(self, case: "Intervention") -> None:
        letter = case.letters[self.key]
        match self.way:
            case "correct_address":
                case.letters[self.key] = letter.again("email")
            case "post":
                case.letters[self.key] = letter.again("post")
            case "other_channel":
                case.letters[self.key] = letter.turned("delivered")
            case _:
                case.letters[self.key] = letter.turned("noted")
        if self.address_ref is not None:
            case.addresses[self.recipient] = self.address_ref
        if self.supplement_by is not None:
            case.clocks["supplement"] = self.supplement_by
        case.window = self.window or case.window
