"""Any command of housekeeping, as somebody may give it, and how it is called in `actions`."""

from datetime import datetime, timedelta
from typing import Any

from activities.tasks import TaskCommand
from domain.tasks.commands import (
    AssignTask,
    ChangePriority,
    ClaimTask,
    CommentOnTask,
    DeclareConflict,
    DelegateTask,
    ParkTask,
    ReleaseTask,
    ReturnTask,
    SaveDraft,
    UnparkTask,
)
from domain.working_days import local_day
from tests.activities.desk import STAFF
from tests.builders import sealed

PEOPLE = (*STAFF, "gone-g")
NOTE = sealed("Uzasadnienie")

NAMES: dict[type[TaskCommand], str] = {
    ClaimTask: "claim",
    ReleaseTask: "release",
    AssignTask: "assign",
    DelegateTask: "delegate",
    ReturnTask: "return",
    ParkTask: "park",
    UnparkTask: "unpark",
    DeclareConflict: "conflict",
    CommentOnTask: "comment",
    SaveDraft: "draft",
    ChangePriority: "priority",
}

NEEDS_A_CHOICE = (AssignTask, DelegateTask, ParkTask, ChangePriority, SaveDraft)
"""Allowed when there is anything that could be chosen, though not with every choice."""


KINDS = tuple(NAMES)


def any_command(chance: Any, at: datetime) -> TaskCommand:
    return command_of(chance.choice(KINDS), chance, at, chance.choice(PEOPLE))


def command_of(kind: type[TaskCommand], chance: Any, at: datetime, other: str) -> TaskCommand:
    """A command of this kind; `other` is whom it names, if it names anybody."""
    if kind is AssignTask:
        return AssignTask(assignee=other, reason=NOTE)
    if kind is DelegateTask:
        return DelegateTask(delegate=other, note=NOTE)
    if kind is ParkTask:
        days = chance.choice([1, 1, 0, 2, 5, 20, -1])
        return ParkTask(until=local_day(at) + timedelta(days=days))
    if kind is CommentOnTask:
        return CommentOnTask(text=NOTE)
    if kind is SaveDraft:
        return SaveDraft(author=other, draft=NOTE, size=12)
    if kind is ChangePriority:
        return ChangePriority(priority=chance.choice(["urgent", "normal", "low"]), note=NOTE)
    return kind.model_validate({})
