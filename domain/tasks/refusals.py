"""Why a task cannot be taken, given or decided."""

from domain.errors import Refusal


class TaskUnknown(Refusal):
    """There is no such task."""


class TaskNotOpen(Refusal):
    """The task was already completed, withdrawn or expired."""


class TaskChanged(Refusal):
    """The task changed since you opened it."""


class NotYourTask(Refusal):
    """The task belongs to another person or unit."""


class NotCandidate(Refusal):
    """You are not among those to whom the task is offered."""


class AlreadyClaimed(Refusal):
    """The task is already taken."""


class ExcludedFromTask(Refusal):
    """A person who took part earlier may not decide this task."""


class AssigneeNotEligible(Refusal):
    """The chosen person may not do this task."""


class DelegateNotEligible(Refusal):
    """The chosen person may not do this task."""


class ParkPastDue(Refusal):
    """A task cannot be parked beyond its due date."""


class ParkedTooLong(Refusal):
    """A task cannot be parked that long."""


class ParkInThePast(Refusal):
    """A task can only be parked until a moment that is still to come."""


class NotParked(Refusal):
    """The task is not parked."""


class DraftUnknown(Refusal):
    """Nobody has begun to fill this task in."""


class DraftTooLong(Refusal):
    """The draft is longer than what could be submitted."""


class PriorityUnchanged(Refusal):
    """The task has this priority already."""


class OutcomeNotOffered(Refusal):
    """This task does not offer that outcome."""


class FieldsMissing(Refusal):
    """The outcome needs fields that are missing or malformed."""


class NoteRequired(Refusal):
    """Deciding for another person needs a note."""


class ActorNotProven(Refusal):
    """The command does not prove who gave it."""


class ActorNotActive(Refusal):
    """The person holds no valid role on this day."""


class TaskDoesNotExpire(Refusal):
    """The lapse of its term does not end this task so."""


class TermNotLapsed(Refusal):
    """The term of the task has not ended yet."""


class TermMissing(Refusal):
    """The task has no such term."""


class LinkExpired(Refusal):
    """The link to the task is no longer valid."""


class CaseOnHold(Refusal):
    """The case is on hold."""


class OrderNotAllowed(Refusal):
    """This post may not order extra tasks to that unit."""
