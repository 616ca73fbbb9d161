"""What a command on a task was answered the first time, for whoever repeats it."""

from collections.abc import Callable
from typing import Any

from activities.tasks import known_task
from api.services import Services
from domain.interventions.model import Intervention
from domain.messages import Act
from domain.tasks.commands import Answer
from domain.tasks.model import Task
from runtime.births import KeyUsedForAnotherRequest
from runtime.store import UnitOfWork

IsSame = Callable[[Any], bool]
"""Whether an event is what this request would cause."""


def first_answer(
    here: Services, unit: UnitOfWork, reference: str, act: Act, is_same: IsSame
) -> Answer | None:
    """The answer of old, or None when the command is new.

    Refused when the key belongs to another request on the same task.
    """
    task = known_task(unit, reference)
    version = task.answered(act.command_id)
    if version is None:
        return None
    (event,) = here.store.events.get(task.id, gt=version - 1, lte=version)
    if not is_same(event):
        raise KeyUsedForAnotherRequest(key=act.command_id.partition(":")[2])
    return here.desk.answer(unit, task, act.command_id, _stage_then(unit, task, act.command_id))


def _stage_then(unit: UnitOfWork, task: Task, command_id: str) -> str | None:
    """Where the same command left the case, if it moved it."""
    case = unit.find(Intervention, task.case_ref)
    if case is None or case.answered(command_id) is None:
        return None
    return unit.store.as_answered(case, command_id).stage
