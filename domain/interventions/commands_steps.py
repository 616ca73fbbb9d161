"""What operators ask about single steps of a case, never on the merits (§ 7 of tasks)."""

from datetime import date

from domain.messages import Message
from domain.people import Text
from domain.references import TaskRef


class TakeTaskBack(Message):
    """Take an open task from people; the case waits at this step until it is opened again."""

    task: TaskRef
    reason: Text


class MoveTerm(Message):
    """Give an open task a new day by which it is to be done; its ladder starts anew."""

    task: TaskRef
    until: date
    reason: Text


class ReopenStep(Message):
    """Have a task that was taken back done after all, by a new task of the same step."""

    task: TaskRef
    reason: Text
