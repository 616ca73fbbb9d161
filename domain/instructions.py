"""Instructions: what a person tells a case outside its tasks (a supplement, say, or a hold)."""

from typing import Annotated, Any

from pydantic import Field

from domain.errors import Refusal
from domain.messages import Act, Message
from domain.references import CaseRef


class InstructionUnknown(Refusal):
    """There is no such instruction."""


class InstructionNotYours(Refusal):
    """The instruction belongs to another person or unit."""


class InstructCase(Message):
    """One instruction, with the fields of its form."""

    case_ref: CaseRef
    instruction: Annotated[str, Field(pattern=r"^[a-z_]{2,40}$")]
    fields: dict[str, Any] = Field(default_factory=dict)


class Instruction(Message):
    """An `InstructCase` with its author, and the proof that the API put on both."""

    command: InstructCase
    act: Act
    proof: str

    def signed_bytes(self) -> bytes:
        """What the proof covers: the whole command and who gave it when."""
        return self.model_dump_json(exclude={"proof"}).encode()


class CaseAnswer(Message):
    """What an instruction led to; a repeated one gets the first answer again."""

    case_ref: CaseRef
    stage: str
    version: int
    position: int
    """The place in the event log at which this is known; a list can be asked for at or after it."""
