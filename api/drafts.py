"""Drafts over HTTP: what somebody has begun to fill in, kept until it is submitted."""

from typing import Annotated, Any, Final

from fastapi import APIRouter
from pydantic import Field

from activities.tasks import known_task
from api.auth import Caller, Key, Me
from api.decisions import case_key, is_of_a_unit
from api.first_answers import first_answer
from api.services import Here, Services
from domain.interventions.model import Intervention
from domain.messages import Act, Message
from domain.people import PersonErased, TextRef
from domain.tasks import events
from domain.tasks.commands import Answer, SaveDraft
from domain.tasks.model import Task
from domain.tasks.refusals import DraftTooLong, DraftUnknown
from runtime.store import UnitOfWork

LONGEST: Final = 100_000
"""Characters; a reply and its reasons, both as long as they may be, are less than half of it."""

router = APIRouter(tags=["tasks"])


class Draft(Message):
    """What was filled in so far; nothing of it need be valid yet."""

    outcome: Annotated[str, Field(max_length=40)] | None = None
    fields: Annotated[dict[str, Any], Field(default_factory=dict)]


class DraftPage(Draft):
    author: str
    """Who holds the task."""
    read_by: tuple[str, ...]
    """Superiors who have read it as it stands."""


@router.put("/tasks/{reference}/draft")
def save_draft(reference: str, draft: Draft, here: Here, me: Me, key: Key) -> Answer:
    """Keep what was filled in so far: for whoever holds the task, and their substitute.

    Saved again, it takes the place of what was there.
    """
    me.refuse_other_task(reference)
    act, unit = me.act(key), UnitOfWork(here.store)
    first = first_answer(here, unit, reference, act, lambda e: isinstance(e, events.DraftSaved))
    task = known_task(unit, reference)
    text = draft.model_dump_json()
    if len(text) > LONGEST:
        raise DraftTooLong(limit=LONGEST)
    author = task.assignee or me.person
    command = SaveDraft(author=author, draft=_ref(here, task, author), size=len(text))
    if first is None:
        # Refused before a text is kept of what may not be.
        here.desk.move(task, command, act)
        _keep(here, task, command.draft, text)
    return first or here.desk.handle(reference, command, act)


@router.get("/tasks/{reference}/draft")
def read_draft(reference: str, here: Here, me: Me) -> DraftPage:
    """What was begun. A superior who would decide in the holder's place reads it too, and that is
    noted for the author."""
    me.refuse_other_task(reference)
    task = known_task(UnitOfWork(here.store), reference)
    draft = here.desk.read_draft(reference, _reading(me, task))
    kept = here.texts.get_many([draft.ref])
    if draft.ref not in kept:
        raise DraftUnknown(task=reference)
    begun = Draft.model_validate_json(kept[draft.ref])
    return DraftPage(
        **dict(begun), author=task.assignee or me.person, read_by=tuple(sorted(draft.read_by))
    )


def _ref(here: Services, task: Task, author: str) -> TextRef:
    """The same for every save, so that each takes the place of the one before."""
    return here.texts.ref_of(case_key(task.case_ref), f"draft:{task.task_ref}", author)


def _keep(here: Services, task: Task, ref: TextRef, text: str) -> None:
    """Under the key of the sender, whom it may be about; a unit's draft goes with the case."""
    case, own = here.store.find(Intervention, task.case_ref), case_key(task.case_ref)
    about = None if case is None or is_of_a_unit(task) else case.sender
    with here.sealing:
        try:
            here.texts.replace(ref, text, key_ref=about or own)
        except PersonErased:
            here.texts.replace(ref, text, key_ref=own)


def _reading(me: Caller, task: Task) -> Act:
    """Nobody gives a key to read: it is the same act as long as the task is the same."""
    command_id = f"{me.person}:read_draft:{task.task_ref}:{task.version}"
    return Act(command_id=command_id, at=me.at, by=me.person)
