"""What operators tell a case about its single steps."""

from domain.interventions import steps
from domain.interventions.commands_steps import MoveTerm, ReopenStep, TakeTaskBack
from domain.interventions.instruction_types import InstructionType, operators

INSTRUCTIONS = (
    InstructionType(
        name="withdraw_task",
        form=TakeTaskBack,
        posts=operators,
        carry_out=steps.take_task_back,
        events=("TaskTakenBack",),
        while_on_hold=True,
    ),
    InstructionType(
        name="move_deadline",
        form=MoveTerm,
        posts=operators,
        carry_out=steps.move_term,
        events=("TermMoved",),
        while_on_hold=True,
        by_superiors=True,
    ),
    InstructionType(
        name="reopen_step",
        form=ReopenStep,
        posts=operators,
        carry_out=steps.reopen_step,
        events=("StepReopened",),
        while_on_hold=True,
    ),
)
