"""The party outside the Office: a contractor or a body that does single tasks by links."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from domain.aggregates import Aggregate
from domain.errors import refuse_if_any
from domain.limits import TaskLimits
from domain.messages import Act
from domain.parties import events, rules
from domain.parties.commands import ChangeContact, RecordLinkSent, RegisterParty
from domain.parties.refusals import LinkUnknown
from domain.people import is_person_ref
from domain.references import aggregate_id

if TYPE_CHECKING:
    from domain.tasks.model import Task


class ExternalParty(Aggregate):
    """A wykonawca. Who it is and how it is reached stands in the vault."""

    TOPIC = "party"

    Event = events.PartyEvent
    Registered = events.Registered
    ContactChanged = events.ContactChanged
    LinkIssued = events.LinkIssued
    ResendingOrdered = events.ResendingOrdered
    LinkSent = events.LinkSent
    LinkRevoked = events.LinkRevoked

    def __init__(self) -> None:
        self.party_id: str
        self.post: str
        self.contact_ref: str
        self.links: dict[int, rules.Link] = {}

    @classmethod
    def register(cls, command: RegisterParty, act: Act) -> Self:
        assert is_person_ref(command.contact)  # admitted to the vault before
        return cls.born(
            events.Registered,
            aggregate_id("party", command.party_id),
            act,
            party_id=command.party_id,
            post=command.post,
            contact_ref=command.contact,
        )

    def issue_link(self, task: "Task", act: Act, limits: TaskLimits) -> None:
        """A link for this one task; an earlier one stays good as well."""
        refuse_if_any(rules.issuing(self, task))
        assert task.complete_by is not None  # a guard has just said so
        self.record(
            events.LinkIssued,
            act,
            party_id=self.party_id,
            number=len(self.links) + 1,
            task_ref=task.task_ref,
            contact_ref=self.contact_ref,
            expires_at=rules.expires_at(task.complete_by, limits),
            by_mail=True,
        )

    def change_contact(self, command: ChangeContact, act: Act) -> None:
        assert is_person_ref(command.contact)  # admitted to the vault before
        self.record(events.ContactChanged, act, party_id=self.party_id, contact_ref=command.contact)

    def resend_link(self, number: int, task: "Task", act: Act) -> None:
        """Have the same link sent once more, should the first letter not have come."""
        refuse_if_any(rules.resending(self, number, task, act.at))
        self.record(
            events.ResendingOrdered,
            act,
            party_id=self.party_id,
            number=number,
            task_ref=task.task_ref,
            attempt=self.links[number].attempts + 1,
        )

    def owes(self, number: int, attempt: int) -> bool:
        """Whether this letter with a link is still to be sent."""
        link = self.links.get(number)
        return link is not None and (link.sent, link.attempts) == (rules.ON_ITS_WAY, attempt)

    def record_sent(self, command: RecordLinkSent, act: Act) -> None:
        """Note what became of a letter; a second record changes nothing."""
        if self.owes(command.number, command.attempt):
            self.record(
                events.LinkSent,
                act,
                party_id=self.party_id,
                task_ref=self.links[command.number].task_ref,
                channel="email",
                **command.model_dump(),
            )

    def revoke_link(self, number: int, reason: str, act: Act) -> None:
        """Take a link back; a second time changes nothing."""
        link = self.links.get(number)
        if link is None:
            raise LinkUnknown(party=self.party_id, number=number)
        if not link.revoked:
            self.record(
                events.LinkRevoked,
                act,
                party_id=self.party_id,
                number=number,
                task_ref=link.task_ref,
                reason=reason,
            )

    def links_to(self, task_ref: str) -> list[rules.Link]:
        return [link for link in self.links.values() if link.task_ref == task_ref]

    def may_do(self, task_ref: str, at: datetime) -> bool:
        return any(link.holds(at) for link in self.links_to(task_ref))
