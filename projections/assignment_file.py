"""The file of an extra task: where it stands, why, and what is next, from its events alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.assignments.model import Assignment
from domain.assignments.rules import task_of
from domain.interventions.refusals import CaseUnknown
from domain.references import aggregate_id
from domain.rulebook import Rulebook
from domain.tasks.model import Task
from projections.case_file import (
    ExplainedTerm,
    Happened,
    NextStep,
    happened,
    steps_to_come,
    terms_of,
    told_of,
)
from runtime.store import Store


@dataclass(frozen=True)
class AssignmentFile:
    now: datetime
    order: Assignment
    since: datetime
    """When the order came to where it stands."""
    open_tasks: tuple[Task, ...]
    terms: tuple[ExplainedTerm, ...]
    steps: tuple[NextStep, ...]
    events: tuple[Happened, ...]
    """All that happened to the order and its task, in the order of the log."""

    @property
    def waiting(self) -> str:
        """For whom: the Department, whose unit does it, or nobody."""
        return "nobody" if self.order.closed else "us"


def assignment_file(store: Store, book: Rulebook, reference: str, now: datetime) -> AssignmentFile:
    told = list(store.events.get(aggregate_id("assignment", reference)))
    task = store.find(Task, task_of(reference)) if told else None
    if task is None:
        raise CaseUnknown(reference=reference[:30])
    order, since = _replay(told)
    open_tasks = (task,) if task.is_open else ()
    return AssignmentFile(
        now=now,
        order=order,
        since=since,
        open_tasks=open_tasks,
        terms=tuple(terms_of(open_tasks, book)),
        steps=tuple(steps_to_come(open_tasks, book)),
        events=tuple(happened(store, [(order, told), (task, told_of(store, task))])),
    )


def _replay(told: list[Any]) -> tuple[Assignment, datetime]:
    """The order, and since when it is at its stage."""
    order: Any = None
    stage, since = "", datetime.min
    for event in told:
        order = event.mutate(order)
        if order.stage != stage:
            stage, since = order.stage, event.timestamp
    return order, since
