"""How long a link is good, and for what (§ 7 of tasks)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from domain.errors import Refusal
from domain.limits import TaskLimits
from domain.tasks.refusals import NotCandidate, TermMissing
from domain.tasks.rules import must_be_open
from domain.terms import Term
from domain.working_days import start_of_day

if TYPE_CHECKING:
    from domain.parties.model import ExternalParty
    from domain.tasks.model import Task

WITHDRAWN: Final = "task_withdrawn"


@dataclass(frozen=True)
class Link:
    """One task, until a moment."""

    task_ref: str
    expires_at: datetime
    revoked: bool = False

    def holds(self, at: datetime) -> bool:
        return not self.revoked and at < self.expires_at


def is_party(person: str) -> bool:
    """Whether an actor comes by a link, and not by an account."""
    return person.startswith("party-")


def issuing(party: "ExternalParty", task: "Task") -> Iterator[Refusal]:
    yield from must_be_open(task)
    if party.post not in task.candidates:
        yield NotCandidate(candidates=list(task.candidates))
    if task.complete_by is None:
        yield TermMissing(task=task.task_ref, which="complete_by")


def expires_at(term: Term, limits: TaskLimits) -> datetime:
    """The end of the last day on which the link is good."""
    return start_of_day(term.legal_end + timedelta(days=limits.link_days_after_term + 1))
