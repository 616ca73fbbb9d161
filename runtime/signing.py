"""What the API signs, so that a workflow can tell it from what an operator's page sent."""

import hashlib
import hmac

from domain.instructions import InstructCase, Instruction
from domain.messages import Act
from domain.tasks.commands import CompleteTask, Decision
from runtime.secrets import MasterKey


class DecisionSigner:
    """The proof that a decision came through the API and not from the page of an operator."""

    def __init__(self, master: MasterKey) -> None:
        self._key = master.for_purpose("decisions")

    def decision(self, command: CompleteTask, act: Act) -> Decision:
        """The command with its author and the proof."""
        unsigned = Decision(command=command, act=act, proof="")
        return unsigned.model_copy(update={"proof": self.sign(unsigned.signed_bytes())})

    def instruction(self, command: InstructCase, act: Act) -> Instruction:
        """The command with its author and the proof."""
        unsigned = Instruction(command=command, act=act, proof="")
        return unsigned.model_copy(update={"proof": self.sign(unsigned.signed_bytes())})

    def sign(self, digest_input: bytes) -> str:
        return hmac.digest(self._key, digest_input, hashlib.sha256).hex()

    def verify(self, digest_input: bytes, signature: str) -> bool:
        expected = self.sign(digest_input)
        return hmac.compare_digest(expected.encode(), signature.encode())
