"""Parties outside the Office over HTTP: made known, and sent links to single tasks."""

from fastapi import APIRouter

from activities.parties import known_party
from api.auth import Caller, Key, Me
from api.services import Here, Services
from domain.messages import Act
from domain.parties.commands import ChangeContact, IssueLink, LinkPage, RegisterParty, RevokeLink
from domain.parties.model import ExternalParty
from domain.parties.refusals import LinksNotYours, PartyWithoutAddress
from domain.people import PersonalData, PersonRef
from runtime.store import UnitOfWork

router = APIRouter(tags=["parties"])


class Party(RegisterParty):
    """A party as a client sends it: with its contact, never with a reference to somebody."""

    contact: PersonalData


class Contact(ChangeContact):
    contact: PersonalData


@router.post("/parties", status_code=201)
def register_party(party: Party, here: Here, me: Me, key: Key) -> dict[str, str]:
    """Make a contractor or an outside body known; its contact goes into the vault."""
    _refuse_strangers(me)
    act = me.act(key)
    contact = _admitted(here, party.contact, act)
    command = RegisterParty(party_id=party.party_id, post=party.post, contact=contact)
    here.parties.register(command, act)
    return {"party_id": party.party_id}


@router.post("/parties/{party_id}/contact")
def change_contact(party_id: str, changed: Contact, here: Here, me: Me, key: Key) -> dict[str, str]:
    """Write to the party elsewhere from now on; a link that did not come is then sent again."""
    _refuse_strangers(me)
    act = me.act(key)
    known_party(UnitOfWork(here.store), party_id)
    command = ChangeContact(contact=_admitted(here, changed.contact, act))
    here.parties.change_contact(party_id, command, act)
    return {"party_id": party_id}


@router.post("/tasks/{reference}/links", status_code=201)
def issue_link(reference: str, command: IssueLink, here: Here, me: Me, key: Key) -> LinkPage:
    """Let a party do this one task without an account, until some days after its term.

    The link goes to the address of the party by mail, and to nobody else.
    """
    _refuse_strangers(me)
    party, number = here.parties.issue_link(command.party_id, reference, me.act(key))
    return _page(party, number)


@router.get("/parties/{party_id}/links")
def read_links(party_id: str, here: Here, me: Me) -> tuple[LinkPage, ...]:
    """The links that a party was given, and what became of the letters with them."""
    _refuse_strangers(me)
    party = known_party(UnitOfWork(here.store), party_id)
    return tuple(_page(party, number) for number in party.links)


@router.post("/parties/{party_id}/links/{number}/resend")
def resend_link(party_id: str, number: int, here: Here, me: Me, key: Key) -> LinkPage:
    """Send the same link once more, to the contact of now."""
    _refuse_strangers(me)
    return _page(here.parties.resend_link(party_id, number, me.act(key)), number)


@router.post("/parties/{party_id}/links/{number}/revoke")
def revoke_link(
    party_id: str,
    number: int,
    here: Here,
    me: Me,
    key: Key,
    command: RevokeLink | None = None,
) -> dict[str, str]:
    """Take a link back before it expires; the party is told nothing."""
    _refuse_strangers(me)
    reason = (command or RevokeLink()).reason
    here.parties.revoke_link(party_id, number, reason, me.act(key))
    return {"party_id": party_id}


def _admitted(here: Services, contact: PersonalData, act: Act) -> PersonRef:
    if contact.email is None:
        raise PartyWithoutAddress(field="contact.email")
    with here.sealing:
        return here.vault.admit(contact, command_id=act.command_id)


def _page(party: ExternalParty, number: int) -> LinkPage:
    link = party.links[number]
    return LinkPage.model_validate(
        {
            "party_id": party.party_id,
            "task_ref": link.task_ref,
            "number": number,
            "expires_at": link.expires_at,
            "revoked": link.revoked,
            "sent": link.sent,
        }
    )


def _refuse_strangers(me: Caller) -> None:
    if me.sight.extent != "whole":
        raise LinksNotYours(posts=sorted(me.posts))
