"""What is asked of many tasks at once; each of them is then asked by itself."""

from typing import Annotated

from pydantic import StringConstraints

from domain.messages import Message, Moment
from domain.people import PersonId, Text
from domain.references import TaskRef

BatchId = Annotated[str, StringConstraints(pattern=r"^batch:[0-9a-f]{32}$")]


class ReassignTasksOf(Message):
    """Give every open task that a person holds to another (a leaving, a long absence)."""

    person: PersonId
    to: PersonId
    reason: Text


class ItemResult(Message):
    """What became of one task: done, or refused by these names."""

    task_ref: TaskRef
    refusals: tuple[str, ...] | None
    """None while it waits for its turn."""


class BatchPage(Message):
    """A batch as it stands."""

    id: BatchId
    kind: str
    person: PersonId
    to: PersonId
    started_by: PersonId
    started_at: Moment
    finished_at: Moment | None
    succeeded: int
    refused: int
    results: tuple[ItemResult, ...]
