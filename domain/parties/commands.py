"""What is asked of parties outside the Office (wykonawcy), who have no account but get links."""

from typing import Annotated, Literal

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


class ChangeContact(Message):
    """Write to the party elsewhere from now on, with links that it already has as well."""

    contact: PersonalData | PersonRef


class IssueLink(Message):
    """Let a party do one task without an account; the link goes to its address by mail."""

    party_id: PartyId


class RevokeLink(Message):
    """Take a link back before it expires."""

    reason: Annotated[str, Field(pattern=r"^[a-z_]{2,40}$")] = "taken_back"


class LinkLetter(Message):
    """A letter with a link."""

    party_id: PartyId
    number: int
    attempt: int
    """1, and one more each time that it is sent again."""

    @property
    def key(self) -> str:
        """Names the letter for ever; the identity of its message is made of it."""
        return f"link.{self.party_id}.{self.number}.{self.attempt}"


class SendLink(LinkLetter):
    """A letter with a link, to be sent once."""

    at: Moment


class RecordLinkSent(Message):
    """What became of a letter with a link."""

    number: int
    attempt: int
    message_id: str
    contact_ref: PersonRef
    result: Literal["delivered", "bounced", "no_address", "dropped"]
    """`dropped` when the link was over before it could leave."""
    code: int | None = None
    """The answer of the receiving server, when it refused."""


class LinkPage(Message):
    """A link as the office of the case sees it. Its token goes to the party and nobody else."""

    party_id: PartyId
    task_ref: TaskRef
    number: int
    expires_at: Moment
    revoked: bool
    sent: Literal["on_its_way", "delivered", "bounced", "no_address", "dropped", "by_hand"]
    """What became of the last letter with it; `by_hand` is from before the product sent them."""
