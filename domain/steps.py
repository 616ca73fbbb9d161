"""What the workflow of a case asks of the store, whatever its process, and what it is told."""

from typing import Generic, TypeVar

from domain.instructions import CaseAnswer, Instruction
from domain.messages import Message, Moment
from domain.references import CaseRef
from domain.tasks.commands import Answer, Decision

V = TypeVar("V")
"""What a workflow remembers of its case."""


class CaseStep(Message):
    """A step of the workflow of one case, at the moment of the workflow's clock."""

    reference: CaseRef
    at: Moment


class StopStep(CaseStep):
    """A run of the case was cancelled."""

    run_id: str


class DecisionStep(Message):
    """A decision that reached the workflow, with the moment at which it did."""

    decision: Decision
    at: Moment


class InstructionStep(Message):
    """An instruction that reached the workflow, with the moment at which it did."""

    instruction: Instruction
    at: Moment


class Decided(Message, Generic[V]):
    """What the person is answered, and what the workflow goes on with."""

    answer: Answer
    view: V


class Instructed(Message, Generic[V]):
    """What the person is answered, and what the workflow goes on with."""

    answer: CaseAnswer
    view: V
