"""What the sender tells a case after the report: a supplement, a doubt, a change of mind."""

from domain.interventions import reopenings, supplements, withdrawals
from domain.interventions.commands_sender import (
    ReopenIntervention,
    SupplementIntervention,
    WithdrawIntervention,
)
from domain.interventions.instruction_types import InstructionType, owners_and_sender

INSTRUCTIONS = (
    InstructionType(
        name="supplement",
        form=SupplementIntervention,
        posts=owners_and_sender,
        carry_out=supplements.supplement,
        events=("Supplemented",),
        while_on_hold=True,
    ),
    InstructionType(
        name="reopen",
        form=ReopenIntervention,
        posts=owners_and_sender,
        carry_out=reopenings.request_reopening,
        events=("ReopenRequested",),
        while_on_hold=True,
    ),
    InstructionType(
        name="withdraw",
        form=WithdrawIntervention,
        posts=owners_and_sender,
        carry_out=withdrawals.withdraw,
        events=("WithdrawalReceived",),
        while_on_hold=True,
    ),
)
