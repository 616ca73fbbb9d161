"""What happened to a party outside the Office."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from eventsourcing.domain import AggregateCreated

from domain.aggregates import Aggregate
from domain.parties.rules import Link

if TYPE_CHECKING:
    from domain.parties.model import ExternalParty


class PartyEvent(Aggregate.Event):
    """Base of the events of a party."""

    party_id: str


class Registered(PartyEvent, AggregateCreated):
    TOPIC = "party.Registered"
    post: str
    contact_ref: str

    def apply(self, party: "ExternalParty") -> None:
        party.party_id = self.party_id
        party.post = self.post
        party.contact_ref = self.contact_ref


class ContactChanged(PartyEvent):
    TOPIC = "party.ContactChanged"
    contact_ref: str

    def apply(self, party: "ExternalParty") -> None:
        party.contact_ref = self.contact_ref


class LinkIssued(PartyEvent):
    """`contact_ref` is whom it was given to, should the party be written to elsewhere later."""

    TOPIC = "party.LinkIssued"
    number: int
    task_ref: str
    contact_ref: str
    expires_at: datetime
    by_mail: bool = False
    """Whether the product sends it; at first its text was handed to whoever asked for it."""

    def apply(self, party: "ExternalParty") -> None:
        link = Link(self.task_ref, self.expires_at)
        party.links = {**party.links, self.number: link.on_its_way() if self.by_mail else link}


class LinkRevoked(PartyEvent):
    TOPIC = "party.LinkRevoked"
    number: int
    task_ref: str
    reason: str

    def apply(self, party: "ExternalParty") -> None:
        revoked = replace(party.links[self.number], revoked=True)
        party.links = {**party.links, self.number: revoked}


class ResendingOrdered(PartyEvent):
    """The same link is to be sent once more, to the contact of now."""

    TOPIC = "party.ResendingOrdered"
    number: int
    task_ref: str
    attempt: int

    def apply(self, party: "ExternalParty") -> None:
        party.links = {**party.links, self.number: party.links[self.number].on_its_way()}


class LinkSent(PartyEvent):
    """What became of the letter, and whom it was to."""

    TOPIC = "party.LinkSent"
    number: int
    task_ref: str
    attempt: int
    channel: str
    message_id: str
    contact_ref: str
    result: str
    code: int | None

    def apply(self, party: "ExternalParty") -> None:
        told = replace(party.links[self.number], sent=self.result)
        party.links = {**party.links, self.number: told}
