"""What operators tell a case that has to stand still, and that may go on (A32)."""

from domain.interventions import holds
from domain.interventions.commands_holds import HoldCase, ResumeCase
from domain.interventions.instruction_types import InstructionType, operators

INSTRUCTIONS = (
    InstructionType(
        name="hold",
        form=HoldCase,
        posts=operators,
        carry_out=holds.hold_case,
        events=("Held",),
        while_on_hold=True,
    ),
    InstructionType(
        name="resume",
        form=ResumeCase,
        posts=operators,
        carry_out=holds.resume_case,
        events=("Resumed",),
        while_on_hold=True,
    ),
)
