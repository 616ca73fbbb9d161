"""What KS-06 tells of a report that is something else, outside triage (A9)."""

from domain.interventions.commands_transfers import ProposeRequalification
from domain.interventions.instruction_types import InstructionType, owners
from domain.interventions.transfers import propose

INSTRUCTIONS = (
    InstructionType(
        name="requalify",
        form=ProposeRequalification,
        posts=owners,
        carry_out=propose,
        events=("RequalificationProposed",),
    ),
)
