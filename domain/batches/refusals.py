"""Why a batch cannot be started or seen, and what a task is not taken from somebody for."""

from domain.errors import Refusal


class BatchUnknown(Refusal):
    """There is no such batch."""


class NotYourBatch(Refusal):
    """The batch was started by another person."""


class NothingToReassign(Refusal):
    """The person holds no open task."""


class NothingToMove(Refusal):
    """No open task with a term is among those that are meant."""


class FilterUnknown(Refusal):
    """The filter names something that is not known."""


class SamePerson(Refusal):
    """The tasks are to go to another person than the one who holds them."""


class HolderChanged(Refusal):
    """Somebody else has come to hold the task meanwhile."""
