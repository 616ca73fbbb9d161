"""What units tell a case outside their tasks: that they need more time (A17)."""

from domain.interventions.commands_units import RequestExtension
from domain.interventions.extensions import request_extension
from domain.interventions.instruction_types import InstructionType, unit_of

INSTRUCTIONS = (
    InstructionType(
        name="request_extension",
        form=RequestExtension,
        posts=unit_of,
        carry_out=request_extension,
        events=("ExtensionRequested",),
        of_the_sender=False,
    ),
)
