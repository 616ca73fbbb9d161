"""Every aggregate and process of the product: importing this module makes every event known."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.aggregates import Aggregate
from domain.assignments.instructions import INSTRUCTIONS as TOLD_TO_ORDERS
from domain.assignments.model import Assignment
from domain.batches.model import Batch
from domain.erasures.model import Erasure
from domain.filings.model import Filing
from domain.imports.model import ImportedRow, RegisterImport
from domain.interventions.instructions import INSTRUCTIONS
from domain.interventions.model import Intervention
from domain.parties.model import ExternalParty
from domain.roster.model import Roster
from domain.tasks.model import Task

AGGREGATES: tuple[type[Aggregate], ...] = (
    Assignment,
    Batch,
    Erasure,
    ExternalParty,
    Filing,
    ImportedRow,
    Intervention,
    RegisterImport,
    Roster,
    Task,
)


@dataclass(frozen=True)
class Process:
    """How one process is called in each layer."""

    name: str
    slice: str
    prefix: str
    aggregate: type[Aggregate]
    workflow: str
    born_by: str
    """Topic of the event with which a case begins."""
    ended_by: tuple[str, ...]
    """Topics of the events with which it ends."""
    stopped_by: str
    """Topic of the event with which a run was stopped, and another one has to go on."""
    told_by: tuple[str, ...]
    """Topics of the events that come to a case otherwise than by its tasks: people cause them
    outside tasks, or in another case that is about the same matter."""
    corrected_by: str | None = None
    """Topic of the event that may say who the sender really is; None where there is no sender."""
    begins_with_a_task: bool = False
    """Its task stands with its birth, and so does not tell that a workflow runs."""


PROCESSES = {
    process.name: process
    for process in (
        Process(
            name="intervention",
            slice="interventions",
            prefix="INT",
            aggregate=Intervention,
            workflow="InterventionWorkflow",
            born_by="intervention.Registered",
            ended_by=("intervention.Closed",),
            corrected_by="intervention.DataCorrected",
            stopped_by="intervention.WorkflowStopped",
            told_by=(
                *(f"intervention.{name}" for kind in INSTRUCTIONS.values() for name in kind.events),
                "intervention.SenderJoined",
                "intervention.SenderLeft",
            ),
        ),
        Process(
            name="assignment",
            slice="assignments",
            prefix="ORD",
            aggregate=Assignment,
            workflow="AssignmentWorkflow",
            born_by="assignment.Ordered",
            ended_by=("assignment.Done", "assignment.Closed"),
            stopped_by="assignment.WorkflowStopped",
            told_by=tuple(f"assignment.{kind.event}" for kind in TOLD_TO_ORDERS.values()),
            begins_with_a_task=True,
        ),
    )
}


BORN_BY = tuple(process.born_by for process in PROCESSES.values())
"""Topics of the events that took a reference out of the counters."""


def process_of(reference: str) -> Process:
    """By the prefix of a reference. Raises KeyError when no process has it."""
    return _BY_PREFIX[reference.partition("-")[0]]


_BY_PREFIX = {process.prefix: process for process in PROCESSES.values()}


def event_classes() -> Iterator[type[Aggregate.Event]]:
    """Every event that can stand in the log; a base class of events has no topic of its own."""
    for aggregate in AGGREGATES:
        for value in vars(aggregate).values():
            is_event = isinstance(value, type) and issubclass(value, Aggregate.Event)
            if is_event and "TOPIC" in vars(value):
                yield value
