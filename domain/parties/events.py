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


class LinkIssued(PartyEvent):
    """`contact_ref` is whom it was given to, should the party be written to elsewhere later."""

    TOPIC = "party.LinkIssued"
    number: int
    task_ref: str
    contact_ref: str
    expires_at: datetime

    def apply(self, party: "ExternalParty") -> None:
        party.links = {**party.links, self.number: Link(self.task_ref, self.expires_at)}


class LinkRevoked(PartyEvent):
    TOPIC = "party.LinkRevoked"
    number: int
    task_ref: str
    reason: str

    def apply(self, party: "ExternalParty") -> None:
        revoked = replace(party.links[self.number], revoked=True)
        party.links = {**party.links, self.number: revoked}
