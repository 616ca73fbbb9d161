"""The party outside the Office: a contractor or a body that does single tasks by links."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from domain.aggregates import Aggregate
from domain.errors import refuse_if_any
from domain.limits import TaskLimits
from domain.messages import Act
from domain.parties import events, rules
from domain.parties.commands import RegisterParty
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
    LinkIssued = events.LinkIssued
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
