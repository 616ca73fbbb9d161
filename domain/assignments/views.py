"""What the workflow of an extra task asks of the store, and what it is told."""

from domain.messages import Message, Moment
from domain.references import CaseRef
from domain.tasks.commands import OpenTaskRow


class AssignmentView(Message):
    """What a workflow remembers of its order: where it stands and what it waits for."""

    reference: CaseRef
    position: int
    """The end of the event log when this was read; of two views the later one is right."""
    version: int
    stage: str
    closed: bool
    unit: str
    headline: str
    open_tasks: tuple[OpenTaskRow, ...]
    notices_due: tuple[str, ...]
    """Who is still to be told that the order was withdrawn."""
    last_events: tuple[str, ...]

    @property
    def waiting(self) -> str:
        """For whom: the Department, whose unit does it, or nobody."""
        return "nobody" if self.closed else "us"


class TellDoer(Message):
    """One of the doers is to be told; `at` is the workflow's moment when it was asked for."""

    reference: CaseRef
    recipient: str
    at: Moment
