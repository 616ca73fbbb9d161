"""What is asked of an extra task (zadanie zlecone) outside the list of a unit."""

from typing import Annotated, Literal

from pydantic import Field

from domain.messages import Message, Moment
from domain.people import Text
from domain.references import CaseRef


class OrderExtraTask(Message):
    """Have a unit of the Department do what its list of tasks does not name."""

    unit: Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[A-Za-z0-9-]+$")]
    text: Text


class ReportDone(Message):
    """Say that the extra task is done, and what came of it."""

    note: Text


class AssignmentPage(Message):
    """An extra task as it stands; texts are for whoever may see it."""

    reference: CaseRef
    unit: str
    ordered_by: str
    ordered_as: str
    clause: str
    ordered_at: Moment
    stage: Literal["ordered", "done"]
    done_by: str | None
    done_at: Moment | None
    text: str | None
    note: str | None
