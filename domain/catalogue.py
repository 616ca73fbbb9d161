"""Every aggregate and process of the product: importing this module makes every event known."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.aggregates import Aggregate
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
    corrected_by: str
    """Topic of the event that may say who the sender really is."""
    ended_by: str
    """Topic of the event with which it ends."""
    stopped_by: str
    """Topic of the event with which a run was stopped, and another one has to go on."""
    told_by: tuple[str, ...]
    """Topics of the events that come to a case otherwise than by its tasks: people cause them
    outside tasks, or in another case that is about the same matter."""


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
            corrected_by="intervention.DataCorrected",
            ended_by="intervention.Closed",
            stopped_by="intervention.WorkflowStopped",
            told_by=(
                *(f"intervention.{name}" for kind in INSTRUCTIONS.values() for name in kind.events),
                "intervention.SenderJoined",
                "intervention.SenderLeft",
            ),
        ),
    )
}


BORN_BY = (*(process.born_by for process in PROCESSES.values()), "assignment.Ordered")
"""Topics of the events that took a reference out of the counters; an extra task has no process."""


def event_classes() -> Iterator[type[Aggregate.Event]]:
    """Every event that can stand in the log; a base class of events has no topic of its own."""
    for aggregate in AGGREGATES:
        for value in vars(aggregate).values():
            is_event = isinstance(value, type) and issubclass(value, Aggregate.Event)
            if is_event and "TOPIC" in vars(value):
                yield value
