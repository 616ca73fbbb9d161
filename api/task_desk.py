"""Housekeeping of tasks over HTTP: taken, handed on, put aside, remarked on."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from fastapi import APIRouter

from activities.tasks import TaskCommand, known_task
from api.auth import Caller, Key, Me
from api.decisions import case_key
from api.first_answers import IsSame, first_answer
from api.services import Here, Services
from api.tasks import visible_task
from domain.messages import Act
from domain.people import TextRef, texts_in
from domain.tasks import events
from domain.tasks.commands import (
    Answer,
    AssignTask,
    ChangePriority,
    ClaimTask,
    CommentOnTask,
    DeclareConflict,
    DelegateTask,
    ParkTask,
    ReleaseTask,
    ReturnTask,
    UnparkTask,
)
from domain.tasks.rules_housekeeping import parked_until
from runtime.births import KeyUsedForAnotherRequest
from runtime.store import UnitOfWork
from runtime.text_store import TextDiffers, seal_texts

router = APIRouter(tags=["tasks"])


@router.post("/tasks/{reference}/claim")
def claim_task(
    reference: str, here: Here, me: Me, key: Key, command: ClaimTask | None = None
) -> Answer:
    """Take an offered task."""
    return _carry_out(here, me, key, reference, command or ClaimTask())


@router.post("/tasks/{reference}/release")
def release_task(
    reference: str, here: Here, me: Me, key: Key, command: ReleaseTask | None = None
) -> Answer:
    """Give a task back to those it was offered to."""
    return _carry_out(here, me, key, reference, command or ReleaseTask())


@router.post("/tasks/{reference}/assign")
def assign_task(reference: str, command: AssignTask, here: Here, me: Me, key: Key) -> Answer:
    """Give a task to a certain person: for the head of a candidate unit, and posts above."""
    return _carry_out(here, me, key, reference, command)


@router.post("/tasks/{reference}/delegate")
def delegate_task(reference: str, command: DelegateTask, here: Here, me: Me, key: Key) -> Answer:
    """Have a task that the caller holds done by another candidate."""
    return _carry_out(here, me, key, reference, command)


@router.post("/tasks/{reference}/return")
def return_task(
    reference: str, here: Here, me: Me, key: Key, command: ReturnTask | None = None
) -> Answer:
    """Give a delegated task back to the person who delegated it."""
    return _carry_out(here, me, key, reference, command or ReturnTask())


@router.post("/tasks/{reference}/park")
def park_task(reference: str, command: ParkTask, here: Here, me: Me, key: Key) -> Answer:
    """Put a task aside until the morning of a day; no term moves."""
    return _carry_out(here, me, key, reference, command)


@router.post("/tasks/{reference}/unpark")
def unpark_task(
    reference: str, here: Here, me: Me, key: Key, command: UnparkTask | None = None
) -> Answer:
    """Take a parked task up again before its day."""
    return _carry_out(here, me, key, reference, command or UnparkTask())


@router.post("/tasks/{reference}/conflict")
def declare_conflict(
    reference: str, here: Here, me: Me, key: Key, command: DeclareConflict | None = None
) -> Answer:
    """Stay out of a task for good; one that the caller holds is offered again."""
    return _carry_out(here, me, key, reference, command or DeclareConflict())


@router.post("/tasks/{reference}/comments")
def comment_on_task(reference: str, command: CommentOnTask, here: Here, me: Me, key: Key) -> Answer:
    """Add a remark, also to a finished task: for whoever may see it."""
    task = visible_task(here, me, reference)
    here.files.refuse_unknown(command.attachments, owner=task.case_ref)
    return _carry_out(here, me, key, reference, command)


@router.post("/tasks/{reference}/priority")
def change_priority(
    reference: str, command: ChangePriority, here: Here, me: Me, key: Key
) -> Answer:
    """Say how urgent a task is: for the head of a candidate unit, and posts above."""
    return _carry_out(here, me, key, reference, command)


_CAUSES: Final[Mapping[type[TaskCommand], type[events.TaskEvent]]] = {
    ClaimTask: events.Claimed,
    ReleaseTask: events.Released,
    AssignTask: events.Assigned,
    DelegateTask: events.Delegated,
    ReturnTask: events.Returned,
    ParkTask: events.Parked,
    UnparkTask: events.Unparked,
    DeclareConflict: events.ExclusionAdded,
    CommentOnTask: events.Commented,
    ChangePriority: events.PriorityChanged,
}


def _carry_out(
    here: Services, me: Caller, key: str, reference: str, command: TaskCommand
) -> Answer:
    """The first answer to this key, or the command done now with its texts sealed."""
    me.refuse_other_task(reference)
    act, unit = me.act(key), UnitOfWork(here.store)
    if answer := first_answer(here, unit, reference, act, _same(here, command)):
        return answer
    if not texts_in(command):
        return here.desk.handle(reference, command, act)
    task = known_task(unit, reference)
    case = task.case_ref
    # Refused before a text is kept of what may not be.
    here.desk.move(task, command, act)
    return here.desk.handle(reference, _sealed(here, case, command, act), act)


def _sealed(here: Services, case: str, command: TaskCommand, act: Act) -> TaskCommand:
    with here.sealing:
        try:
            return seal_texts(
                command, key_ref=case_key(case), command_id=act.command_id, texts=here.texts
            )
        except TextDiffers:
            raise KeyUsedForAnotherRequest(key=act.command_id.partition(":")[2]) from None


def _same(here: Services, command: TaskCommand) -> IsSame:
    """Whether an event is what this command causes, text for text."""
    says = partial(_says, here)

    def is_same(event: Any) -> bool:
        if not isinstance(event, _CAUSES[type(command)]):
            return False
        match command, event:
            case AssignTask(), events.Assigned():
                return event.assignee == command.assignee and says(event.reason_ref, command.reason)
            case DelegateTask(), events.Delegated():
                return event.delegate == command.delegate and says(event.note_ref, command.note)
            case ReturnTask(), events.Returned():
                return says(event.note_ref, command.note)
            case ParkTask(), events.Parked():
                until = parked_until(command.until, here.data.limits.tasks)
                return event.until == until and says(event.note_ref, command.note)
            case CommentOnTask(), events.Commented():
                files = [each.file for each in command.attachments]
                same = [each.file for each in event.attachments] == files
                return same and says(event.text_ref, command.text)
            case ChangePriority(), events.PriorityChanged():
                return event.new == command.priority and says(event.note_ref, command.note)
        return True

    return is_same


def _says(here: Services, ref: TextRef | None, text: str | None) -> bool:
    """Whether a text is the one that was kept; one erased since can no longer be compared."""
    if ref is None or text is None:
        return ref is None and text is None
    return here.texts.get_many([ref]).get(ref, text) == text
