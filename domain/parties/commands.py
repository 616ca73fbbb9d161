"""What is asked of parties outside the Office (wykonawcy), who have no account but get links."""

from typing import Annotated

from pydantic import Field, StringConstraints

from domain.messages import Message, Moment
from domain.people import PersonalData, PersonRef
from domain.references import TaskRef
from domain.tasks.commands import Post

PartyId = Annotated[str, StringConstraints(pattern=r"^party-[a-z0-9-]{1,32}$")]
"""Told apart from staff at first sight: no party is ever in the roster."""


class RegisterParty(Message):
    """Make a party known: in which post it does tasks, and where it is written to."""

    party_id: PartyId
    post: Post
    contact: PersonalData | PersonRef


class IssueLink(Message):
    """Let a party do one task without an account."""

    party_id: PartyId


class RevokeLink(Message):
    """Take a link back before it expires."""

    reason: Annotated[str, Field(pattern=r"^[a-z_]{2,40}$")] = "taken_back"


class LinkIssuedPage(Message):
    """A link; its token is shown this once."""

    party_id: PartyId
    task_ref: TaskRef
    number: int
    expires_at: Moment
    token: str
