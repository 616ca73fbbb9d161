"""What a case asks of people: one row for each type of task, kept beside the duty it serves."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from domain.interventions.entities import Referral
from domain.interventions.transitions import AFTER_PART
from domain.rulebook import Rulebook
from domain.tasks.commands import Cause, TaskOrder
from domain.tasks.types import TaskType
from domain.terms import Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

CLERKS = ("KS-06/clerk",)
HEAD = ("KS-06/head",)


@dataclass(frozen=True)
class Now:
    """The moment at which a case is looked at, and the tables by which it is judged."""

    at: datetime
    book: Rulebook


Orders = Callable[["Intervention", Now], Iterator[TaskOrder]]
Moments = Callable[["Intervention", Rulebook], Iterator[tuple[datetime, str]]]


def clerks(case: "Intervention", order: TaskOrder) -> tuple[str, ...]:
    return CLERKS


def head(case: "Intervention", order: TaskOrder) -> tuple[str, ...]:
    return HEAD


def coordinators(case: "Intervention", order: TaskOrder) -> tuple[str, ...]:
    """Of the unit that the question of this task went to."""
    return (f"{case.referrals[order.subject].unit}/coordinator",)


def referrals_asked(case: "Intervention") -> Iterator[Referral]:
    """The questions of which tasks may come: at the units, or open after a reply in part."""
    if case.stage == "with_units" or (case.is_partial and case.stage in AFTER_PART):
        yield from case.referrals.values()


def nobody(case: "Intervention", order: TaskOrder) -> Mapping[str, str]:
    return {}


def nothing(case: "Intervention", order: TaskOrder) -> Mapping[str, str]:
    return {}


def never(case: "Intervention", book: Rulebook) -> Iterator[tuple[datetime, str]]:
    yield from ()


@dataclass(frozen=True)
class Ask:
    """When a task of this type is needed, who may do it, and from when its term runs."""

    kind: TaskType
    needed: Orders
    """The same state at the same moment names the same orders; what is needed no more is
    withdrawn."""
    started_at: Callable[["Intervention", TaskOrder], datetime]
    """The fact that made it necessary; its term runs from there."""
    candidates: Callable[["Intervention", TaskOrder], tuple[str, ...]] = clerks
    excluded: Callable[["Intervention", TaskOrder], Mapping[str, str]] = nobody
    """Who took part earlier and may not decide (zasada dwóch par oczu), with the reason."""
    avoided: Callable[["Intervention", TaskOrder], Mapping[str, str]] = nobody
    """Who does not decide either, as long as somebody else at the same post can."""
    moments: Moments = field(default=never)
    """When time alone may make it necessary, with what an operator reads of it."""
    complete_rule: Callable[["Intervention", TaskOrder], str] | None = None
    """Another rule than that of the type, at some state of the case."""
    complete_by: Callable[["Intervention", TaskOrder, Rulebook], Term] | None = None
    """A term that the case has already, when the task has none of its own."""
    prefilled: Callable[["Intervention", TaskOrder], Mapping[str, str]] = nothing
    """What its form starts from; texts by reference."""
    moved_by: Callable[["Intervention", TaskOrder], Cause] | None = None
    """Why its term is another one now, where the case gives it one while it is open."""
    responds: Callable[["Intervention", TaskOrder], bool] = lambda case, order: True
    """Whether somebody has to take it by the term of the type."""

    def due(self, case: "Intervention", order: TaskOrder, book: Rulebook) -> Term:
        if self.complete_by is not None:
            return self.complete_by(case, order, book)
        rule = self.complete_rule(case, order) if self.complete_rule else self.kind.complete
        return book.deadlines.term(rule, self.started_at(case, order))

    def respond_by(self, case: "Intervention", order: TaskOrder, book: Rulebook) -> Term | None:
        if self.kind.respond is None or not self.responds(case, order):
            return None
        return book.deadlines.term(self.kind.respond, self.started_at(case, order))
