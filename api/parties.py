"""Parties outside the Office over HTTP: made known, and given links to single tasks."""

from fastapi import APIRouter

from api.auth import Caller, Key, Me
from api.services import Here
from domain.parties.commands import IssueLink, LinkIssuedPage, RegisterParty, RevokeLink
from domain.parties.refusals import LinksNotYours
from domain.people import PersonalData
from runtime.links import NamedLink

router = APIRouter(tags=["parties"])


class Party(RegisterParty):
    """A party as a client sends it: with its contact, never with a reference to somebody."""

    contact: PersonalData


@router.post("/parties", status_code=201)
def register_party(party: Party, here: Here, me: Me, key: Key) -> dict[str, str]:
    """Make a contractor or an outside body known; its contact goes into the vault."""
    _refuse_strangers(me)
    act = me.act(key)
    with here.sealing:
        contact = here.vault.admit(party.contact, command_id=act.command_id)
    command = RegisterParty(party_id=party.party_id, post=party.post, contact=contact)
    here.parties.register(command, act)
    return {"party_id": party.party_id}


@router.post("/tasks/{reference}/links", status_code=201)
def issue_link(reference: str, command: IssueLink, here: Here, me: Me, key: Key) -> LinkIssuedPage:
    """Let a party do this one task without an account, until some days after its term."""
    _refuse_strangers(me)
    party, number = here.parties.issue_link(command.party_id, reference, me.act(key))
    link = party.links[number]
    return LinkIssuedPage(
        party_id=party.party_id,
        task_ref=link.task_ref,
        number=number,
        expires_at=link.expires_at,
        token=here.links.make(NamedLink(party.party_id, link.task_ref, number)),
    )


@router.post("/parties/{party_id}/links/{number}/revoke")
def revoke_link(
    party_id: str,
    number: int,
    here: Here,
    me: Me,
    key: Key,
    command: RevokeLink | None = None,
) -> dict[str, str]:
    """Take a link back before it expires."""
    _refuse_strangers(me)
    reason = (command or RevokeLink()).reason
    here.parties.revoke_link(party_id, number, reason, me.act(key))
    return {"party_id": party_id}


def _refuse_strangers(me: Caller) -> None:
    if me.sight.extent != "whole":
        raise LinksNotYours(posts=sorted(me.posts))
