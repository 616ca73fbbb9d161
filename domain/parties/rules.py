"""How long a link is good, and for what (§ 7 of tasks)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from domain.errors import Refusal
from domain.limits import TaskLimits
from domain.parties.refusals import LinkOnItsWay, LinkUnknown
from domain.tasks.refusals import LinkExpired, NotCandidate, TermMissing
from domain.tasks.rules import must_be_open
from domain.terms import Term
from domain.working_days import start_of_day

if TYPE_CHECKING:
    from domain.parties.model import ExternalParty
    from domain.tasks.model import Task

WITHDRAWN: Final = "task_withdrawn"
ON_ITS_WAY: Final = "on_its_way"


@dataclass(frozen=True)
class Link:
    """One task, until a moment."""

    task_ref: str
    expires_at: datetime
    revoked: bool = False
    attempts: int = 0
    """How often it was to be sent."""
    sent: str = "by_hand"
    """What became of the last letter with it."""

    def holds(self, at: datetime) -> bool:
        return not self.revoked and at < self.expires_at

    def on_its_way(self) -> "Link":
        return replace(self, attempts=self.attempts + 1, sent=ON_ITS_WAY)


def is_party(person: str) -> bool:
    """Whether an actor comes by a link, and not by an account."""
    return person.startswith("party-")


def issuing(party: "ExternalParty", task: "Task") -> Iterator[Refusal]:
    yield from must_be_open(task)
    if party.post not in task.candidates:
        yield NotCandidate(candidates=list(task.candidates))
    if task.complete_by is None:
        yield TermMissing(task=task.task_ref, which="complete_by")


def resending(party: "ExternalParty", number: int, task: "Task", at: datetime) -> Iterator[Refusal]:
    link = party.links.get(number)
    if link is None or link.task_ref != task.task_ref:
        yield LinkUnknown(party=party.party_id, number=number)
        return
    yield from must_be_open(task)
    if not link.holds(at):
        yield LinkExpired(task=task.task_ref)
    if link.sent == ON_ITS_WAY:
        yield LinkOnItsWay(party=party.party_id, number=number)


def expires_at(term: Term, limits: TaskLimits) -> datetime:
    """The end of the last day on which the link is good."""
    return start_of_day(term.legal_end + timedelta(days=limits.link_days_after_term + 1))
