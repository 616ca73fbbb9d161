"""Who may write and read what somebody has begun to fill in and not yet submitted (§ 8 of tasks).

A draft belongs to whoever holds the task. Only the holder and the holder's substitute read it; the
head may, when deciding in their place, and that is told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from domain.errors import Refusal
from domain.messages import Act
from domain.tasks.commands import SaveDraft, Standing
from domain.tasks.refusals import DraftUnknown, NotYourTask
from domain.tasks.rules import Hats, must_be_active, must_be_open, must_not_be_excluded

if TYPE_CHECKING:
    from domain.tasks.model import Task

ONE_EVENT_IN: Final = timedelta(minutes=1)
"""Saving is automatic, and an event is for good: the text alone is written more often."""


@dataclass(frozen=True)
class Draft:
    """The draft of one holder: where its text lies, when each writer's last event was, and who
    else has read it since."""

    ref: str
    noted: Mapping[str, datetime]
    read_by: frozenset[str] = frozenset()


def saving_draft(task: "Task", command: SaveDraft, act: Act, hats: Hats) -> Iterator[Refusal]:
    yield from must_be_open(task)
    yield from must_be_active(hats)
    standing = hats.standing(task)
    if task.assignee != command.author or not _is_private(standing):
        yield NotYourTask(assignee=task.assignee, owner=task.owner)
    yield from must_not_be_excluded(task, act.by)


def is_noted(task: "Task", act: Act) -> bool:
    """Whether an event of the same person, of this minute, tells of the draft already."""
    draft = task.draft
    noted = draft.noted.get(act.by) if draft else None
    return noted is not None and act.at - noted < ONE_EVENT_IN


def reading_draft(task: "Task", act: Act, hats: Hats) -> Iterator[Refusal]:
    """Once the task is over, what was submitted stands in the case, and nobody reads the rest."""
    yield from must_be_open(task)
    yield from must_be_active(hats)
    if hats.standing(task) is None:
        yield NotYourTask(assignee=task.assignee, owner=task.owner)
    elif task.draft is None:
        yield DraftUnknown(task=task.task_ref)
    yield from must_not_be_excluded(task, act.by)


def is_told(task: "Task", act: Act, hats: Hats) -> bool:
    """Whether the author is told that this person reads it: once for each state of the draft."""
    draft = task.draft
    return (
        draft is not None and act.by not in draft.read_by and not _is_private(hats.standing(task))
    )


def _is_private(standing: Standing | None) -> bool:
    return standing is not None and standing.takes_it
