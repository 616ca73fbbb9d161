"""What an extra task asks of the unit."""

from domain.assignments.commands import ReportDone
from domain.assignments.rules import DO_EXTRA_TASK as DOING
from domain.assignments.rules import TERM, candidates_of, task_of
from domain.messages import Moment
from domain.references import WHOLE_CASE, workflow_id
from domain.rulebook import Rulebook
from domain.tasks.commands import OpenTask
from domain.tasks.types import Outcome, TaskType

PROCESS = "assignment"

DO_EXTRA_TASK = TaskType(
    name=DOING,
    outcomes={"done": Outcome(ReportDone)},
    complete=TERM,
)

TASK_TYPES: dict[str, TaskType] = {DO_EXTRA_TASK.name: DO_EXTRA_TASK}


def task_for(reference: str, unit: str, at: Moment, book: Rulebook) -> OpenTask:
    """The one task of an extra task; the steps of its ladder are added where it is opened."""
    kind = DO_EXTRA_TASK
    return OpenTask(
        task_ref=task_of(reference),
        workflow_id=workflow_id(PROCESS, reference),
        case_ref=reference,
        process=PROCESS,
        type=kind.name,
        subject=WHOLE_CASE,
        round=1,
        candidates=candidates_of(unit, book.organisation),
        excluded={},
        outcomes=tuple(kind.outcomes),
        respond_by=None,
        complete_by=book.deadlines.term(kind.complete, at),
        ladder=kind.ladder,
        rungs=(),
        priority=kind.priority,
        form=kind.name,
    )
