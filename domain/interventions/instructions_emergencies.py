"""What KS-06 tells of an emergency outside tasks: that the case is one (A2)."""

from domain.interventions.commands_emergencies import DeclareEmergency
from domain.interventions.emergencies import declare_emergency
from domain.interventions.instruction_types import InstructionType, owners

INSTRUCTIONS = (
    InstructionType(
        name="declare_emergency",
        form=DeclareEmergency,
        posts=owners,
        carry_out=declare_emergency,
        events=("EmergencyDeclared",),
        while_on_hold=True,
    ),
)
